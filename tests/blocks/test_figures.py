"""The key figures, each with a link to what proves it."""

from datetime import date

import pytest
import time_machine

from tests.blocks.pages import offer, our_queries, publish, said, show
from wagtail_villes_internet.blocks import KeyFiguresBlock
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.models import DigitalService

FIGURES = ("key_figures", {})
SERVICES = ("services_by_theme", {})
NOTICE = "Classement établi par la collectivité d’après les thèmes publics du label"


@pytest.fixture(autouse=True)
def in_november_2026():
    with time_machine.travel("2026-11-20 12:00 +0100", tick=False):
        yield


def make_official() -> None:
    matrix = Matrix.objects.get()
    matrix.official = True
    matrix.save()


def told(page) -> dict[str, str]:
    """What each figure says, its value first, by its name."""
    return {
        row["data-vi-figure"]: f"{said(value_of(row))} {said(row.dt)}"
        for row in page.select("[data-vi-figures] > dl > [data-vi-figure]")
    }


def value_of(row):
    for hidden in row.select(".vi-sr"):
        hidden.extract()
    return row.dd


def links(page) -> dict[str, str]:
    return {
        row["data-vi-figure"]: row.a["href"]
        for row in page.select("[data-vi-figure]")
        if row.a
    }  # fmt: skip


def test_services_themes_new_ones_and_the_label(lunel):
    lunel.service(started_on=date(2026, 2, 1))
    lunel.service(started_on=date(2020, 2, 1))
    lunel.service(references=["p-formulaires"])
    lunel.award(year=2024, level=5)

    assert told(show(lunel, FIGURES)) == {
        "services": "3 services numériques",
        "themes": "1 thème",
        "new": "1 nouveau service en 2026",
        "label": "5 arobases sur 5 Label obtenu en 2024",
    }


class TestNewThisYear:
    def test_is_by_the_date_the_town_states_not_by_the_day_it_was_put_online(self, lunel):
        offer(lunel, 20)

        assert "new" not in told(show(lunel, FIGURES))

    def test_counts_neither_what_is_planned_nor_what_came_before(self, lunel):
        lunel.service(started_on=date(2026, 12, 1), status=DigitalService.Status.PLANNED)
        lunel.service(started_on=date(2025, 12, 31))
        lunel.service(started_on=date(2026, 1, 1))

        assert told(show(lunel, FIGURES))["new"] == "1 nouveau service en 2026"

    def test_counts_what_was_planned_from_the_day_it_starts(self, lunel):
        lunel.service(started_on=date(2026, 11, 20), status=DigitalService.Status.PLANNED)

        assert told(show(lunel, FIGURES))["new"] == "1 nouveau service en 2026"


class TestTheLabel:
    def test_says_until_when_it_is_that_of_today(self, lunel):
        lunel.award(year=2026, level=4)

        page = show(lunel, FIGURES)

        assert told(page)["label"] == "4 arobases sur 5 Label Villes Internet 2026"

    def test_carries_the_hooks_of_an_award(self, lunel):
        lunel.award(year=2024, level=5)

        row = show(lunel, FIGURES).select_one("[data-vi-figure=label]")

        assert (row["data-vi-level"], row["data-vi-edition"]) == ("5", "2024")
        assert row["data-vi-proof"] == "declared"

    def test_that_nobody_stated_is_left_out(self, lunel):
        lunel.service()
        lunel.award(level=None, standing=Award.Standing.NOT_PARTICIPATING)

        assert set(told(show(lunel, FIGURES))) == {"services", "themes"}

    def test_stands_alone_where_there_is_no_service(self, lunel):
        lunel.award()

        assert set(told(show(lunel, FIGURES))) == {"label"}

    @pytest.mark.rgaa("13.5", block="key_figures")
    def test_is_never_a_run_of_arobases(self, lunel):
        lunel.award(level=5)

        assert "@" not in said(show(lunel, FIGURES))


class TestLinks:
    def test_lead_to_the_pages_that_the_editor_chose(self, lunel):
        lunel.service()
        lunel.award(source_url="https://presse.example/")
        listing = publish(lunel, SERVICES, title="Nos services")
        label = publish(lunel, ("label_history", {}), title="Notre label")

        page = show(lunel, ("key_figures", {"list_page": listing, "label_page": label}))

        assert links(page) == {
            "services": "/nos-services/",
            "themes": "/nos-services/",
            "label": "/notre-label/",
        }

    def test_lead_to_where_the_award_was_read_else(self, lunel):
        lunel.service()
        lunel.award(source_url="https://presse.example/")

        assert links(show(lunel, FIGURES)) == {"label": "https://presse.example/"}

    @pytest.mark.rgaa("6.1", block="key_figures")
    def test_say_what_they_lead_to(self, lunel):
        lunel.service()
        listing = publish(lunel, SERVICES, title="Nos services")

        page = show(lunel, ("key_figures", {"list_page": listing}))

        names = [said(link) for link in page.select("[data-vi-figure] a")]
        assert names == ["1 service numérique", "1 thème"]


def test_the_editor_chooses_which(lunel):
    lunel.service()
    lunel.award()

    page = show(lunel, ("key_figures", {"figures": ["services"], "heading": "En chiffres"}))

    assert said(page.select_one("[data-vi-figures] > h2")) == "En chiffres"
    assert set(told(page)) == {"services"}
    assert NOTICE not in said(page)


def test_the_number_of_themes_says_who_placed_the_services(lunel):
    lunel.service()

    provisional = said(show(lunel, FIGURES))
    make_official()
    official = said(show(lunel, FIGURES))

    assert provisional.count(NOTICE) == 1
    assert NOTICE not in official


def test_nothing_to_count_nothing_at_all(lunel, other_town):
    other_town.service()
    other_town.award()

    assert said(show(lunel, ("key_figures", {"heading": "En chiffres"})).main) == "Page"


@pytest.mark.rgaa("9.3", block="key_figures")
def test_it_is_a_list_of_names_with_their_values(lunel):
    lunel.service()
    lunel.award()

    rows = show(lunel, FIGURES).select("dl > div")

    assert len(rows) == 3
    assert all(
        [node.name for node in row.find_all(recursive=False)] == ["dt", "dd"] for row in rows
    )


def test_it_costs_what_the_list_and_the_badge_cost(lunel):
    offer(lunel, 138)
    lunel.award()
    apart = our_queries(lunel, publish(lunel, SERVICES, ("label_badge", {})))

    page = publish(lunel, FIGURES, SERVICES, ("label_badge", {}), FIGURES, title="Chiffres")

    assert our_queries(lunel, page) == apart


def test_without_the_label_it_reads_no_award(lunel):
    offer(lunel, 10)
    listed = our_queries(lunel, publish(lunel, SERVICES))

    page = publish(lunel, ("key_figures", {"figures": ["services"]}), title="Services seuls")

    assert our_queries(lunel, page) == listed


def test_the_api_gives_the_options():
    block = KeyFiguresBlock()

    assert block.get_api_representation(block.to_python({"figures": ["themes"]})) == {
        "heading": "",
        "list_page": None,
        "label_page": None,
        "heading_level": "h2",
        "figures": ["themes"],
        "links": ["/villes-internet/services.json", "/villes-internet/label.json"],
    }
