"""The published list of an edition on a page."""

import csv
import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.blocks.pages import fetch, our_queries, publish, said, show
from tests.factories import EditionFactory, Town
from tests.labels.palmares.notations import CARRIED
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.blocks import get_blocks
from wagtail_villes_internet.blocks.palmares_sample import SAMPLE_PALMARES
from wagtail_villes_internet.labels.models import Award, Edition
from wagtail_villes_internet.labels.palmares.models import PalmaresRow

Standing = Award.Standing
PALMARES = ("palmares", {})


def row(name: str, level: int | None = 5, *, year: int = 2024, number: str = "", **fields):
    fields = {"department": "34", "region": "76"} | fields
    return PalmaresRow.objects.create(
        edition=EditionFactory(year=year),
        key=number or f"name:{name}|{fields.get('place', '')}",
        name=name,
        siren=number,
        level=level,
        **fields,
    )


def many(number: int, *, year: int = 2024) -> None:
    edition = EditionFactory(year=year)
    PalmaresRow.objects.bulk_create(
        PalmaresRow(edition=edition, key=f"name:{n}|", name=f"Ville {n:03}", level=n % 5 + 1)
        for n in range(number)
    )


def block(town: Town, **options):
    return show(town, ("palmares", options)).select_one("[data-vi-palmares]")


def names(node) -> list[str]:
    return [said(name) for name in node.select(".vi-palmares__name")]


@pytest.fixture
def edition_2024(db):
    Edition.objects.filter(year=2024).update(labelled_count=241, palmares_complete=False)


def test_levels_come_down_and_names_go_in_alphabetical_order(lunel):
    for name, level in [("Vannes", 5), ("Élancourt", 5), ("Zuydcoote", 1), ("Lunel", 5)]:
        row(name, level)
    for name in ["L'Isle-Adam", "Le Havre", "Lormont", "œuf", "Épinal", "saint-Denis"]:
        row(name, 3)

    groups = block(lunel).select("[data-vi-level]")

    assert [group["data-vi-level"] for group in groups] == ["5", "3", "1"]
    assert names(groups[0]) == ["Élancourt", "Lunel", "Vannes"]
    assert names(groups[1]) == [
        "Épinal", "L'Isle-Adam", "Le Havre", "Lormont", "œuf", "saint-Denis",
    ]  # fmt: skip


@pytest.mark.rgaa("9.3", block="palmares")
def test_nobody_is_ranked_or_numbered(lunel):
    row("Agen")
    row("Lunel", 4)

    palmares = block(lunel)

    assert not palmares.select("ol, table")
    assert palmares.select("ul.vi-palmares__towns > li")
    assert "pas un classement" in said(palmares)


@pytest.mark.rgaa("9.1", block="palmares")
@pytest.mark.rgaa("13.5", block="palmares")
def test_levels_are_said_in_words_and_never_as_a_run_of_symbols(lunel):
    for level in (5, 1):
        row(f"Ville {level}", level)
    row("Issy", 4, standing=Standing.OUT_OF_COMPETITION)
    row("Amboise", None, standing=Standing.LEVEL_UNKNOWN)
    row("Nord", None, standing=Standing.MENTION_ONLY)
    row("Absente", None, standing=Standing.NOT_PARTICIPATING)

    palmares = block(lunel)

    assert [said(heading) for heading in palmares.select("h3")] == [
        "5 arobases sur 5", "1 arobase sur 5", "Hors concours", "Niveau non précisé",
        "Mention sans niveau",
    ]  # fmt: skip
    assert "@" not in str(palmares)
    [issy] = [line for line in palmares.select("li") if "Issy" in said(line)]
    assert said(issy).endswith(", 4 arobases sur 5")
    assert "Absente" not in said(palmares)


def test_an_incomplete_list_is_headed_as_an_extract(lunel, edition_2024):
    row("Lunel")
    row("Agen")

    extent = said(block(lunel).select_one(".vi-palmares__extent")).replace("\xa0", " ")

    assert extent == "Extrait : 2 collectivités sur 241"


def test_one_that_does_not_know_how_many_there_were_is_an_extract_all_the_same(lunel):
    row("Lunel", year=2005)

    extent = said(block(lunel).select_one(".vi-palmares__extent")).replace("\xa0", " ")

    assert extent == "Extrait : 1 collectivité"


def test_a_complete_one_is_not(lunel, edition_2024):
    row("Lunel")
    Edition.objects.filter(year=2024).update(palmares_complete=True)

    assert said(block(lunel).select_one(".vi-palmares__extent")) == "1 collectivité"


