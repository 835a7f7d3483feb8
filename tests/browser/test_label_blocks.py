"""The blocks of the label in each form and each standing, looked at in every way."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.blocks.test_style import contrast
from tests.browser import gallery
from tests.browser.axe import WCAG, findings
from wagtail_villes_internet.labels.drawing import draw

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "320px": {"viewport": {"width": 320, "height": 640}},
    "forced-colors": {"forced_colors": "active"},
    "forced-colors-dark": {"forced_colors": "active", "color_scheme": "dark"},
}
# Of each drawing: the plate, and what is drawn or written on it.
PAINTED = """() => [...document.querySelectorAll(".vi-badge__drawing")].map((drawing) => {
    const of = (part, property) => [...drawing.querySelectorAll(part)].map(
        (each) => getComputedStyle(each)[property]);
    return {
        name: drawing.getAttribute("aria-label"),
        plate: of(".vi-badge__plate", "fill")[0],
        lines: of(".vi-badge__lines", "stroke"),
        dots: of(".vi-badge__full", "fill"),
        texts: of(".vi-badge__text", "fill"),
    };
})"""
# The colours of all texts of histories and labels, and of what the chart is drawn with.
WRITTEN = """() => {
    const texts = [...document.querySelectorAll(
        ".vi-history *, .vi-labels__line, .vi-labels__line *, .vi-badge__mentions *")].filter(
        (each) => !each.closest("svg, a") && [...each.childNodes].some(
            (node) => node.nodeType === 3 && node.data.trim()));
    return {
        page: getComputedStyle(document.body).backgroundColor,
        texts: texts.map((each) => getComputedStyle(each).color),
        chart_texts: [...document.querySelectorAll(".vi-chart text")].map(
            (each) => getComputedStyle(each).fill),
        lines: [...document.querySelectorAll(".vi-chart__line, .vi-chart__base")].map(
            (each) => getComputedStyle(each).stroke),
    };
}"""


@pytest.fixture(scope="module")
def html() -> str:
    with translation.override("fr"):
        return gallery.page()


def hexadecimal(colour: str) -> str:
    red, green, blue = re.match(r"rgba?\((\d+), (\d+), (\d+)", colour).groups()
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def between(one: str, other: str) -> float:
    return contrast(hexadecimal(one), hexadecimal(other))


@pytest.mark.rgaa("1.1", block="label_badge")
@pytest.mark.rgaa("1.1", block="label_history")
@pytest.mark.rgaa("1.1", block="labels")
@pytest.mark.rgaa("9.1", block="label_history")
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(shown, axe, pictures, look):
    page = shown(**LOOKS[look])
    page.screenshot(path=pictures / f"label-blocks-{look}.png", full_page=True)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []


@pytest.mark.rgaa("3.2", block="label_badge")
@pytest.mark.rgaa("3.3", block="label_badge")
@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_is_on_a_badge_stands_out_from_its_plate(shown, look):
    drawings = shown(**LOOKS[look]).evaluate(PAINTED)

    assert len(drawings) > 40
    for drawing in drawings:
        assert all(between(text, drawing["plate"]) >= 4.5 for text in drawing["texts"]), drawing
        drawn = [*drawing["lines"], *drawing["dots"]]
        assert all(between(line, drawing["plate"]) >= 3 for line in drawn), drawing


@pytest.mark.rgaa("3.2", block="label_history")
@pytest.mark.rgaa("3.3", block="label_history")
@pytest.mark.rgaa("3.2", block="labels")
@pytest.mark.parametrize(("look", "behind"), [("light", "#ffffff"), ("dark", "#121212")])
def test_what_is_written_stands_out_from_the_page(shown, look, behind):
    written = shown(**LOOKS[look]).evaluate(WRITTEN)

    assert len(written["texts"]) > 50
    texts = {hexadecimal(colour) for colour in [*written["texts"], *written["chart_texts"]]}
    lines = {hexadecimal(colour) for colour in written["lines"]}
    assert min(contrast(text, behind) for text in texts) >= 4.5
    assert min(contrast(line, behind) for line in lines) >= 3


@pytest.mark.parametrize("look", ["forced-colors", "forced-colors-dark"])
def test_forced_colours_are_all_there_is(shown, look):
    drawings = shown(**LOOKS[look]).evaluate(PAINTED)

    plates = {drawing["plate"] for drawing in drawings}
    inks = {ink for d in drawings for ink in [*d["lines"], *d["dots"], *d["texts"]]}
    assert len(plates) == len(inks) == 1
    assert between(plates.pop(), inks.pop()) >= 7


def test_print_is_black_on_white(shown):
    page = shown(color_scheme="dark")
    page.emulate_media(media="print")

    for drawing in page.evaluate(PAINTED):
        assert drawing["plate"] == "rgb(255, 255, 255)"
        inks = {*drawing["lines"], *drawing["dots"], *drawing["texts"]}
        assert inks == {"rgb(0, 0, 0)"}


@pytest.mark.rgaa("3.1", block="label_badge")
def test_without_colours_current_past_and_out_of_competition_differ_by_their_edge(shown):
    page = shown()
    edges = """(name) => { const drawing = document.querySelector(`#${name} svg`);
        return [...drawing.querySelectorAll("rect")].map((each) => [
            each.getAttribute("x"), each.getAttribute("stroke-dasharray")].join()); }"""
    names = ["current", "older", "out-of-competition"]

    seen = [tuple(page.evaluate(edges, f"badge-{name}-regular")) for name in names]

    assert len(set(seen)) == 3


@pytest.mark.rgaa("10.11", block="label_badge")
@pytest.mark.rgaa("10.11", block="label_history")
@pytest.mark.rgaa("10.11", block="labels")
def test_nothing_scrolls_sideways_at_320_pixels(shown):
    page = shown(viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.rgaa("5.4", block="label_history")
def test_at_320_pixels_the_caption_of_a_table_is_whole_and_more_is_announced(shown):
    page = shown(viewport={"width": 320, "height": 640})
    table = page.locator("#history-table .vi-history__scroll")
    caption = table.locator("caption span")

    assert table.evaluate("(each) => each.scrollWidth > each.clientWidth")
    for scrolled in (0, 1000):
        table.evaluate("(each, by) => { each.scrollLeft = by }", scrolled)
        box = caption.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    assert page.locator("#history-table .vi-history__hint").is_visible()
    wide = shown(viewport={"width": 1280, "height": 800})
    assert not wide.locator("#history-table .vi-history__hint").is_visible()


@pytest.mark.rgaa("12.8", block="label_history")
def test_what_scrolls_has_a_name_of_its_own(shown):
    regions = shown().locator("#history-chart .vi-history__scroll")
    names = [region.get_attribute("aria-label") for region in regions.all()]

    assert len(names) == len(set(names)) == 2


@pytest.mark.rgaa("10.4", block="label_badge")
@pytest.mark.rgaa("10.4", block="label_history")
@pytest.mark.rgaa("10.4", block="labels")
def test_text_can_be_twice_as_large(shown):
    page = shown(viewport={"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.rgaa("10.12", block="label_badge")
@pytest.mark.rgaa("10.12", block="label_history")
@pytest.mark.rgaa("10.12", block="labels")
def test_text_can_be_spaced(shown):
    page = shown(viewport={"width": 320, "height": 640})
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important; "
        "word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"
    )
    cut = """() => [...document.querySelectorAll(".vi-history p, .vi-labels p, .vi-history td")]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth
            && getComputedStyle(each).overflowX !== "visible").length"""

    assert page.evaluate(cut) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.rgaa("13.5", block="label_badge")
@pytest.mark.rgaa("13.5", block="label_history")
@pytest.mark.rgaa("13.5", block="labels")
def test_no_arobase_is_left_to_be_spelt(shown):
    page = shown()
    names = page.evaluate(
        """() => [...document.querySelectorAll("[aria-label], [alt], [title]")].flatMap((each) =>
            ["aria-label", "alt", "title"].map((name) => each.getAttribute(name) || ""))"""
    )

    assert "@" not in page.locator("main").inner_text()
    assert "@" not in " ".join(names)


@pytest.mark.rgaa("3.1", block="label_badge")
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_every_level_is_spoken_with_its_year(visitor, level):
    page = visitor()
    with translation.override("fr"):
        page.set_content(gallery.badge(gallery.record(gallery.won(level=level))))

    arobases = "1 arobase" if level == 1 else f"{level} arobases"
    assert page.get_by_role(
        "img", name=f"Label Villes Internet 2024 : {arobases} sur 5", exact=True
    ).is_visible()


def test_no_text_overflows_its_plate(shown):
    outside = """() => [...document.querySelectorAll(".vi-badge__drawing")].filter((drawing) => {
        const plate = drawing.querySelector("rect").getBoundingClientRect();
        return [...drawing.querySelectorAll("text")].some((text) => {
            const box = text.getBoundingClientRect();
            return box.left < plate.left || box.right > plate.right || box.bottom > plate.bottom;
        });
    }).map((drawing) => drawing.getAttribute("aria-label"))"""

    assert shown().evaluate(outside) == []


def checked(path: Path) -> list[dict]:
    """What the Nu checker finds wrong in a file."""
    if not VNU.exists():
        pytest.fail("The Nu checker is missing. Run: npm ci", pytrace=False)
    if not shutil.which("java"):
        pytest.fail("apt-get install default-jre-headless, for the Nu checker", pytrace=False)
    ran = subprocess.run(
        ["java", "-jar", str(VNU), "--stdout", "--format", "json", "--also-check-svg", str(path)],
        capture_output=True,
        text=True,
    )
    messages = json.loads(ran.stdout)["messages"]
    return [message for message in messages if message["type"] != "info"]


@pytest.mark.rgaa("8.2", block="label_badge")
@pytest.mark.rgaa("8.2", block="label_history")
@pytest.mark.rgaa("8.2", block="labels")
def test_the_nu_checker_finds_no_error(html, tmp_path):
    path = tmp_path / "gallery.html"
    path.write_text(html, encoding="utf-8")

    assert checked(path) == []


def test_a_drawing_alone_is_valid_svg(tmp_path):
    record = gallery.BADGES["older"]
    wording = record.wording(record.shown, gallery.TODAY)
    path = tmp_path / "badge.svg"
    path.write_text(
        render_to_string(
            "wagtail_villes_internet/blocks/badge.svg",
            {"drawing": draw(wording, 5, record.scale), "spoken": wording.spoken},
        ),
        encoding="utf-8",
    )

    assert checked(path) == []


def test_the_nu_checker_tells_a_fault_where_there_is_one(html, tmp_path):
    path = tmp_path / "faulty.html"
    path.write_text(html.replace("<h1>", "<h1 class=a class=b>"), encoding="utf-8")

    assert checked(path)
