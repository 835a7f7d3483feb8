"""The yearly dossier in a browser: prepared with the keyboard alone, filed, and looked back at;
no text is lost to a session that ended; axe finds nothing, and nothing is cut off at 320 px."""

import re
import time
from urllib.parse import urlsplit

import pytest
from demo_town import SITE_MANAGE

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]

DOSSIER = "admin/villes-internet/dossier/"
FILED = """
from django.contrib.auth import get_user_model
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.desk.registry_of import automatic_backend
from wagtail_villes_internet.dossiers.campaign import current_year, sit_out
from wagtail_villes_internet.dossiers.drafting import choose, draft_of, open_dossier
from wagtail_villes_internet.sync.filing import draft_at, file
town = LocalAuthority.objects.get(insee="34145")
user = get_user_model().objects.get(username="admin")
backend = automatic_backend(town)
last = open_dossier(town, current_year(town) - 1)
last.statement = "L’an dernier, la ville a ouvert un guichet."
last.save()
file(last, backend, user, shown=draft_at(last, backend).content.digest)
dossier = open_dossier(town, current_year(town))
choose(dossier, draft_of(dossier).included[0].candidate, included=False, reason="En double")
dossier.answers = "Oui, depuis deux ans."
dossier.save()
filing = file(dossier, backend, user, shown=draft_at(dossier, backend).content.digest)
type(filing).objects.filter(pk=filing.pk).update(state="rejected", message="Refusé.")
dossier.statement = "Cette année, la ville a ouvert deux guichets."
dossier.save()
sit_out(town, dossier.year + 2, sits_out=True)
print(dossier.year)
"""
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
}
SCREENS = {
    "overview": "{year}/",
    "overview-not-begun": "{next}/",
    "overview-sat-out": "{out}/",
    "dates": "{year}/dates/",
    "services": "{year}/services/",
    "services-not-counting": "{year}/services/?show=not_counting",
    "services-left-out": "{year}/services/?show=left_out",
    "services-partly": "{year}/services/?show=partly",
    "services-none": "{year}/services/?q=zzz",
    "texts": "{year}/textes/",
    "file": "{year}/deposer/",
    "version": "{year}/versions/1/",
    "compare": "{year}/comparer/",
}


