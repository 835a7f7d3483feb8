"""The style sheet: light, self-contained, and readable."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

# The plate and what is drawn on it; light and dark pages with the colours used on them.
PLATE, INK = "#12306b", "#ffffff"


@pytest.fixture(scope="module")
def css() -> str:
    return Path(finders.find("wagtail_villes_internet/villes-internet.css")).read_text()


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def colours(css: str, name: str) -> tuple[str, str]:
    """The light and the dark value of a custom property."""
    found = re.search(rf"--vi--{name}: var\(--vi-{name}, light-dark\((#\w+), (#\w+)\)\)", css)
    return found.group(1), found.group(2)


def test_a_few_kilobytes_that_ask_for_nothing_else(css):
    assert len(gzip.compress(css.encode())) < 5_000
    assert not re.search(r"url\(|@import|@font-face|https?:|!important", css)


def test_sides_are_logical(css):
    assert not re.search(
        r"\b(margin|padding|border)-(left|right|top|bottom)\b|\b(left|right|top|bottom):"
        r"|(?<![-\w])(width|height):",
        css,
    )


@pytest.mark.parametrize("situation", ["(forced-colors: active)", "print"])
def test_every_situation_redraws_the_badge(css, situation):
    rules = css.split(f"@media {situation}")[1].split("\n}\n")[0]

    for part in ("plate", "lines", "full", "text"):
        assert f".vi-badge__{part}" in rules


def test_what_is_written_on_the_plate_is_readable(css):
    assert f"fill: var(--vi-plate, {PLATE})" in css
    assert "fill: var(--vi-plate-ink, #fff)" in css
    assert contrast(PLATE, INK) >= 4.5


@pytest.mark.parametrize("name", ["accent", "muted"])
def test_text_is_readable_on_light_and_on_dark_pages(css, name):
    light, dark = colours(css, name)

    assert contrast(light, "#ffffff") >= 4.5
    assert contrast(dark, "#121212") >= 4.5


def test_the_style_sheet_and_the_drawing_without_it_agree():
    source = Path(__file__).parents[2] / "wagtail_villes_internet/templates"
    svg = (source / "wagtail_villes_internet/blocks/badge.svg").read_text()

    assert f'fill="{PLATE}"' in svg
