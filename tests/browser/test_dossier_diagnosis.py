"""« Prédiagnostic »: read on a screen, and printed on A4 without the admin around it."""

import pytest
from demo_town import SITE_MANAGE

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "320": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
COLOURS = """
[...new Set(
    Array.from(document.querySelectorAll('.vi-diagnosis *'), each => getComputedStyle(each).color)
)]
"""
# A version of last year's, then services that come, go and change.
PREPARE = """
from django.contrib.auth import get_user_model
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.services.models import DigitalService
from django.utils import timezone
town = LocalAuthority.objects.get(siren="213401458")
year = timezone.localdate().year
last = open_dossier(town, year)
said = draft_of(last).content
user = get_user_model().objects.get(username="webmestre")
freeze(last, said, user, shown=said.digest, registry_address="")
gone, planned, changed, *_others = DigitalService.objects.of(town).live()
gone.unpublish()
DigitalService.objects.filter(pk=planned.pk).update(status="planned")
DigitalService.objects.filter(pk=changed.pk).update(title="Un tout autre titre")
open_dossier(town, year + 1)
print(year + 1)
"""


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    """A running town, and the address of its pre-diagnosis."""
    with running_town(tmp_path_factory) as town:
        done = town.run(SITE_MANAGE, "shell", "--no-imports", "-c", PREPARE)
        assert done.returncode == 0, done.stderr
        year = done.stdout.split()[-1]
        yield town, f"{town.site_url}admin/villes-internet/dossier/{year}/prediagnostic/"


@pytest.mark.parametrize("look", LOOKS)
def test_no_finding_and_nothing_beside_the_screen(screen, visitor, axe, pictures, look):
    town, address = screen
    page = visitor(**LOOKS[look])
    log_in(page, town, "webmestre")

    page.goto(address, wait_until="networkidle")
    page.screenshot(path=pictures / f"admin-diagnosis-{look}.png", full_page=True)

    assert findings(page, axe, WCAG) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == LOOKS[look]["viewport"]["width"]


def test_is_printed_without_the_admin_around_it(screen, visitor, pictures):
    town, address = screen
    page = visitor(color_scheme="dark")
    log_in(page, town, "webmestre")
    page.goto(address, wait_until="networkidle")

    page.emulate_media(media="print", color_scheme="dark")
    page.pdf(path=pictures / "admin-diagnosis.pdf", prefer_css_page_size=True)

    assert page.locator("#wagtail-sidebar").is_hidden()
    assert page.locator("header").first.is_hidden()
    assert page.locator("[data-vi-print]").is_hidden()
    assert page.locator(".vi-dossier__steps").is_hidden()
    assert page.locator(".vi-diagnosis h2").first.is_visible()
    # Below the line that says which dossier it is.
    assert page.evaluate("document.querySelector('.vi-dossier').getBoundingClientRect().top") == 0
    assert page.evaluate(COLOURS) == ["rgb(0, 0, 0)"]


def test_the_button_prints(screen, visitor):
    town, address = screen
    page = visitor()
    log_in(page, town, "webmestre")
    page.goto(address, wait_until="networkidle")
    page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')")

    page.locator("[data-vi-print]").click()

    assert page.locator("[data-printed]").count() == 1
