"""A host's front-end cache is emptied of what changed, and costs nothing where there is none."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.frontend_cache import tasks
from wagtail.contrib.frontend_cache.backends import BaseBackend
from wagtail.models import ReferenceIndex

from tests.blocks.pages import publish
from tests.testapp.models import TagsPage
from wagtail_villes_internet.authorities.catalogue import touch, touched
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.blocks import purging
from wagtail_villes_internet.pages.models import ServicesPage

SERVICES = ("services_by_theme", {})


class Emptied(BaseBackend):
    """As Wagtail's own dummy, which cannot be made."""

    def __init__(self, params):
        super().__init__(params)
        self.urls = []

    def purge(self, url):
        self.urls.append(url)


@pytest.fixture
def cache(monkeypatch):
    """The front-end cache of a host that installed Wagtail's app; what it was asked to drop."""
    real = apps.is_installed
    monkeypatch.setattr(apps, "is_installed", lambda name: name == purging.APP or real(name))
    backend = Emptied({})
    monkeypatch.setattr(tasks, "get_backends", lambda *args: {"default": backend})
    purging.connect()
    yield backend
    touched.disconnect(purging.on_touched, sender=VillesInternetSettings)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """What happens once the transaction of what is inside is committed."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def address(page) -> str:
    return page.get_full_url()


def test_the_pages_that_show_the_town_and_our_own_addresses_are_purged(lunel, cache, commit):
    shows = publish(lunel, SERVICES, title="Services")
    nested = publish(lunel, ("columns", {"left": {}, "right": {}}), title="Colonnes")
    without = publish(lunel, title="Mairie")
    index(shows, nested, without)

    with commit():
        lunel.service()

    assert {address(shows), address(nested)} <= set(cache.urls)
    assert address(without) not in cache.urls
    root = lunel.site.root_url
    assert {f"{root}/villes-internet/services.json", f"{root}/villes-internet/badge.svg"} <= set(
        cache.urls
    )


def test_another_town_s_pages_stay(lunel, other_town, cache, commit):
    theirs = publish(other_town, SERVICES, title="Services")
    index(theirs)

    with commit():
        lunel.award()

    assert cache.urls
    assert not [url for url in cache.urls if other_town.site.hostname in url]


def test_a_page_that_is_not_online_is_not_purged(lunel, cache, commit):
    page = publish(lunel, SERVICES)
    index(page)
    page.unpublish()

    with commit():
        lunel.service()

    assert address(page) not in cache.urls


def test_the_ready_pages_go_with_those_below_them(lunel, cache, commit):
    page = lunel.site.root_page.add_child(instance=ServicesPage(title="Services", slug="services"))
    service = lunel.service(title="Cantine")

    with commit():
        service.save()

    assert any(f"cantine-{service.remote_id[:8]}" in url for url in cache.urls)
    assert address(page) in cache.urls


def test_many_changes_in_one_transaction_are_one_purge(lunel, cache, commit, monkeypatch):
    asked = []
    monkeypatch.setattr(purging.PurgeBatch, "purge", lambda batch: asked.append(batch.urls))

    with commit():
        for _n in range(3):
            lunel.service()

    assert len(asked) == 1


def test_what_is_rolled_back_purges_nothing_and_hides_nothing(lunel, cache, commit):
    with commit(), transaction.atomic():
        touch(lunel.authority)
        transaction.set_rollback(True)
    assert cache.urls == []

    with commit():
        touch(lunel.authority)
    assert cache.urls


def test_without_a_front_end_cache_nothing_is_asked_nor_kept(lunel, commit):
    page = publish(lunel, SERVICES)

    with CaptureQueriesContext(connection) as queries, commit():
        touch(lunel.authority)

    assert len(queries) == 1
    index(page)
    assert not ReferenceIndex.get_references_for_object(page).exists()


def test_what_template_tags_show_is_for_the_host_to_purge(lunel, cache, commit):
    page = lunel.site.root_page.add_child(instance=TagsPage(title="Étiquettes"))
    heard = []

    def of_the_host(authorities, **kwargs):
        heard.extend(authorities)

    touched.connect(of_the_host)
    with commit():
        touch(lunel.authority)
    touched.disconnect(of_the_host)

    assert address(page) not in cache.urls
    assert heard == [lunel.authority]


def index(*pages) -> None:
    """As the publication of each page does."""
    for page in pages:
        ReferenceIndex.create_or_update_for_object(page)