def test_the_latest_edition_that_has_a_list_is_shown_unless_another_is_chosen(lunel):
    row("Ancienne", year=2019)
    row("Récente", year=2023)
    row("Partie", None, year=2024, standing=Standing.NOT_PARTICIPATING)

    latest, chosen = block(lunel), block(lunel, edition=2019)

    assert (latest["data-vi-edition"], names(latest)) == ("2023", ["Récente"])
    assert (chosen["data-vi-edition"], names(chosen)) == ("2019", ["Ancienne"])
    assert said(latest.h2).endswith("2023")
    assert block(lunel, edition=2018) is None


def test_an_area_may_be_ours_or_any(lunel, edition_2024):
    row("Lunel")
    row("Nîmes", department="30")
    row("Vannes", department="56", region="53")

    assert names(block(lunel, area="department")) == ["Lunel"]
    assert names(block(lunel, area="region")) == ["Lunel", "Nîmes"]
    assert names(block(lunel, area="D56")) == ["Vannes"]
    assert names(block(lunel, area="R76")) == ["Lunel", "Nîmes"]
    hérault = block(lunel, area="D34")
    assert said(hérault.h2).replace("\xa0", " ").endswith("2024 : Hérault")
    assert said(hérault.select_one(".vi-palmares__extent")).replace("\xa0", " ") == (
        "Extrait : 3 collectivités sur 241, dont 1 ici"
    )


def test_an_area_where_nobody_was_labelled_says_so(lunel):
    row("Lunel")

    palmares = block(lunel, area="D56")

    assert not palmares.select("li.vi-palmares__town")
    assert palmares.select(".vi-palmares__empty")


@pytest.mark.rgaa("3.1", block="palmares")
def test_the_town_s_own_line_is_marked_in_words_and_for_screen_readers(lunel):
    row("Lunel", number=lunel.authority.siren)
    row("Lunel-Viel")

    [own] = block(lunel).select("[aria-current]")

    assert own["aria-current"] == "true"
    assert said(own).startswith("Lunel")
    assert "notre collectivité" in said(own)


def test_another_town_of_the_same_name_is_not(lunel):
    row("Lunel", number="000000000")

    assert not block(lunel).select("[aria-current]")


def test_deduced_lines_are_marked_and_explained(lunel):
    row("Vannes", basis=PalmaresRow.Basis.DEDUCED)
    row("Agen")

    palmares = block(lunel)

    [deduced] = palmares.select("[data-vi-basis=deduced]")
    assert said(deduced).endswith("déduit")
    assert "ne le dit pas" in said(palmares)


def test_mentions_places_and_sources(lunel):
    row(
        "Istres",
        department="13",
        mentions=["numérique éducatif"],
        source="https://a.example/x?y=1/",
    )
    row("Quéven", department="", place="Bretagne", source="presse bretonne")
    row("Agen", department="47", source="https://a.example/x?y=1/")

    palmares = block(lunel)

    lines = [said(line).replace("\xa0", " ") for line in palmares.select("li.vi-palmares__town")]
    assert lines[0] == "Agen (Lot-et-Garonne)"
    assert lines[1].startswith("Istres (Bouches-du-Rhône)")
    assert lines[1].endswith("mention : numérique éducatif")
    assert lines[2] == "Quéven (Bretagne)"
    sources = palmares.select(".vi-palmares__sources li")
    assert [said(source) for source in sources if not source.a] == ["presse bretonne"]
    assert [a["href"] for a in palmares.select(".vi-palmares__sources a")].count(
        "https://a.example/x?y=1/"
    ) == 1


def test_a_source_that_is_no_web_address_is_never_a_link(lunel):
    row("Lunel", source="javascript:alert(1)")

    assert not [a for a in block(lunel).select("a") if "javascript" in a["href"]]


def test_a_short_list_is_open_and_a_long_one_folds_by_level(lunel):
    row("Lunel", 3, number=lunel.authority.siren, year=2023)
    assert not block(lunel).select("details.vi-palmares__group")

    many(300)
    row("Lunel", 3, number=lunel.authority.siren)
    palmares = block(lunel)

    folds = palmares.select("details.vi-palmares__group")
    assert [fold["data-vi-level"] for fold in folds if fold.has_attr("open")] == ["3"]
    assert [said(fold.summary) for fold in folds] == [
        "5 arobases sur 5 (60 collectivités)",
        "4 arobases sur 5 (60 collectivités)",
        "3 arobases sur 5 (61 collectivités)",
        "2 arobases sur 5 (60 collectivités)",
        "1 arobase sur 5 (60 collectivités)",
    ]
    assert all(fold.summary.find(re.compile("^h3$")) for fold in folds)
    assert not palmares.select("script")