def shell(town, script) -> str:
    done = town.run(SITE_MANAGE, "shell", "--no-imports", "-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def filed(tmp_path_factory):
    """A running town that filed last year and this year, and goes on; and its year."""
    with running_town(tmp_path_factory) as town:
        yield town, int(shell(town, FILED).split()[-1])


@pytest.fixture(scope="module", params=LOOKS, ids=str)
def look(request):
    return request.param


@pytest.fixture(scope="module")
def page(filed, chromium, look):
    context = chromium.new_context(locale="fr-FR", **LOOKS[look])
    page = context.new_page()
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    log_in(page, filed[0], "webmestre")
    yield page
    context.close()


@pytest.fixture(scope="module")
def wagtails(filed, page, axe):
    """What axe finds on screens that are Wagtail's alone."""
    found = set()
    for path in ("admin/", "admin/pages/", "admin/reports/site-history/"):
        page.goto(filed[0].site_url + path, wait_until="networkidle")
        found.update(findings(page, axe, WCAG))
    return found


@pytest.mark.parametrize("name", SCREENS)
def test_no_finding_no_other_host_and_nothing_cut_off(
    filed, page, axe, wagtails, pictures, look, name
):
    town, year = filed
    path = SCREENS[name].format(year=year, next=year + 1, out=year + 2)

    answer = page.goto(town.site_url + DOSSIER + path, wait_until="networkidle")

    assert answer.status == 200
    page.screenshot(path=pictures / f"dossier-{name}-{look}.png", full_page=True)
    assert [one for one in findings(page, axe, WCAG) if one not in wagtails] == []
    assert page.hosts == {urlsplit(town.site_url).netloc}
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_on_paper_it_is_the_dossier_alone(filed, page, pictures):
    town, year = filed
    page.goto(f"{town.site_url}{DOSSIER}{year}/versions/1/", wait_until="networkidle")
    page.emulate_media(media="print")
    try:
        page.screenshot(path=pictures / "dossier-version-print.png", full_page=True)
        assert not page.locator(".vi-dossier__steps").is_visible()
        assert page.get_by_text("Oui, depuis deux ans.").is_visible()
    finally:
        page.emulate_media(media="screen")


class TestAWholeDossier:
    @pytest.fixture
    def page(self, own_town, visitor):
        page = visitor(viewport={"width": 1280, "height": 900})
        log_in(page, own_town, "webmestre")
        return page

    def test_is_prepared_and_filed_with_the_keyboard(self, own_town, page):
        page.goto(own_town.site_url + DOSSIER)
        page.get_by_role("button", name=re.compile("Commencer le dossier")).press("Enter")
        page.locator(".vi-dossier__steps a", has_text="Services").press("Enter")
        first = page.locator(".vi-dossier__services > li").first
        first.locator("summary", has_text="Laisser de côté").press("Enter")
        first.get_by_role("textbox").fill("En double")
        first.get_by_role("textbox").press("Enter")
        page.get_by_text("1 service est laissé de côté.").wait_for()

        page.locator(".vi-dossier__steps a", has_text="Textes").press("Enter")
        page.locator("[name=statement]").fill("Deux guichets de plus.")
        page.get_by_role("button", name="Enregistrer les textes").press("Enter")
        page.get_by_text("Les textes sont enregistrés.").wait_for()

        page.locator(".vi-dossier__steps a", has_text="Déposer").press("Enter")
        page.get_by_role("button", name="Déposer la version 1").press("Enter")
        page.get_by_text("La version 1 est conservée telle que vous l’avez lue.").wait_for()
        assert page.get_by_text("Deux guichets de plus.").is_visible()

    def test_no_text_is_lost_to_a_session_that_ended(self, own_town, page):
        self.open_texts(own_town, page)
        page.locator("[name=statement]").fill("Un long texte.")
        page.context.clear_cookies()

        page.get_by_role("button", name="Enregistrer les textes").click()

        page.get_by_text("Vous n’êtes plus connecté").wait_for()
        assert page.locator("[name=statement]").input_value() == "Un long texte."
        other = page.context.new_page()
        log_in(other, own_town, "webmestre")
        page.get_by_role("button", name="Enregistrer les textes").click()
        page.get_by_text("Les textes sont enregistrés.").wait_for()
        assert page.locator("[name=statement]").input_value() == "Un long texte."

    def test_a_text_is_counted_as_it_is_typed(self, own_town, page):
        self.open_texts(own_town, page)

        page.locator("[name=statement]").press_sequentially("Un texte")

        assert "8." in page.locator("[data-vi-count=id_statement]").inner_text()

    def test_leaving_with_a_text_that_is_not_kept_is_asked_about(self, own_town, page):
        """Once Wagtail has noticed: it takes what the form held two seconds after it opened for
        what is kept, on its own screens too."""
        self.open_texts(own_town, page)
        form, field = page.locator("[data-vi-texts]"), page.locator("[name=statement]")
        deadline = time.monotonic() + 30
        while form.get_attribute("data-w-unsaved-has-edits-value") != "true":
            assert time.monotonic() < deadline, "Wagtail never noticed the change"
            field.press_sequentially("a", delay=50)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

        page.goto(own_town.site_url + DOSSIER)

        assert asked == ["beforeunload"]

    def open_texts(self, own_town, page):
        page.goto(own_town.site_url + DOSSIER)
        page.get_by_role("button", name=re.compile("Commencer le dossier")).click()
        page.locator(".vi-dossier__steps a", has_text="Textes").click()
        page.locator("[name=statement]").wait_for()
