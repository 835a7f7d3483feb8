"""« Notre label », ready: the badge, the history, the other labels."""

import pytest

from tests.factories import EditionFactory
from tests.pages.visiting import label_page, said, visit
from wagtail_villes_internet.labels.models import LabelProgramme

PATH = "/notre-label/"


@pytest.fixture
def labelled(lunel):
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        lunel.award(year=year, level=level)
    return lunel


def test_the_badge_and_every_edition_are_shown(labelled):
    label_page(labelled)

    main = visit(labelled, PATH).main

    badge = main.select_one("[data-vi-badge]")
    assert (badge["data-vi-level"], badge["data-vi-edition"]) == ("5", "2024")
    awards = main.select("[data-vi-history] [data-vi-award]")
    assert [award["data-vi-edition"] for award in awards] == ["2024", "2023", "2022"]


@pytest.mark.parametrize(("view", "element"), [("timeline", "ol"), ("table", "table")])
def test_the_editor_chooses_how_the_history_is_shown(labelled, view, element):
    label_page(labelled, view=view)

    assert visit(labelled, PATH).select_one(f"[data-vi-history] {element}")


def test_other_labels_have_their_own_part(labelled):
    label_page(labelled)
    assert not visit(labelled, PATH).select(".vi-page__others")
    flowers = LabelProgramme.objects.create(
        slug="fleurs", name="Villes et villages fleuris", unit="fleur", max_level=4
    )
    labelled.award(edition=EditionFactory(programme=flowers, year=2015), level=3)

    others = visit(labelled, PATH).select_one(".vi-page__others")

    assert said(others.h3) == "Villes et villages fleuris"
    assert others.select_one("[data-vi-badge]")["data-vi-level"] == "3"


def test_the_two_texts_stand_above_and_below(labelled):
    label_page(labelled, introduction="<p>Avant.</p>", conclusion="<p>Après.</p>")

    text = said(visit(labelled, PATH).main)

    assert text.index("Avant.") < text.index("2024") < text.index("Après.")


def test_headings_skip_no_level(labelled):
    label_page(labelled, introduction="<h2>Un label</h2>")

    levels = [int(each.name[1]) for each in visit(labelled, PATH).select("h1, h2, h3, h4, h5")]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_a_town_without_a_label_shows_its_texts_alone(lunel):
    label_page(lunel, introduction="<p>Nous préparons notre dossier.</p>")

    main = visit(lunel, PATH).main

    assert "Nous préparons notre dossier." in said(main)
    assert not main.select("[data-vi-badge], [data-vi-history]")
