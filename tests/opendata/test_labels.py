"""`label.json` and `labels.csv`: every award that is stated, with its proof."""

from datetime import date

import pytest
import time_machine

from tests.factories import DistinctionFactory, EditionFactory
from tests.opendata.files import document, lines
from wagtail_villes_internet.labels.models import Award, LabelProgramme
from wagtail_villes_internet.opendata import labels


@pytest.fixture
def history(lunel):
    """Arobases in 2022 and 2024, an edition without them, and flowers."""
    lunel.award(year=2022, level=4)
    award = lunel.award(
        year=2024, level=5, origin=Award.Origin.REGISTRY, source_url="https://presse.example/a"
    )
    DistinctionFactory(award=award, name="Démocratie locale", valid_until=date(2026, 2, 8))
    DistinctionFactory(award=award, name="=HYPERLINK")
    flowers = LabelProgramme.objects.create(
        slug="fleurs", name="Villes et villages fleuris", unit="fleur", unit_plural="fleurs",
        max_level=4, url="https://www.villes-et-villages-fleuris.com/", validity="lasting",
    )  # fmt: skip
    lunel.award(edition=EditionFactory(programme=flowers, year=2015), level=3)
    return lunel


def test_what_is_stated_in_json(history):
    arobases, flowers = document(history, "label.json")["labels"]

    assert (arobases["slug"], arobases["highest_level"]) == ("villes-internet", 5)
    newest, older = arobases["awards"]
    assert {
        key: newest[key] for key in ("edition", "standing", "level", "proof", "source_url")
    } == {
        "edition": 2024,
        "standing": "labelled",
        "level": 5,
        "proof": "confirmed",
        "source_url": "https://presse.example/a",
    }
    assert newest["mentions"] == [
        {"name": "=HYPERLINK", "valid_until": None},
        {"name": "Démocratie locale", "valid_until": "2026-02-08"},
    ]
    assert (older["edition"], older["proof"], older["source_url"]) == (2022, "declared", None)
    assert {"first": 2023, "last": 2023} in arobases["not_stated"]
    assert (flowers["name"], flowers["awards"][0]["level"]) == ("Villes et villages fleuris", 3)
    assert flowers["url"] == "https://www.villes-et-villages-fleuris.com/"


def test_what_the_badge_says_today(history):
    with time_machine.travel("2024-03-01 12:00 +0100", tick=False):
        current = document(history, "label.json")["labels"][0]["shown"]
    with time_machine.travel("2026-11-20 12:00 +0100", tick=False):
        past = document(history, "label.json")["labels"][0]["shown"]

    assert current == {
        "edition": 2024,
        "current": True,
        "words": "Label Villes Internet 2024 : 5 arobases sur 5",
    }
    assert past == {
        "edition": 2024,
        "current": False,
        "words": "Label obtenu en 2024 : 5 arobases sur 5",
    }


def test_the_history_in_csv_with_its_proof(history):
    written = lines(history, "labels.csv")

    assert [
        (line["LABEL_CODE"], line["EDITION"], line["RESULTAT"], line["NIVEAU"], line["PREUVE"])
        for line in written
    ] == [
        ("villes-internet", "2024", "labelled", "5", "confirmed"),
        ("villes-internet", "2022", "labelled", "4", "declared"),
        ("fleurs", "2015", "labelled", "3", "declared"),
    ]
    assert tuple(written[0]) == labels.COLUMNS
    assert written[0]["SOURCE"] == "https://presse.example/a"
    assert written[0]["MENTIONS"] == "'=HYPERLINK|Démocratie locale"
    assert (written[0]["NIVEAU_MAX"], written[0]["UNITE"]) == ("5", "arobase")


def test_an_edition_without_a_level_has_an_empty_cell(lunel):
    lunel.award(year=2018, level=None, standing=Award.Standing.NOT_PARTICIPATING)

    [line] = lines(lunel, "labels.csv")
    [label] = document(lunel, "label.json")["labels"]

    assert (line["RESULTAT"], line["NIVEAU"]) == ("not_participating", "")
    assert label["shown"] is None
    assert label["awards"][0]["level"] is None


def test_a_town_without_a_label_publishes_an_empty_list(lunel, other_town):
    other_town.award(year=2024)

    assert document(lunel, "label.json")["labels"] == []
    assert lines(lunel, "labels.csv") == []
