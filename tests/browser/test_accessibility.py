"""axe-core finds nothing, in every way a page can be looked at."""

import pytest

from tests.browser.axe import WCAG, findings
from tests.demo.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.processes]
RULES = [*WCAG, "best-practice"]
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "320px": {"viewport": {"width": 320, "height": 640}},
    "forced-colors": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_no_finding_on_the_towns_pages(town, visitor, axe, pictures, name, look):
    page = visitor(**LOOKS[look])
    page.goto(town.site_url + PAGES[name])
    page.screenshot(path=pictures / f"{name}-{look}.png", full_page=True)

    assert findings(page, axe, RULES) == []


@pytest.mark.parametrize("look", LOOKS)
def test_no_finding_on_the_registrys_page(town, visitor, axe, pictures, look):
    page = visitor(**LOOKS[look])
    page.goto(town.registry_url)
    page.screenshot(path=pictures / f"registry-{look}.png", full_page=True)

    assert page.get_by_text("Registre de démonstration").first.is_visible()
    assert findings(page, axe, RULES) == []


def test_the_keyboard_reaches_the_content_first(town, visitor):
    page = visitor()
    page.goto(town.site_url)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "contenu"


def test_axe_tells_a_fault_where_there_is_one(town, visitor, axe):
    page = visitor()
    page.goto(town.site_url)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    assert [found.split(":")[0] for found in findings(page, axe, RULES)] == ["image-alt"]
