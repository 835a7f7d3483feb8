"""The services put forward, the mosaic and the key figures, looked at in every way."""

from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.browser import gallery
from tests.browser.axe import WCAG, findings
from tests.browser.test_label_blocks import LOOKS, between, checked
from wagtail_villes_internet.blocks.featured import featured_of
from wagtail_villes_internet.blocks.figures_presentation import Proofs, figures_of
from wagtail_villes_internet.blocks.mosaic_presentation import mosaic_of
from wagtail_villes_internet.blocks.sample import SAMPLE_LISTING
from wagtail_villes_internet.services.listing import (
    ListedAxis,
    ListedService,
    ListedTheme,
    Listing,
)

pytestmark = pytest.mark.browser

LONG = "Prévention, tranquillité publique et accompagnement des habitants éloignés du numérique"
TEXTS = """() => [...document.querySelectorAll(
        ":is(.vi-mosaic, .vi-figures, .vi-featured) *")].filter((each) =>
    each.checkVisibility() && [...each.childNodes].some(
        (node) => node.nodeType === 3 && node.data.trim()) && !each.closest(".vi-service a"))
    .map((each) => {
        const tile = each.closest(".vi-mosaic__tile");
        const paint = document.createElement("canvas").getContext("2d");
        for (const colour of [getComputedStyle(document.body).backgroundColor,
                              tile && getComputedStyle(tile).backgroundColor]) {
            if (colour) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
        }
        const [r, g, b] = paint.getImageData(0, 0, 1, 1).data;
        return [getComputedStyle(each).color, `rgb(${r}, ${g}, ${b})`];
    })"""


def listing(axes: int, themes: int, most: int = 9, official: bool = True) -> Listing:
    """A matrix of that many axes of that many themes, of 0 to `most` services each."""
    model = SAMPLE_LISTING.services[0]

    def service(*numbers: int) -> ListedService:
        number = "".join(f"{each:03}" for each in numbers)
        return replace(model, remote_id=f"00000000-0000-4000-8000-{number:0>12}")

    def theme(a: int, t: int) -> ListedTheme:
        count = (a * themes + t) * most // max(1, axes * themes - 1)
        label = LONG if (a, t) == (0, 1) else f"Thème {a + 1}.{t + 1}"
        return ListedTheme(f"t{a}-{t}", label, tuple(service(a, t, n) for n in range(count)))

    return Listing(
        tuple(
            ListedAxis(f"a{a}", f"Domaine {a + 1}", tuple(theme(a, t) for t in range(themes)))
            for a in range(axes)
        ),
        official,
        "essai",
    )


def mosaic(shown: Listing, heading: str = "") -> str:
    context = {
        "mosaic": mosaic_of(shown, lambda code: f"#{code}"),
        "heading": heading,
        "heading_level": 3,
        "axis_level": 4 if heading else 3,
    }
    return render_to_string(f"{gallery.BLOCKS}theme_mosaic.html", context)


def figures(record=None, proofs: Proofs = Proofs()) -> str:  # noqa: B008 (frozen)
    shown = figures_of(listing(4, 4, official=False), record, gallery.TODAY, proofs)
    context = {"figures": shown, "heading": "En chiffres", "heading_level": 3}
    return render_to_string(f"{gallery.BLOCKS}key_figures.html", context)


def featured(presentation: str) -> str:
    context = {
        "featured": featured_of(SAMPLE_LISTING),
        "presentation": presentation,
        "heading": "À la une",
        "heading_level": 3,
    }
    return render_to_string(f"{gallery.BLOCKS}featured_services.html", context)


def pieces() -> dict[str, str]:
    led = Proofs("https://www.ville.example/services", "https://www.ville.example/label")
    return {
        "mosaic 4x4": mosaic(listing(4, 4), "Nos services, thème par thème"),
        "mosaic 4x5 provisional": mosaic(listing(4, 5, official=False)),
        "mosaic 1x16": mosaic(listing(1, 16)),
        "mosaic 6x3": mosaic(listing(6, 3, most=140)),
        "figures": figures(gallery.BADGES["current"], led),
        "figures without links": figures(gallery.BADGES["out-of-competition"]),
        "featured cards": featured("cards"),
        "featured list": featured("list"),
    }


@pytest.fixture(scope="module")
def html() -> str:
    with translation.override("fr"):
        return gallery.page(pieces())


