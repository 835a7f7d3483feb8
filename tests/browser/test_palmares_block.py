"""The block of the published list, short and long, looked at in every way."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.browser import gallery
from tests.browser.axe import WCAG, findings
from tests.browser.test_label_blocks import LOOKS, between, checked
from wagtail_villes_internet.blocks.palmares_presentation import Viewer, palmares_of
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.palmares.listing import Group, ListedTown, PalmaresList

pytestmark = pytest.mark.browser
Standing = Award.Standing
TEXTS = """() => [...document.querySelectorAll(".vi-palmares *")].filter((each) =>
    !each.closest("a") && each.checkVisibility() && [...each.childNodes].some(
        (node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => getComputedStyle(each).color)"""


def town(number: int, *, level: int | None, **more) -> ListedTown:
    told = {"mentions": (), "deduced": False, "source": "https://presse.example/palmares"} | more
    name = more.pop("name", f"Saint-Exemple-sur-Rivière-{number:03}")
    told = {key: value for key, value in told.items() if key != "name"}
    return ListedTown(
        name=name, place="Hérault", siren=f"{number:09}", insee="", department="34",
        region="76", level=level, **told,
    )  # fmt: skip


def listed(each: int) -> PalmaresList:
    """`each` towns a level, and one of each other standing."""
    levels = [
        Group(
            Standing.LABELLED,
            level,
            tuple(town(level * 1_000 + n, level=level) for n in range(each)),
        )
        for level in (5, 4, 3, 2, 1)
    ]
    marked = town(1, level=5, name="Lunel", mentions=("Démocratie locale",), deduced=True)
    levels[0] = Group(Standing.LABELLED, 5, (*levels[0].towns, marked))
    others = [
        Group(Standing.OUT_OF_COMPETITION, None, (town(9_001, level=5),)),
        Group(Standing.LEVEL_UNKNOWN, None, (town(9_002, level=None, source="presse, 2024"),)),
        Group(Standing.MENTION_ONLY, None, (town(9_003, level=None),)),
    ]
    return PalmaresList(
        "Villes Internet", "arobase", "arobases", 5, 2024, False, 457, "", (*levels, *others)
    )  # fmt: skip


def palmares(each: int) -> str:
    shown = palmares_of(listed(each), Viewer(siren="000000001"))
    context = {"palmares": shown, "heading_level": 3, "group_level": 4}
    return render_to_string(f"{gallery.BLOCKS}palmares.html", context)


@pytest.fixture(scope="module")
def html() -> str:
    with translation.override("fr"):
        return gallery.page({"palmares short": palmares(2), "palmares long": palmares(60)})


@pytest.mark.rgaa("9.1", block="palmares")
@pytest.mark.rgaa("9.3", block="palmares")
@pytest.mark.parametrize("is_unfolded", [False, True])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(shown, axe, pictures, look, is_unfolded):
    page = shown(**LOOKS[look])
    if is_unfolded:
        gallery.unfolded(page)
    else:
        page.screenshot(path=pictures / f"palmares-block-{look}.png", full_page=True)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []


@pytest.mark.rgaa("3.2", block="palmares")
@pytest.mark.parametrize(
    ("look", "behind"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 18, 18)")]
)
def test_what_is_written_stands_out_from_the_page(shown, look, behind):
    colours = set(gallery.unfolded(shown(**LOOKS[look])).evaluate(TEXTS))

    assert colours
    assert min(between(colour, behind) for colour in colours) >= 4.5


@pytest.mark.rgaa("10.11", block="palmares")
def test_nothing_scrolls_sideways_at_320_pixels(shown):
    page = gallery.unfolded(shown(viewport={"width": 320, "height": 640}))

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.rgaa("10.4", block="palmares")
def test_text_can_be_twice_as_large(shown):
    page = gallery.unfolded(shown(viewport={"width": 640, "height": 800}))
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_levels_unfold_with_the_keyboard_and_without_a_script(shown):
    page = shown(java_script_enabled=True)
    second = page.locator("#palmares-long details.vi-palmares__group").nth(1)
    assert not second.evaluate("(each) => each.open")

    second.locator("summary").focus()
    page.keyboard.press("Enter")

    assert second.evaluate("(each) => each.open")
    assert page.locator("script").count() == 0


@pytest.mark.rgaa("13.5", block="palmares")
def test_no_arobase_is_left_to_be_spelt(shown):
    assert "@" not in gallery.unfolded(shown()).locator("main").inner_text()


def test_a_printed_list_leaves_nobody_out(shown):
    page = shown()
    page.emulate_media(media="print")
    hidden = """() => [...document.querySelectorAll(".vi-palmares__town")].filter(
        (each) => each.getBoundingClientRect().height === 0).length"""

    assert page.evaluate(hidden) == 0


@pytest.mark.rgaa("8.2", block="palmares")
def test_the_nu_checker_finds_no_error(html, tmp_path):
    path = tmp_path / "palmares.html"
    path.write_text(html, encoding="utf-8")

    assert checked(path) == []
