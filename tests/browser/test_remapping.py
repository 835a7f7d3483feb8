"""A new matrix arrives: the webmaster says what services become, in a browser without script."""

import json

import pytest
from demo_town import SITE_MANAGE

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import stopped_town
from tests.desk.matrices import SPLIT, document

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SCREEN = "admin/villes-internet/rattachements/"
WIDTHS = {"desktop": 1280, "phone": 320}


@pytest.fixture(scope="module")
def changed_town(tmp_path_factory):
    """The demo town, whose matrix was replaced by a much smaller one."""
    with stopped_town(tmp_path_factory, by_hand=True) as town:
        file = tmp_path_factory.mktemp("matrix") / "matrix.json"
        file.write_text(json.dumps(document("2027", SPLIT)), encoding="utf-8")
        done = town.run(SITE_MANAGE, "villes_internet_import_matrix", str(file))
        # Some services wait for a choice.
        assert done.returncode == 1, done.stdout + done.stderr
        town.start_site()
        yield town


@pytest.fixture
def webmaster(changed_town, visitor):
    def open_screen(path, width=1280, **options):
        page = visitor(viewport={"width": width, "height": 900}, **options)
        log_in(page, changed_town, "webmestre")
        page.goto(changed_town.site_url + path, wait_until="load")
        return page

    return open_screen


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize(
    "path",
    [
        "admin/",
        SCREEN,
        f"{SCREEN}historique/",
        "admin/villes-internet/services/",
        "admin/villes-internet/matrices/",
        "admin/villes-internet/matrices/differences/",
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(webmaster, axe, pictures, path, width):
    page = webmaster(path, width)

    name = path.strip("/").rpartition("/")[2]
    page.screenshot(path=pictures / f"remapping-{name}-{width}.png", full_page=True)
    assert page.locator("main").inner_text().strip()
    assert findings(page, axe, WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script_one_choice_does_for_all_and_is_undone(webmaster):
    page = webmaster(SCREEN, java_script_enabled=False)
    group = page.locator("section", has=page.get_by_label("Papiers d’identité")).first
    services = group.locator("[name=service]").count()
    waiting = page.locator("[name=service]").count()

    group.get_by_label("Papiers d’identité").check()
    group.get_by_role("button", name="Rattacher").click()

    assert f"{services} service" in page.locator("main, .messages").first.inner_text()
    assert page.locator("[name=service]").count() == waiting - services

    page.get_by_role("link", name="Ce qui a été changé").click()
    chosen = page.locator("li", has_text="Papiers d’identité")
    chosen.first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Défaire ce qui est coché").click()
    page.goto(page.url.replace("historique/", ""))

    assert page.locator("[name=service]").count() == waiting - services + 1
