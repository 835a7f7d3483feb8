"""The three views of a history tell the same facts."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.files.images import ImageFile
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.blocks.pages import our_queries, publish, said, show
from tests.factories import DistinctionFactory
from tests.labels.test_story import histories, record
from wagtail_villes_internet.blocks.label_presentation import VIEWS, history_of
from wagtail_villes_internet.labels.models import Award

HISTORY = "label_history"
Standing = Award.Standing


def view(name, **options):
    return HISTORY, {"view": name, **options}


@pytest.fixture
def told(lunel):
    """Rises, a drop, an edition nobody speaks of, and one without the town."""
    for year, level in [(2018, 3), (2019, 4), (2021, 5), (2022, 4), (2024, 5)]:
        lunel.award(year=year, level=level)
    lunel.award(year=2023, level=None, standing=Standing.NOT_PARTICIPATING)
    return lunel


def hooks(page):
    return [
        (row["data-vi-edition"], row["data-vi-level"], row["data-vi-proof"])
        for row in page.select("[data-vi-award]")
    ]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_holds_every_award_once(told, name):
    page = show(told, view(name))

    assert hooks(page) == [
        ("2024", "5", "declared"),
        ("2023", "", "declared"),
        ("2022", "4", "declared"),
        ("2021", "5", "declared"),
        ("2019", "4", "declared"),
        ("2018", "3", "declared"),
    ]
    assert len(page.select("[data-vi-history]")) == 1


@pytest.mark.rgaa("5.4", block="label_history")
@pytest.mark.rgaa("5.6", block="label_history")
@pytest.mark.rgaa("5.7", block="label_history")
def test_the_table_has_a_caption_and_a_scope_on_every_header(told):
    table = show(told, view("table")).table

    assert said(table.caption).replace("\xa0", " ") == (
        "Label Villes Internet, édition par édition, de la plus récente à la plus ancienne"
    )
    assert [header["scope"] for header in table.select("thead th")] == ["col"] * 3
    assert {header["scope"] for header in table.select("tbody th")} == {"row"}


def test_the_table_says_what_changed(told):
    rows = {said(row.th): said(row) for row in show(told, view("table")).select("tbody tr")}

    assert "De retour dans le label, en hausse par rapport à 2022 (4)" in rows["2024"]
    assert "n’a pas participé" in rows["2023"]
    assert "En baisse par rapport à 2021 (5)" in rows["2022"]
    assert "non renseigné" in rows["2020"]
    assert "Première participation renseignée" in rows["2018"]


def numbers(html) -> tuple[list, list]:
    """The years and levels of the chart, and those of the table that goes with it."""
    page = BeautifulSoup(html, "html.parser")
    chart = [(step["data-vi-step"], said(step)) for step in page.select("[data-vi-step]")]
    table = [
        (said(row.th), re.match(r"\d+", said(row.td)).group())
        for row in page.select("tr[data-vi-award]")
        if row["data-vi-level"]
    ]
    return chart, table[::-1]


@pytest.mark.rgaa("1.6", block="label_history")
@given(histories)
def test_the_chart_and_its_table_hold_the_same_numbers(told):
    history = history_of(record(*told), date(2026, 11, 22), "chart")
    html = render_to_string(
        "wagtail_villes_internet/blocks/label_history.html", {"history": history}
    )

    chart, table = numbers(html)

    assert chart == table


@given(histories, st.sampled_from(VIEWS))
def test_any_history_is_shown_and_no_arobase_spelt(told, name):
    history = history_of(record(*told), date(2026, 11, 22), name)
    html = render_to_string(
        "wagtail_villes_internet/blocks/label_history.html", {"history": history}
    )

    page = BeautifulSoup(html, "html.parser")
    stated = [str(year) for year, what in told if what is not None]
    assert sorted(row["data-vi-edition"] for row in page.select("[data-vi-award]")) == stated
    assert "@" not in html
    assert "None" not in html


@pytest.mark.rgaa("1.1", block="label_history")
def test_the_chart_is_an_image_with_a_short_name_beside_its_table(told):
    page = show(told, view("chart"))

    svg = page.select_one("svg.vi-chart")
    assert svg["role"] == "img"
    assert svg["aria-label"].replace("\xa0", " ") == (
        "Graphique des niveaux du label Villes Internet : 3 arobases sur 5 en 2018, "
        "5 arobases sur 5 en 2024. Le tableau qui suit donne chaque édition."
    )
    assert svg.find_next("table")


def test_a_chart_without_a_level_is_a_table(lunel):
    lunel.award(year=2006, level=None, standing=Standing.MENTION_ONLY)

    page = show(lunel, view("chart"))

    assert not page.select(".vi-chart")
    assert page.table


def test_the_sentence_sums_it_up_unless_the_editor_would_rather_not(lunel):
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        lunel.award(year=year, level=level)

    sentence = "Lunel : de 3 à 5 arobases en trois éditions (2022-2024)"
    assert sentence in said(show(lunel, view("timeline"))).replace("\xa0", " ")
    without = show(lunel, view("timeline", summed_up=False))
    assert sentence not in said(without).replace("\xa0", " ")


# Wagtail leaves the file it makes a rendition from to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file", "ignore:Exception ignored in")
class TestWhatTheTownAdds:
    @pytest.fixture
    def photo(self):
        file = get_test_image_file(filename="ceremonie.png", size=(1200, 900))
        return get_image_model().objects.create(
            title="IMG_0042", description="La remise du panneau", file=ImageFile(file, "c.png")
        )

    def test_a_photograph_with_its_own_description(self, lunel, photo):
        lunel.award(year=2024, photo=photo)

        image = show(lunel, view("timeline")).select_one("[data-vi-award] img")

        assert image["alt"] == "La remise du panneau"
        assert int(image["width"]) <= 960

    def test_a_photograph_without_a_description_says_no_file_name(self, lunel, photo):
        photo.description = ""
        photo.save()
        lunel.award(year=2024, photo=photo)

        assert show(lunel, view("timeline")).select_one("[data-vi-award] img")["alt"] == ""

    def test_a_news_item_of_the_site_while_it_is_live(self, lunel):
        news = publish(lunel, title="Label 2024")
        lunel.award(year=2024, news_page=news, news_url="https://presse.example/")

        link = show(lunel, view("timeline")).select_one("[data-vi-award] a")
        assert link["href"].endswith(f"/{news.slug}/")
        assert link["aria-label"] == "Lire l’actualité, édition 2024"

        news.unpublish()
        link = show(lunel, view("timeline")).select_one("[data-vi-award] a")
        assert link["href"] == "https://presse.example/"

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x"])
    def test_only_a_web_address_is_a_news_item(self, lunel, address):
        award = lunel.award(year=2024)
        Award.objects.filter(pk=award.pk).update(news_url=address)

        assert not show(lunel, view("timeline")).select("[data-vi-award] a")

    def test_photographs_and_news_items_cost_one_query_each_whatever_their_number(
        self, lunel, photo, django_assert_max_num_queries
    ):
        news = publish(lunel, title="Actualité")
        lunel.award(year=2023, photo=photo, news_page=news)
        page = publish(lunel, view("timeline"), title="Historique")
        show(lunel, view("timeline"))
        our_queries(lunel, page)
        with django_assert_max_num_queries(200) as one:
            our_queries(lunel, page)

        lunel.award(year=2024, photo=photo, news_page=news)
        lunel.award(year=2022, photo=photo, news_page=news)
        with django_assert_max_num_queries(200) as three:
            our_queries(lunel, page)

        assert len(three) == len(one)


def test_mentions_stand_in_the_table_with_their_validity(lunel):
    award = lunel.award(year=2024)
    DistinctionFactory(award=award, name="Excellence", valid_until=date(2027, 2, 8))

    row = show(lunel, view("table")).select_one("tr[data-vi-award]")

    assert "Mention : Excellence (valable jusqu’au 8 février 2027)" in said(row).replace(
        "\xa0", " "
    )
