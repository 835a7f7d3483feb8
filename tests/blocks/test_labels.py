"""Every label a town holds, in one place."""

import pytest

from tests.blocks.pages import our_queries, publish, said, show
from tests.factories import EditionFactory, Town
from wagtail_villes_internet.labels.models import Award, LabelProgramme

LABELS = ("labels", {"heading": "Nos labels"})


@pytest.fixture
def held(lunel) -> Town:
    """Arobases, flowers until another is stated, and a label without levels for 24 months."""
    flowers = LabelProgramme.objects.create(
        slug="fleurs",
        name="Villes et villages fleuris",
        unit="fleur",
        unit_plural="fleurs",
        max_level=4,
        symbol="flower",
        url="https://www.villes-et-villages-fleuris.com/",
    )
    bees = LabelProgramme.objects.create(
        slug="abeilles", name="Ville amie des abeilles", max_level=0, validity="months",
        validity_months=24,
    )  # fmt: skip
    lunel.award(year=2024, level=5)
    lunel.award(edition=EditionFactory(programme=flowers, year=2015), level=3)
    lunel.award(edition=EditionFactory(programme=bees, year=2023), level=None)
    return lunel


def names(page):
    return [svg["aria-label"] for svg in page.select("[data-vi-labels] [data-vi-badge] svg")]


@pytest.mark.rgaa("1.3", block="labels")
@pytest.mark.rgaa("6.1", block="labels")
def test_the_built_in_label_comes_first_then_by_name(held, in_march_2024):
    page = show(held, LABELS)

    assert said(page.h2) == "Nos labels"
    assert names(page) == [
        "Label Villes Internet 2024 : 5 arobases sur 5",
        "Label Ville amie des abeilles 2023 : obtenu",
        "Label Villes et villages fleuris 2015 : 3 fleurs sur 4",
    ]
    links = page.select(".vi-labels__more a")
    assert said(links[-1]) == "À propos du label Villes et villages fleuris"
    assert links[-1]["href"] == "https://www.villes-et-villages-fleuris.com/"


def test_each_lasts_as_its_programme_says(held):
    # In November 2026: two years after January 2023, flowers without an end, arobases with one.
    assert names(show(held, LABELS)) == [
        "Label obtenu en 2024 : 5 arobases sur 5",
        "Label obtenu en 2023 : Ville amie des abeilles",
        "Label Villes et villages fleuris 2015 : 3 fleurs sur 4",
    ]


def test_as_lines_of_text(held):
    lines = show(held, ("labels", {"form": "lines"})).select("[data-vi-badge]")

    assert [said(line) for line in lines] == [
        "Villes Internet 2024, 5 arobases sur 5",
        "Ville amie des abeilles 2023, label obtenu",
        "Villes et villages fleuris 2015, 3 fleurs sur 4",
    ]


def test_three_labels_cost_what_one_does(held):
    page = publish(held, LABELS, ("label_badge", {"programme": "fleurs"}), ("label_history", {}))

    assert our_queries(held, page) == 3


def test_no_label_nothing(lunel, held):
    Award.objects.all().delete()
    Town("Aubagne").award()

    page = show(lunel, LABELS)

    assert not page.select("[data-vi-labels]")
    assert "Nos labels" not in said(page)
