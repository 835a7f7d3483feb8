"""The history of the label on a page."""

from datetime import date

import pytest
import time_machine

from tests.blocks.pages import said, show
from tests.factories import DistinctionFactory
from wagtail_villes_internet.labels.models import Award

HISTORY = ("label_history", {})
Standing = Award.Standing


@pytest.mark.rgaa("9.3", block="label_history")
def test_newest_first_each_award_with_its_hooks(lunel, in_march_2024):
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        lunel.award(year=year, level=level, origin=Award.Origin.REGISTRY)

    history = show(lunel, HISTORY).select_one("ol")
    awards = history.select("li[data-vi-award]")

    assert history.find_parent(attrs={"data-vi-history": True})
    assert [
        (row["data-vi-edition"], row["data-vi-level"], row["data-vi-proof"]) for row in awards
    ] == [("2024", "5", "confirmed"), ("2023", "4", "confirmed"), ("2022", "3", "confirmed")]
    assert [row.time["datetime"] for row in awards] == ["2024", "2023", "2022"]
    assert said(awards[0]).startswith("2024 5 arobases sur 5")


def test_what_every_standing_says(lunel):
    for year, standing, level in [
        (2018, Standing.NOT_PARTICIPATING, None),
        (2017, Standing.OUT_OF_COMPETITION, 5),
        (2016, Standing.OUT_OF_COMPETITION, None),
        (2015, Standing.LEVEL_UNKNOWN, None),
        (2006, Standing.MENTION_ONLY, None),
    ]:
        lunel.award(year=year, standing=standing, level=level)

    rows = [said(row.p) for row in show(lunel, HISTORY).select("[data-vi-history] li")]

    assert rows == [
        "De 2019 à 2026 non renseigné",
        "2018 n’a pas participé",
        "2017 5 arobases sur 5, hors concours",
        "2016 hors concours",
        "2015 niveau non précisé",
        "De 2007 à 2014 non renseigné",
        "2006 mention sans niveau",
    ]


def test_an_edition_without_a_word_is_no_award(lunel):
    lunel.award(year=2024)
    lunel.award(year=2026)

    page = show(lunel, HISTORY)
    unstated = page.select("[data-vi-history] li:not([data-vi-award])")

    assert [said(row) for row in unstated] == ["2025 non renseigné"]
    assert unstated[0].time["datetime"] == "2025"


@pytest.mark.rgaa("6.1", block="label_history")
def test_ceremony_and_source(lunel):
    lunel.award(year=2024, source_url="https://www.lunel.fr/label?a=1&b=2")

    row = show(lunel, HISTORY).select_one("[data-vi-award]")

    assert "Cérémonie du 8 février 2024" in said(row)
    assert said(row.a) == "Source"
    assert row.a["aria-label"] == "Source, édition 2024"
    assert row.a["href"] == "https://www.lunel.fr/label?a=1&b=2"
    assert "target" not in row.a.attrs


def test_who_did_not_take_part_was_at_no_ceremony(lunel):
    lunel.award(year=2023)
    lunel.award(year=2024, level=None, standing=Standing.NOT_PARTICIPATING)

    absent, present = show(lunel, HISTORY).select("[data-vi-award]")

    assert said(absent) == "2024 n’a pas participé"
    assert "Cérémonie" in said(present)


def test_residents_see_no_mark_of_doubt(lunel):
    lunel.award(year=2024, origin=Award.Origin.PALMARES)

    row = show(lunel, HISTORY).select_one("[data-vi-award]")

    assert row["data-vi-proof"] == "declared"
    assert "déclar" not in said(row).lower()
    assert "confirm" not in said(row).lower()


def test_mentions_say_whether_they_are_still_valid(lunel):
    award = lunel.award(year=2024)
    DistinctionFactory(award=award, name="Démocratie locale")
    DistinctionFactory(award=award, name="Excellence", valid_until=date(2027, 2, 8))

    def mentions() -> list[str]:
        rows = show(lunel, HISTORY).select("[data-vi-award] li")
        return [said(row).replace("\xa0", " ") for row in rows]

    with time_machine.travel("2027-02-08 12:00 +0100", tick=False):
        assert mentions() == [
            "Mention : Démocratie locale",
            "Mention : Excellence (valable jusqu’au 8 février 2027)",
        ]
    with time_machine.travel("2027-02-09 12:00 +0100", tick=False):
        assert mentions()[1] == "Mention : Excellence (échue le 8 février 2027)"


@pytest.mark.rgaa("9.1", block="label_history")
def test_heading_and_its_level_are_the_editors(lunel):
    lunel.award()

    page = show(lunel, ("label_history", {"heading": "Notre histoire", "heading_level": "h4"}))

    assert said(page.select_one("[data-vi-history] h4")) == "Notre histoire"
    assert not show(lunel, HISTORY).select("[data-vi-history] h2")


def test_nothing_where_nothing_is_stated(lunel, other_town):
    other_town.award()

    page = show(lunel, ("label_history", {"heading": "Notre histoire"}))

    assert not page.select("[data-vi-history]")
    assert "Notre histoire" not in said(page)


def test_hostile_words_are_text(lunel):
    award = lunel.award(source_url='https://e.org/"><script>alert(1)</script>')
    DistinctionFactory(award=award, name="</li></ol><script>alert(2)</script>")

    page = show(lunel, ("label_history", {"heading": "<script>alert(3)</script>"}))

    assert not page.select("script")
    assert "</li></ol><script>alert(2)</script>" in said(page.ol)


def test_years_are_written_whole_where_thousands_are_parted(lunel, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    lunel.award(year=2024)

    page = show(lunel, ("label_badge", {}), HISTORY)

    assert page.select_one("[data-vi-badge]")["data-vi-edition"] == "2024"
    assert page.select_one("[data-vi-award] time")["datetime"] == "2024"
