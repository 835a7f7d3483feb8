"""The ready pages: by keyboard alone without script, and looked at with few services and many."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache

from tests.blocks.pages import offer
from tests.browser.axe import WCAG, findings
from tests.browser.test_label_blocks import checked
from tests.factories import Town
from tests.pages.visiting import LIST, address, get, label_page, services_page
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.models import DigitalService

pytestmark = [pytest.mark.browser]
SHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)">')
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "320px": {"viewport": {"width": 320, "height": 640}},
}
SITUATIONS = ["0", "1", "38", "1000", "short-and-long", "no-matrix"]


@pytest.fixture(scope="module", autouse=True)
def beside_playwright():
    """Its event loop runs in this thread, where Django then refuses the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def lunel(db) -> Town:
    cache.clear()
    town = Town("Lunel")
    services_page(town, introduction="<p>Ce que la ville propose, thème par thème.</p>")
    return town


@pytest.fixture(params=SITUATIONS)
def offered(lunel, request) -> Town:
    """A town in one situation."""
    if request.param.isdigit():
        offer(lunel, int(request.param))
    elif request.param == "short-and-long":
        lunel.service(title="Eau", summary="s" * 500, offline_alternative="o" * 500)
        lunel.service(title="x" * 255, url="https://" + "a" * 60 + ".example/" + "b" * 1_000)
    else:
        Matrix.objects.all().delete()
        lunel.service(title="Sans matrice")
    return lunel


def paths(town: Town) -> list[str]:
    """The list, a theme and the longest title's own page, as far as they exist."""
    candidates = [LIST, LIST + "theme/services-publics/"]
    services = sorted(DigitalService.objects.all(), key=lambda each: -len(each.title))
    candidates += [address(service) for service in services[:1]]
    return [path for path in candidates if get(town, path).status_code == 200]


def whole(town: Town, path: str) -> str:
    """The page with its style sheets in it: it is shown without a server."""
    html = get(town, path).content.decode()
    return SHEET.sub(lambda found: f"<style>{sheet(found[1])}</style>", html)


def sheet(name: str) -> str:
    return Path(finders.find(name)).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("offered", "look"),
    [*((situation, "320px") for situation in SITUATIONS), ("38", "light"), ("38", "dark")],
    indirect=["offered"],
)
def test_axe_finds_nothing_however_many_services_there_are(offered, visitor, axe, look):
    for path in paths(offered):
        html = whole(offered, path)
        page = visitor(**LOOKS[look])
        page.set_content(html)

        assert findings(page, axe, [*WCAG, "best-practice"]) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if look != "320px":  # WCAG 1.4.4 asks for 200 % at an ordinary width, 1.4.10 for 320 px
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_nu_checker_finds_no_error(offered, tmp_path):
    for number, path in enumerate(paths(offered)):
        file = tmp_path / f"{number}.html"
        file.write_bytes(get(offered, path).content)

        assert checked(file) == [], path


@pytest.mark.parametrize("view", ["timeline", "chart"])
def test_the_page_of_the_label_passes_as_well(lunel, visitor, axe, tmp_path, view):
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        lunel.award(year=year, level=level)
    label_page(lunel, view=view)
    html = whole(lunel, "/notre-label/")
    page = visitor(**LOOKS["320px"])
    page.set_content(html)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []
    file = tmp_path / "label.html"
    file.write_bytes(get(lunel, "/notre-label/").content)
    assert checked(file) == []


def by_keyboard_to(page, name: str) -> None:
    """Press Tab until what has this accessible name has the focus."""
    for _press in range(200):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in (focused.text_content() or focused.get_attribute("name")):
            return
    pytest.fail(f"Tab never came to « {name} »")


@pytest.mark.processes
@pytest.mark.parametrize("width", [1280, 320])
def test_without_script_the_keyboard_filters_opens_a_theme_a_service_and_comes_back(
    town, visitor, width
):
    page = visitor(java_script_enabled=False, viewport={"width": width, "height": 800})
    services = town.site_url + "nos-services-numeriques/"
    page.goto(services)

    by_keyboard_to(page, "vi-text")
    page.keyboard.type("salle")
    page.keyboard.press("Enter")
    page.wait_for_url("**vi-text=salle**")
    listed = page.locator("[data-vi-services] [data-vi-service]")
    assert 0 < listed.count() < 32
    assert "Réservation en ligne des salles municipales" in listed.first.inner_text()

    by_keyboard_to(page, "Vie associative")
    page.keyboard.press("Enter")
    page.wait_for_url("**/theme/vie-associative/")

    by_keyboard_to(page, "Réservation en ligne des salles")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/**")
    assert page.locator("h1").inner_text() == "Réservation en ligne des salles municipales"

    by_keyboard_to(page, "Nos services numériques")
    page.keyboard.press("Enter")
    page.wait_for_url(services)
