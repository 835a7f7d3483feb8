"""The block of the services, from none to a thousand, looked at in every way; and used in the demo
town by keyboard alone and without script."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.browser import gallery
from tests.browser.axe import WCAG, findings
from tests.browser.test_label_blocks import LOOKS, between, checked
from tests.demo.pages import PAGES
from wagtail_villes_internet.blocks.presentation import Options, Reading, services_of
from wagtail_villes_internet.services.listing import ListedAxis, ListedService, ListedTheme, Listing

pytestmark = pytest.mark.browser
TEXTS = """() => [...document.querySelectorAll(".vi-services *")].filter((each) =>
    !each.closest("a, select, input, .vi-sr") && each.checkVisibility() && [...each.childNodes]
        .some((node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => getComputedStyle(each).color)"""
LONGEST = "Prendre rendez-vous pour une carte d’identité " * 6
MAIN = Options(show_filters=True, show_summary=True)


def service(number: int, title: str = "", **more) -> ListedService:
    told = {
        "summary": "Ce que le service permet aux habitants, en une phrase ou deux.",
        "url": f"https://www.ville.example/services/{number}",
        "offline_alternative": "au guichet de la mairie, du lundi au vendredi",
        "status": "active" if number % 5 else "planned",
        "audiences": ("families",) if number % 2 else (),
        "interactions": ("pay", "book") if number % 3 else (),
        "started_on": date(2021, 9, 1) if number % 2 else None,
        "language": "fr" if number % 7 else "en",
    }
    return ListedService(
        remote_id=f"00000000-0000-4000-8000-{number:012}",
        title=title or f"Service numérique {number} de la ville", description="", kind="service",
        provider="authority", ended_on=None, latitude=None, longitude=None, **told | more,
    )  # fmt: skip


def listing(number: int, titles: tuple[str, ...] = ()) -> Listing:
    """`number` services over six themes of two domains; the first ones bear `titles`."""
    offered = [service(n, titles[n] if n < len(titles) else "") for n in range(number)]
    axes = (
        ListedAxis(
            f"domaine-{axis}",
            f"Domaine {axis}",
            tuple(
                ListedTheme(
                    f"theme-{axis}-{theme}",
                    f"Thème {axis}.{theme}",
                    tuple(offered[3 * axis + theme :: 6]),
                )
                for theme in range(3)
            ),
        )
        for axis in range(2)
    )
    return Listing(tuple(axes), official=False, matrix_version="essai")


def shown(found: Listing, options: Options = MAIN, anchor: str = "vi", **asked: str) -> str:
    query = {f"{anchor}-{name}": value for name, value in asked.items()}
    reading = Reading(language="fr", today=date(2024, 3, 1), anchor=anchor, asked=query)
    return render_to_string(
        f"{gallery.BLOCKS}services_by_theme.html",
        {
            "services": services_of(found, options, reading),
            "anchor": anchor,
            "axis_level": 3,
            "theme_level": 4,
        },
    )


def pieces() -> dict[str, str]:
    folded = Options(presentation="folded", show_filters=True, show_summary=True)
    cards = Options(presentation="cards", show_filters=True)
    odd = listing(8, ("Eau", LONGEST[:255], "x" * 255))
    return {
        "none": shown(listing(0), anchor="vi-0"),
        "one": shown(listing(1), anchor="vi-1"),
        "many": shown(listing(38), anchor="vi-38"),
        "short and long": shown(odd, anchor="vi-8"),
        "cards": shown(odd, cards, anchor="vi-2"),
        "folded": shown(listing(38), folded, anchor="vi-3"),
        "found": shown(listing(38), folded, anchor="vi-4", text="ville 3", audience="families"),
        "not found": shown(listing(38), anchor="vi-5", text="piscine"),
        "no matrix": shown(Listing((), official=False, matrix_version=""), anchor="vi-6"),
        "empty themes": shown(listing(1), Options(show_empty=True), anchor="vi-7"),
    }


@pytest.fixture(scope="module")
def html() -> str:
    with translation.override("fr"):
        return gallery.page(pieces())


@pytest.fixture(scope="module")
def html_of_a_thousand() -> str:
    with translation.override("fr"):
        return gallery.page({"thousand": shown(listing(1_000))})


@pytest.fixture
def opened(visitor):
    def open_(content, **options):
        page = visitor(**options)
        page.set_content(content)
        return page

    return open_


@pytest.mark.rgaa("9.1", block="services_by_theme")
@pytest.mark.rgaa("9.3", block="services_by_theme")
@pytest.mark.rgaa("11.1", block="services_by_theme")
@pytest.mark.parametrize("is_unfolded", [False, True])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(opened, html, axe, pictures, look, is_unfolded):
    page = opened(html, **LOOKS[look])
    if is_unfolded:
        gallery.unfolded(page)
    else:
        page.screenshot(path=pictures / f"services-block-{look}.png", full_page=True)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []


@pytest.mark.parametrize("look", ["light", "320px"])
def test_axe_finds_nothing_among_a_thousand(opened, html_of_a_thousand, axe, look):
    page = opened(html_of_a_thousand, **LOOKS[look])

    assert findings(page, axe, WCAG) == []


@pytest.mark.rgaa("3.2", block="services_by_theme")
@pytest.mark.parametrize(
    ("look", "behind"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 18, 18)")]
)
def test_what_is_written_stands_out_from_the_page(opened, html, look, behind):
    colours = set(gallery.unfolded(opened(html, **LOOKS[look])).evaluate(TEXTS))

    assert colours
    assert min(between(colour, behind) for colour in colours) >= 4.5


@pytest.mark.rgaa("10.11", block="services_by_theme")
def test_nothing_scrolls_sideways_at_320_pixels(opened, html):
    page = gallery.unfolded(opened(html, viewport={"width": 320, "height": 640}))

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.rgaa("10.4", block="services_by_theme")
def test_text_can_be_twice_as_large(opened, html):
    page = gallery.unfolded(opened(html, viewport={"width": 640, "height": 800}))
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_printed_list_leaves_no_service_out_and_tells_the_addresses(opened, html, pictures):
    page = opened(html)
    page.emulate_media(media="print")
    hidden = """() => [...document.querySelectorAll(".vi-service, .vi-service__offline")].filter(
        (each) => each.getBoundingClientRect().height === 0).length"""
    said_after = """() => getComputedStyle(document.querySelector(
        ".vi-service__title a"), "::after").content"""
    page.screenshot(path=pictures / "services-block-print.png", full_page=True)

    assert page.evaluate(hidden) == 0
    assert "https://www.ville.example/services/0" in page.evaluate(said_after)
    assert not page.locator(".vi-filters__fields").first.is_visible()


@pytest.mark.rgaa("12.8", block="services_by_theme")
def test_a_theme_unfolds_by_keyboard_and_a_link_to_it_unfolds_it(opened, html):
    page = opened(html)
    themes = page.locator("#folded details")
    assert not themes.first.evaluate("(each) => each.open")

    themes.first.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#folded .vi-services__themes a").nth(3).focus()
    page.keyboard.press("Enter")

    assert themes.first.evaluate("(each) => each.open")
    assert themes.nth(3).evaluate("(each) => each.open")
    assert page.locator("script").count() == 0


@pytest.mark.rgaa("8.2", block="services_by_theme")
def test_the_nu_checker_finds_no_error(html, html_of_a_thousand, tmp_path):
    for name, content in (("few", html), ("thousand", html_of_a_thousand)):
        path = tmp_path / f"{name}.html"
        path.write_text(content, encoding="utf-8")

        assert checked(path) == []


def tab_to(page, reached: str, most: int = 200) -> None:
    """Press Tab until what has the focus answers the selector `reached`."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.locator(f":focus:is({reached})").count():
            return
    pytest.fail(f"The keyboard does not reach {reached}.")


@pytest.mark.processes
@pytest.mark.rgaa("12.8", block="services_by_theme")
def test_by_keyboard_alone_and_without_script_filter_reach_a_service_and_come_back(town, visitor):
    page = visitor(java_script_enabled=False)
    page.goto(town.site_url + PAGES["services"])
    everything = page.locator("[data-vi-service]").count()

    tab_to(page, ".vi-filters input[type=search]")
    page.keyboard.type("ligne")
    page.keyboard.press("Enter")
    page.wait_for_url("**ligne**")
    found = page.locator("[data-vi-service]").count()
    assert 0 < found < everything
    assert page.locator(".vi-filters [role=status]").inner_text().split()[0].isdigit()

    tab_to(page, "[data-vi-service] a")
    at_the_list = page.url
    with page.expect_request(lambda request: request.is_navigation_request()):
        page.keyboard.press("Enter")
    page.goto(at_the_list)
    assert page.locator("[data-vi-service]").count() == found

    tab_to(page, ".vi-filters__everything a")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "ligne" not in url)
    assert page.locator("[data-vi-service]").count() == everything
