"""A webmaster at work in the admin: what is published is shown and declared, and only that."""

import re
import sqlite3

import pytest
from demo_town import SITE_MANAGE

from tests.browser.people import log_in
from tests.demo.towns import declared_titles, running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SERVICES = "admin/villes-internet/services/"
PUBLIC = "nos-services-numeriques/"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town that the tests of this module change, each by a service of its own."""
    with running_town(tmp_path_factory) as town:
        yield town


class Webmaster:
    """Does in Chromium what a webmaster does, and looks at the site as a resident does."""

    def __init__(self, town, page, resident):
        self.town, self.page, self.resident = town, page, resident

    def create(self, title):
        self.page.goto(f"{self.town.site_url}{SERVICES}add/")
        self.page.get_by_label("Titre").first.fill(title)
        # Its theme has to be unfolded before it can be ticked.
        self.page.get_by_text("Vie associative").first.click()
        self.page.get_by_label("Réservation en ligne des salles", exact=False).check()

    def open(self, title):
        self.page.goto(f"{self.town.site_url}{SERVICES}?q={title}")
        self.page.get_by_role("link", name=title, exact=True).first.click()
        self.page.wait_for_url(re.compile(r"/edit/"))

    def choose(self, action):
        """One of the actions beside « Enregistrer le brouillon »."""
        self.page.get_by_role("button", name="Plus d'actions").click()
        self.page.get_by_text(action, exact=True).click()
        self.page.wait_for_load_state()

    def publish(self):
        self.choose("Publier")
        self.page.get_by_text(re.compile("publié", re.IGNORECASE)).first.wait_for()

    def confirm(self, name):
        self.page.get_by_role("button", name=re.compile(name)).click()
        self.page.wait_for_url(re.compile(rf"/{SERVICES}"))

    def save_draft(self):
        self.page.get_by_role("button", name="Enregistrer le brouillon").click()
        self.page.wait_for_load_state("networkidle")

    def is_shown(self, title):
        self.resident.goto(self.town.site_url + PUBLIC)
        return self.resident.locator("[data-vi-service]", has_text=title).count() > 0

    def is_declared_after_sync(self, title):
        synced = self.town.sync()
        assert synced.returncode == 0, synced.stdout + synced.stderr
        return title in declared_titles(self.town)


@pytest.fixture
def webmaster(town, visitor):
    page = visitor(viewport={"width": 1280, "height": 900})
    log_in(page, town, "webmestre")
    return Webmaster(town, page, visitor())


@pytest.fixture
def published(webmaster, request):
    """The title of a service published in the admin, of this test alone."""
    title = f"Service {request.node.name}".replace("_", " ")
    webmaster.create(title)
    webmaster.publish()
    assert webmaster.is_declared_after_sync(title)
    return title


def test_published_it_is_shown_and_declared(webmaster):
    webmaster.create("Prêt de vélos en ligne")
    webmaster.publish()

    assert webmaster.is_shown("Prêt de vélos en ligne")
    assert webmaster.is_declared_after_sync("Prêt de vélos en ligne")


def test_unpublished_it_is_gone_from_both(webmaster, published):
    webmaster.open(published)
    webmaster.choose("Dépublier")
    webmaster.confirm("dépublier")

    assert not webmaster.is_shown(published)
    assert not webmaster.is_declared_after_sync(published)


def test_an_edited_draft_changes_neither(webmaster, published):
    webmaster.open(published)
    webmaster.page.get_by_label("Titre").first.fill("Un brouillon")
    webmaster.save_draft()

    assert webmaster.is_shown(published)
    assert not webmaster.is_shown("Un brouillon")
    assert webmaster.is_declared_after_sync(published)
    assert "Un brouillon" not in declared_titles(webmaster.town)


def test_expired_by_date_it_is_gone_from_both(webmaster, published):
    # The form takes dates to come only: the clock is what a test cannot turn.
    database = sqlite3.connect(webmaster.town.var / "site.sqlite3", timeout=20)
    with database:
        database.execute(
            "UPDATE wagtail_villes_internet_digitalservice "
            "SET expire_at = '2024-02-29 12:00:00' WHERE title = ?",
            [published],
        )
    database.close()
    webmaster.town.run(SITE_MANAGE, "publish_scheduled")

    assert not webmaster.is_shown(published)
    assert not webmaster.is_declared_after_sync(published)


def test_deleted_it_is_withdrawn(webmaster, published):
    webmaster.open(published)
    webmaster.page.goto(webmaster.page.url.replace("/edit/", "/delete/"))
    webmaster.confirm("supprimer")

    assert not webmaster.is_shown(published)
    assert not webmaster.is_declared_after_sync(published)


def test_without_a_reference_service_it_cannot_be_published(webmaster):
    webmaster.page.goto(f"{webmaster.town.site_url}{SERVICES}add/")
    webmaster.page.get_by_label("Titre").first.fill("Service sans attache")
    webmaster.choose("Publier")

    assert webmaster.page.locator(".error-message").first.is_visible()
    assert not webmaster.is_shown("Service sans attache")
