"""Two versions of a service: the webmaster reads them and chooses, with or without a script."""

import json

import pytest
from demo_town import REGISTRY_MANAGE, SITE_MANAGE

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import SIREN, declared, running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]
VERSIONS = "admin/villes-internet/transmission/versions/"
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "320": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
RETITLE = """
from wagtail_villes_internet.services.models import DigitalService
DigitalService.objects.filter(translation_key="{id}").update(title="{title}")
"""
LONG = "<p>{}</p><ul><li>Au guichet</li><li>Par téléphone</li></ul>".format("Sur place. " * 60)


class TwoVersions:
    """A running town, one service of which was changed on both sides."""

    def __init__(self, town):
        self.town = town
        before = declared(town)["items"][0]
        self.id, self.summary = before["id"], before["summary"]
        self.agent("title", "Le titre de l’agent")
        self.agent("summary", "Le résumé de l’agent")
        self.agent("description", LONG)
        self.agent("audiences", json.dumps(["elders"]), "--json")
        said = RETITLE.format(id=self.id, title="Le titre du site")
        town.run(SITE_MANAGE, "shell", "--no-imports", "-c", said)
        town.sync()

    def agent(self, field, value, *options):
        arguments = (SIREN, self.id, "--field", field, "--value", value, *options)
        done = self.town.run(REGISTRY_MANAGE, "agent", "edit", *arguments)
        assert done.returncode == 0, done.stderr

    @property
    def list_url(self):
        return self.town.site_url + VERSIONS

    @property
    def url(self):
        return f"{self.list_url}{self.id}/"

    def at_registry(self):
        return next(item for item in declared(self.town)["items"] if item["id"] == self.id)


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    with running_town(tmp_path_factory) as town:
        yield TwoVersions(town)


@pytest.mark.parametrize("look", LOOKS)
def test_no_finding_and_nothing_beside_the_screen(versions, visitor, axe, pictures, look):
    page = visitor(**LOOKS[look])
    log_in(page, versions.town, "webmestre")

    for name, url in {"list": versions.list_url, "screen": versions.url}.items():
        page.goto(url, wait_until="networkidle")
        page.screenshot(path=pictures / f"admin-versions-{name}-{look}.png")

        assert findings(page, axe, WCAG) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == LOOKS[look]["viewport"]["width"]


def test_a_choice_is_made_with_the_keyboard(versions, visitor):
    page = visitor()
    log_in(page, versions.town, "webmestre")
    page.goto(versions.url)

    page.locator("[name=summary][value='']").focus()
    page.keyboard.press("ArrowUp")

    assert page.locator("[name=summary][value=theirs]").is_checked()


def test_a_conflict_left_open_is_asked_about_by_the_browser(versions, visitor):
    page = visitor()
    log_in(page, versions.town, "webmestre")
    page.goto(versions.url)

    page.locator("form:has([name=theirs]) button:not([name])").click()

    assert page.locator("[name=title][value=mine]:invalid").count() == 1
    assert page.url == versions.url


def test_choices_made_without_a_script_are_carried_out(versions, visitor):
    """The last of this module: it settles what the others look at."""
    page = visitor()
    log_in(page, versions.town, "webmestre")
    cookies = page.context.cookies()
    page = visitor(java_script_enabled=False)
    page.context.add_cookies(cookies)
    page.goto(versions.url)

    page.locator("[name=title][value=mine]").check()
    page.locator("[name=summary][value=theirs]").check()
    page.locator("[name=description][value=mine]").check()
    page.locator("form:has([name=theirs]) button:not([name])").click()

    assert page.url == versions.list_url
    assert versions.at_registry()["title"] == "Le titre de l’agent", "nothing is sent from a page"
    synced = versions.town.sync()
    assert synced.returncode == 0, synced.stdout
    there = versions.at_registry()
    assert there["title"] == "Le titre du site"
    assert there["summary"] == "Le résumé de l’agent"
    assert there["description"] != LONG
    assert there["audiences"] == ["elders"], "still a proposal, which is not sent back"
