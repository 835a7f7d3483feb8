"""The drawing of the badge."""

import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.labels.drawing import LETTER_WIDTH, SIZES, draw, layout_of
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.standing import Scale, wording

SVG = "{http://www.w3.org/2000/svg}"
AROBASES = Scale("Villes Internet", "arobase", "arobases", 5)

levels = st.none() | st.integers(1, 5)
sizes = st.sampled_from(SIZES)
standings = st.sampled_from(Award.Standing.values)


def svg_of(standing="labelled", level=5, size="regular", *, current=False, scale=AROBASES):
    told = wording(scale, 2024, standing, level, current=current)
    drawing = draw(told, level, scale, size)
    return render_to_string(
        "wagtail_villes_internet/blocks/badge.svg", {"drawing": drawing, "spoken": told.spoken}
    )


def texts(svg: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_it_is_an_image_with_a_name():
    root = ElementTree.fromstring(svg_of())

    assert root.get("role") == "img"
    assert root.get("aria-label") == "Label obtenu en 2024 : 5 arobases sur 5"
    assert root.get("focusable") == "false"


@given(standings, levels, sizes, st.booleans())
def test_it_holds_in_3_kb_without_script_style_nor_request(standing, level, size, current):
    svg = svg_of(standing, level, size, current=current)

    assert len(svg.encode()) <= 3000
    ElementTree.fromstring(svg)
    assert not re.search(r"<script|<style|style=|href|url\(|@import|\son\w+=|<image|<use", svg)


@pytest.mark.rgaa("3.1", block="label_badge")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_level_is_told_by_text(size, level):
    said = texts(svg_of(level=level, size=size))

    assert said[0] == str(level)
    assert f"{level} arobase{'s' if level > 1 else ''} sur 5" in said


@pytest.mark.rgaa("3.1", block="label_badge")
@pytest.mark.parametrize("size", ["regular", "hero"])
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_level_is_told_by_full_and_hollow_dots(size, level):
    dots = list(ElementTree.fromstring(svg_of(level=level, size=size)).iter(f"{SVG}circle"))

    assert ["fill" in dot.attrib for dot in dots] == [True] * level + [False] * (5 - level)


@pytest.mark.parametrize("standing", ["level_unknown", "mention_only", "out_of_competition"])
@pytest.mark.parametrize("size", SIZES)
def test_no_level_is_drawn_where_none_is_known(standing, size):
    svg = svg_of(standing, None, size)

    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))
    assert not any(text.isdigit() and text != "2024" for text in texts(svg))


@given(standings, levels, sizes, st.booleans())
def test_what_is_drawn_is_what_is_spoken(standing, level, size, current):
    told = wording(AROBASES, 2024, standing, level, current=current)

    lines = [line.content for line in draw(told, level, AROBASES, size).lines]

    assert " ".join(lines) in told.spoken.replace(" :", "").replace(",", "")


@given(standings, levels, sizes, st.text(min_size=1, max_size=100))
def test_no_line_overflows_the_plate_whatever_the_label_is_called(standing, level, size, name):
    scale = Scale(name, "arobase", "arobases", 5)
    room = layout_of(size).text[1]

    drawing = draw(wording(scale, 2024, standing, level, current=True), level, scale, size)

    for line in drawing.lines:
        # Sizes are written with one decimal.
        assert (float(line.size) - 0.06) * LETTER_WIDTH * len(line.content) <= room
        assert float(line.y) < drawing.height - 5


def test_numbers_are_written_as_svg_wants_them_in_any_language(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    with translation.override("fr"):
        svg = svg_of(size="hero")

    assert "2024" in texts(svg)
    assert not re.search(r'="[\d.]+,\d', svg)


def test_a_hostile_name_is_text():
    svg = svg_of(scale=Scale("</svg><script>alert(1)</script>", "a", "b", 5), current=True)

    assert "<script" not in svg
    assert "Label </svg><script>alert(1)</script> 2024" in " ".join(texts(svg))
