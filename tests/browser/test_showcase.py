"""« En un coup d’œil » in a browser: with little to show and much, in every way it is looked at."""

import pytest
import time_machine
from django.core.cache import cache

from tests.blocks.pages import offer
from tests.browser.axe import WCAG, findings
from tests.browser.test_label_blocks import checked
from tests.browser.test_ready_pages import whole
from tests.factories import Town
from tests.pages.visiting import GLANCE, get, label_page, services_page, showcase_page
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.services.models import DigitalService

pytestmark = [pytest.mark.browser]
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "320px": {"viewport": {"width": 320, "height": 640}},
    "forced-colors": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
    "print": {"viewport": {"width": 720, "height": 1000}},
}


@pytest.fixture(scope="module", autouse=True)
def beside_playwright():
    """Its event loop runs in this thread, where Django then refuses the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(params=["nothing", "label-alone", "bare", "full", "long-words"])
def html(request, db) -> str:
    """The page of a town in one situation, in January 2027."""
    cache.clear()
    town = Town("Lunel")
    with time_machine.travel("2027-01-15 12:00 +0100", tick=False):
        MAKE[request.param](town)
        return whole(town, GLANCE)


def nothing(town: Town) -> None:
    showcase_page(town)


def label_alone(town: Town) -> None:
    town.award(year=2026, level=None, standing=Award.Standing.LEVEL_UNKNOWN)
    showcase_page(town, introduction="<p>Bientôt plus.</p>")


def bare(town: Town) -> None:
    """The first page of a new town: published as it comes."""
    town.award(year=2026, level=3)
    offer(town, 12)
    showcase_page(town)


def full(town: Town) -> None:
    services_page(town)
    label_page(town)
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        town.award(year=year, level=level)
    offer(town, 138)
    town.service(title="Agenda", started_on="2026-11-02")
    chosen = DigitalService.objects.order_by("pk")[:3]
    showcase_page(
        town,
        introduction="<h2>Ce que la ville propose</h2><p>En quelques lignes.</p>",
        highlights=[("highlight", {"service": each, "sentence": "Utile."}) for each in chosen],
        conclusion="<p>Avec ou sans Internet.</p>",
    )


def long_words(town: Town) -> None:
    type(town.authority).objects.update(name="M" * 120)
    town.award(year=2024, level=5)
    service = town.service(title="x" * 255, started_on="2026-11-02")
    highlight = ("highlight", {"service": service, "sentence": "y" * 200})
    showcase_page(town, highlights=[highlight], introduction=f"<p>{'z' * 300}</p>")


MAKE = {
    "nothing": nothing,
    "label-alone": label_alone,
    "bare": bare,
    "full": full,
    "long-words": long_words,
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_overflows(html, visitor, axe, pictures, look, request):
    page = visitor(**LOOKS[look])
    if look == "print":
        page.emulate_media(media="print")
    page.set_content(html)
    page.screenshot(path=pictures / f"glance-{request.node.callspec.id}.png", full_page=True)

    assert findings(page, axe, [*WCAG, "best-practice"]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if look != "320px":
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_nu_checker_finds_no_error(db, tmp_path):
    for number, make in enumerate(MAKE.values()):
        cache.clear()
        town = Town("Lunel")
        make(town)
        file = tmp_path / f"{number}.html"
        file.write_bytes(get(town, GLANCE).content)

        assert checked(file) == [], make


@pytest.mark.parametrize("html", ["full"], indirect=True)
def test_without_script_one_press_takes_the_whole_sentence(html, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(html)
    words = page.locator("[data-vi-quote] blockquote p")
    told = words.inner_text()

    words.click()

    # Playwright may still ask the page, though its own scripts do not run.
    assert page.evaluate("getSelection().toString().trim()") == told.strip()
    context.close()


@pytest.mark.parametrize("html", ["full"], indirect=True)
def test_on_paper_the_quotation_stays_whole_and_ways_elsewhere_go(html, visitor):
    page = visitor()
    page.emulate_media(media="print")
    page.set_content(html)

    assert page.locator("[data-vi-quote]").is_visible()
    assert page.locator("[data-vi-badge]").is_visible()
    assert not any(each.is_visible() for each in page.locator(".vi-glance__on, .vi-trail").all())


@pytest.mark.processes
def test_in_the_demo_what_is_past_is_told_as_past_and_the_policy_holds(town, visitor):
    page = visitor()
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    answer = page.goto(town.site_url + "en-un-coup-d-oeil/")

    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert refused == []
    assert {url.split("/")[2] for url in asked} == {town.site_url.split("/")[2]}
    quote = (
        page.locator("[data-vi-quote] blockquote").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    )
    assert quote == (
        "Lunel : 32 services numériques pour les habitants, dont 2 en projet. "
        "Label obtenu en 2024 : 5 arobases sur 5 (Villes Internet)."
    )
    menu = page.get_by_role("navigation", name="Menu principal")
    assert menu.get_by_role("link", name="En un coup d’œil").get_attribute("aria-current") == "page"
    image = page.locator('meta[property="og:image"]').get_attribute("content")
    shown = page.request.get(image)
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
