"""What is kept of a label is forgotten at once when it changes, and costs one query until then."""

import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.blocks.pages import publish
from tests.factories import DistinctionFactory, Town
from wagtail_villes_internet.authorities.catalogue import touch_all
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.labels.models import Award, Distinction
from wagtail_villes_internet.labels.statements import receive_awards


@pytest.fixture
def page(lunel):
    cache.clear()
    lunel.award(year=2023, level=4)
    DistinctionFactory(award=lunel.award(year=2024, level=5))
    return publish(lunel, ("label_badge", {}), ("label_history", {}))


def shown(town, page) -> str:
    return Client().get(f"/{page.slug}/", headers={"host": town.site.hostname}).content.decode()


def our_queries(town, page) -> int:
    with CaptureQueriesContext(connection) as queries:
        shown(town, page)
    return sum('"wagtail_villes_internet_' in query["sql"] for query in queries)


def test_kept_it_costs_the_query_of_the_setting(lunel, page):
    first, second = our_queries(lunel, page), our_queries(lunel, page)

    assert (first, second) == (3, 1)


def test_that_nothing_is_stated_is_kept_too(lunel):
    cache.clear()
    page = publish(lunel, ("label_badge", {}))
    shown(lunel, page)

    assert our_queries(lunel, page) == 1


def level_drops(lunel):
    award = Award.objects.get(edition__year=2024)
    award.level = 3
    award.save()


def award_goes(lunel):
    Award.objects.get(edition__year=2024).delete()


def award_comes(lunel):
    lunel.award(year=2026, level=2)


def mention_changes(lunel):
    mention = Distinction.objects.get()
    mention.name = "Arobase verte"
    mention.save()


def mention_goes(lunel):
    Distinction.objects.get().delete()


def ceremony_is_told(lunel):
    edition = Award.objects.get(edition__year=2024).edition
    edition.place = "Agen"
    edition.save()


def unit_changes(lunel):
    programme = Award.objects.get(edition__year=2024).edition.programme
    programme.unit_plural = "arrobes"
    programme.save()


def registry_speaks(lunel):
    item = {
        "id": "a",
        "edition": 2024,
        "standing": "labelled",
        "level": 1,
        "source_url": None,
        "distinctions": [],
    }
    receive_awards(lunel.authority, [item])


CHANGES = [
    level_drops,
    award_goes,
    award_comes,
    mention_changes,
    mention_goes,
    ceremony_is_told,
    unit_changes,
    registry_speaks,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_seen_on_the_next_page(lunel, page, change):
    before = shown(lunel, page)

    change(lunel)

    assert shown(lunel, page) != before


def test_a_change_of_one_town_leaves_what_is_kept_of_another(lunel, page):
    other = Town("Aubagne")
    shown(lunel, page)

    other.award(level=1)

    assert our_queries(lunel, page) == 1


def test_a_version_is_never_taken_again(lunel):
    seen = {lunel.settings.catalogue_version}
    for _ in range(3):
        touch_all(LocalAuthority.objects.all())
        seen.add(lunel.settings.catalogue_version)

    assert len(seen) == 4
    assert all(isinstance(version, uuid.UUID) for version in seen)


def test_a_form_open_meanwhile_brings_no_old_version_back(lunel, page):
    form = lunel.settings
    shown(lunel, page)
    level_drops(lunel)

    form.save()

    assert 'data-vi-level="3"' in shown(lunel, page)