@pytest.mark.rgaa("9.1", block="theme_mosaic")
@pytest.mark.rgaa("9.3", block="theme_mosaic")
@pytest.mark.rgaa("9.1", block="key_figures")
@pytest.mark.rgaa("9.1", block="featured_services")
@pytest.mark.rgaa("9.3", block="featured_services")
@pytest.mark.rgaa("6.2", block="theme_mosaic")
@pytest.mark.rgaa("6.2", block="key_figures")
@pytest.mark.rgaa("6.2", block="featured_services")
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(shown, axe, pictures, look):
    page = gallery.unfolded(shown(**LOOKS[look]))
    page.screenshot(path=pictures / f"other-blocks-{look}.png", full_page=True)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []


@pytest.mark.rgaa("3.2", block="theme_mosaic")
@pytest.mark.rgaa("3.2", block="key_figures")
@pytest.mark.rgaa("3.2", block="featured_services")
@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_is_written_stands_out_from_what_is_behind(shown, look):
    pairs = {tuple(pair) for pair in gallery.unfolded(shown(**LOOKS[look])).evaluate(TEXTS)}

    assert len({behind for _colour, behind in pairs}) >= 5  # the page, and four shades
    assert min(between(colour, behind) for colour, behind in pairs) >= 4.5


@pytest.mark.rgaa("10.11", block="theme_mosaic")
@pytest.mark.rgaa("10.11", block="key_figures")
@pytest.mark.rgaa("10.11", block="featured_services")
def test_nothing_scrolls_sideways_at_320_pixels(shown):
    page = gallery.unfolded(shown(viewport={"width": 320, "height": 640}))

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [320, 360, 400, 480])
def test_no_word_of_a_tile_is_broken_for_want_of_a_column_less(shown, width):
    page = shown(viewport={"width": width, "height": 640})
    word = page.locator("#mosaic-4x4 .vi-mosaic__theme").first
    # Letters as wide as those of the widest usual fonts, in a browser that knows no French.
    word.evaluate("""(each) => { each.style.hyphens = "manual"; each.style.letterSpacing = "0.05em";
        each.innerHTML = "<span>Développement</span> économique" }""")

    assert word.locator("span").evaluate("(each) => each.getClientRects().length") == 1


@pytest.mark.rgaa("10.4", block="theme_mosaic")
@pytest.mark.rgaa("10.4", block="key_figures")
@pytest.mark.rgaa("10.4", block="featured_services")
def test_text_can_be_twice_as_large(shown):
    page = gallery.unfolded(shown(viewport={"width": 640, "height": 800}))
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.rgaa("10.12", block="theme_mosaic")
@pytest.mark.rgaa("10.12", block="key_figures")
@pytest.mark.rgaa("10.12", block="featured_services")
def test_text_can_be_spaced(shown):
    page = gallery.unfolded(shown(viewport={"width": 320, "height": 640}))
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; "
        "word-spacing: .16em !important } p { margin-block-end: 2em !important }"
    )
    cut = """() => [...document.querySelectorAll(".vi-mosaic__tile, .vi-figures__figure")].filter(
        (each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight
            > each.clientHeight + 1).length"""

    assert page.evaluate(cut) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_whole_tile_is_large_enough_to_aim_at_and_leads_there(shown):
    page = shown(viewport={"width": 320, "height": 640})
    tile = page.locator("#mosaic-4x4 .vi-mosaic__tile:has(a)").first
    box = tile.bounding_box()

    assert min(box["width"], box["height"]) >= 24
    tile.click(position={"x": box["width"] - 4, "y": box["height"] - 4})
    assert page.evaluate("location.hash").startswith("#t")


def test_forced_colours_keep_tiles_apart(shown):
    page = shown(**LOOKS["forced-colors"])

    drawn = page.locator(".vi-mosaic__tile").first.evaluate(
        "(each) => [getComputedStyle(each).borderTopStyle, getComputedStyle(each).borderTopWidth]"
    )

    assert drawn == ["solid", "1px"]


def test_print_says_the_numbers_once(shown):
    page = shown()
    page.emulate_media(media="print")

    assert page.locator("#mosaic-4x4 .vi-mosaic__tile").first.is_visible()
    assert not page.locator("#mosaic-4x4 table").is_visible()


@pytest.mark.rgaa("13.5", block="theme_mosaic")
@pytest.mark.rgaa("13.5", block="featured_services")
def test_no_arobase_is_left_to_be_spelt(shown):
    assert "@" not in gallery.unfolded(shown()).locator("main").inner_text()


@pytest.mark.rgaa("8.2", block="theme_mosaic")
@pytest.mark.rgaa("8.2", block="key_figures")
@pytest.mark.rgaa("8.2", block="featured_services")
def test_the_nu_checker_finds_no_error(html, tmp_path):
    path = tmp_path / "other-blocks.html"
    path.write_text(html, encoding="utf-8")

    assert checked(path) == []