def test_a_long_list_without_the_town_opens_at_its_first_level(lunel):
    many(300)

    folds = block(lunel).select("details.vi-palmares__group")

    assert [fold["data-vi-level"] for fold in folds if fold.has_attr("open")] == ["5"]


def test_headings_follow_the_page(lunel):
    row("Lunel")

    palmares = block(lunel, heading="Ils sont labellisés", heading_level="h4")

    assert said(palmares.h4) == "Ils sont labellisés"
    assert palmares.h5


def test_nothing_where_there_is_no_list_or_no_town(lunel):
    assert block(lunel) is None
    row("Lunel")
    lunel.settings.delete()
    assert block(lunel) is None


def test_names_are_text(lunel):
    row("</ul><script>alert(1)</script>", mentions=["<b>x</b>"], place="<i>", department="")

    palmares = block(lunel)

    assert not palmares.select("script, b, i")


@pytest.mark.parametrize("number", [3, 300])
def test_it_costs_two_queries_and_the_setting_s_whatever_its_length(lunel, number):
    many(number)

    assert our_queries(lunel, publish(lunel, PALMARES)) == 3


def test_the_same_list_twice_costs_no_more_and_a_kept_one_the_setting_s_alone(lunel):
    many(100)
    page = publish(lunel, PALMARES, ("palmares", {"area": "department"}))

    assert our_queries(lunel, page) == 3
    with CaptureQueriesContext(connection) as queries:
        fetch(lunel, page)
    assert sum('"wagtail_villes_internet_' in query["sql"] for query in queries) == 1


def test_what_is_kept_is_forgotten_when_the_list_or_its_edition_changes(lunel):
    line = row("Lunel")
    page = publish(lunel, PALMARES)
    assert "Extrait" in fetch(lunel, page)

    line.name = "Lunel (renommée)"
    line.save()
    assert "renommée" in fetch(lunel, page)
    line.edition.palmares_complete = True
    line.edition.save()
    assert "Extrait" not in fetch(lunel, page)


def test_ids_stay_unique_beside_the_other_blocks(lunel):
    lunel.award(year=2024)
    many(70)

    page = show(lunel, ("label_badge", {}), ("label_badge", {}), ("label_history", {}), PALMARES)

    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))


class TestInTheEditor:
    def block(self):
        return dict(get_blocks())["palmares"]

    def test_the_block_is_previewed_with_true_lines_of_2024(self, lunel, client):
        client.force_login(lunel.webmestre)
        prefix = BlocksPage._meta.get_field("body").stream_block.child_blocks["palmares"]

        response = client.get(
            reverse("wagtailadmin_block_preview"), {"id": prefix.definition_prefix}
        )
        page = BeautifulSoup(response.content, "html.parser")

        assert "Extrait : 10 collectivités sur 241" in said(page).replace("\xa0", " ")
        assert names(page.select_one("[data-vi-level='5']"))[0] == "Fleury-sur-Orne"
        assert not page.select("script, style, [style]")

    def test_the_sample_says_what_the_carried_list_says(self):
        with CARRIED.open(encoding="utf-8", newline="") as file:
            carried = {
                (row["collectivite"], int(row["arobases"]))
                for row in csv.DictReader(file)
                if row["edition"] == "2024" and row["arobases"]
            }

        for group in SAMPLE_PALMARES.groups:
            assert {(town.name, group.level) for town in group.towns} <= carried

    def test_the_areas_are_those_of_the_table_in_alphabetical_order(self):
        choices = dict(self.block().child_blocks["area"].field.choices)
        departments = choices[next(group for group in choices if group == "Départements")]

        assert ("D34", "Hérault") in departments
        assert departments[0] == ("D01", "Ain")
        assert [name for _code, name in departments].index("Eure") > 0

    def test_presentation_stands_under_the_settings_of_the_block(self):
        assert self.block().get_form_layout().settings == ["heading_level"]

    def test_nothing_chosen_is_enough(self):
        value = self.block().to_python({})

        assert self.block().clean(value)
        assert self.block().get_api_representation(value) == {
            "heading": "", "edition": None, "area": "", "heading_level": "h2",
        }  # fmt: skip
        assert self.block().get_searchable_content(value) in ([], [""])

    def test_the_tag_shows_what_the_block_shows(self, lunel, rf):
        row("Lunel")
        row("Vannes", department="56")
        request = rf.get("/", headers={"host": lunel.site.hostname})
        template = Template(
            "{% load villes_internet %}"
            "{% villes_internet_palmares edition=2024 area='D34' heading_level='h3' %}"
        )

        page = BeautifulSoup(template.render(Context({"request": request})), "html.parser")

        shown = block(lunel, edition=2024, area="D34", heading_level="h3")
        assert str(page.select_one("[data-vi-palmares]")) == str(shown)
