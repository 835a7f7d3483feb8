"""Our screens of the admin: axe-core finds nothing of ours, and no other host is asked."""

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]
OURS = "admin/villes-internet/"
BULK = "../bulk/wagtail_villes_internet/digitalservice"
SCREENS = {
    "dashboard": "",
    "services": "services/",
    "services-filtered": "services/?remark=incomplete&status=planned",
    "bulk-publish": f"{BULK}/publish/?id={{services}}",
    "bulk-unpublish": f"{BULK}/unpublish/?id=all",
    "bulk-attach": f"{BULK}/attach/?id=all",
    "bulk-export": f"{BULK}/export/?id={{services}}",
    "service-new": "services/add/",
    "service-edit": "services/edit/{services}/",
    "service-history": "services/history/{services}/",
    "service-inspect": "services/inspect/{services}/",
    "service-unpublish": "services/unpublish/{services}/",
    "service-delete": "services/delete/{services}/",
    "service-duplicate": "services/duplicate/{services}/",
    "import": "importer/",
    "label": "label/",
    "award-new": "label/add/",
    "award-edit": "label/edit/{label}/",
    "award-history": "label/history/{label}/",
    "transmission": "transmission/",
    "withdrawals": "transmission/retraits/",
    "settings": "reglages/",
    "matrix": "reglages/matrice/",
    "versions": "matrices/",
    "version-differences": "matrices/differences/",
    "remapping": "rattachements/",
    "remapping-history": "rattachements/historique/",
    "editions": "reglages/editions/",
    "declarations": "registre/",
    "runs": "journal/",
    "links": "liens/",
}
OF_THE_OPERATOR = {
    "authorities": "collectivites/",
    "authority-new": "collectivites/ajouter/?q=lunel",
    "published-lists": "palmares/",
    "programmes": "labels/",
    "programme-new": "labels/new/",
    "programme-editions": "editions-des-labels/",
}
WAGTAILS_OWN = [
    "admin/",
    "admin/pages/",
    "admin/reports/aging-pages/",
    # With a filter in force.
    "admin/reports/site-history/?action=wagtail.publish",
]
LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}}


@pytest.fixture(scope="module", params=LOOKS, ids=str)
def look(request):
    return request.param


@pytest.fixture(scope="module")
def editor(town, chromium, look):
    """The webmaster's page."""
    yield from logged_in(town, chromium, look, "webmestre")


@pytest.fixture(scope="module")
def operator(town, chromium, look):
    """The page of whoever answers for every town."""
    yield from logged_in(town, chromium, look, "admin")


def logged_in(town, chromium, look, name):
    """A page that remembers which hosts it asked."""
    context = chromium.new_context(
        locale="fr-FR", viewport={"width": 1280, "height": 900}, **LOOKS[look]
    )
    page = context.new_page()
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    log_in(page, town, name)
    yield page
    context.close()


@pytest.fixture(scope="module")
def numbers(town, editor):
    """The number of a service and of an award, read in their lists."""
    found = {}
    for name in ("services", "label"):
        editor.goto(f"{town.site_url}{OURS}{name}/")
        address = editor.locator("main a[href*='/edit/']").first.get_attribute("href")
        found[name] = re.search(r"/edit/(\d+)/", address).group(1)
    return found


@pytest.fixture(scope="module")
def wagtails(town, editor, axe):
    """What axe finds on screens that are Wagtail's alone, a page's form among them."""
    editor.goto(town.site_url + "admin/pages/")
    form = editor.locator("main a[href*='/edit/']").first.get_attribute("href")
    found = set()
    for path in [*WAGTAILS_OWN, form.lstrip("/")]:
        editor.goto(town.site_url + path, wait_until="networkidle")
        found.update(findings(editor, axe, WCAG))
    return found


@pytest.mark.parametrize("name", SCREENS)
def test_no_finding_of_ours_and_no_other_host(
    town, editor, axe, wagtails, numbers, pictures, look, name
):
    path = OURS + SCREENS[name].format(**numbers)
    assert_accessible(editor, town, path, axe, wagtails, pictures / f"admin-{name}-{look}.png")


@pytest.mark.parametrize("name", OF_THE_OPERATOR)
def test_nor_on_the_screens_of_the_operator(town, operator, axe, wagtails, pictures, look, name):
    path = OURS + OF_THE_OPERATOR[name]
    assert_accessible(operator, town, path, axe, wagtails, pictures / f"admin-{name}-{look}.png")


def assert_accessible(page, town, path, axe, wagtails, picture):
    answer = page.goto(town.site_url + path, wait_until="networkidle")

    assert answer.status == 200
    page.screenshot(path=picture, full_page=True)
    assert [found for found in findings(page, axe, WCAG) if found not in wagtails] == []
    assert page.hosts == {urlsplit(town.site_url).netloc}
