"""What the blocks cost: queries, uncached, and bytes."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.blocks.pages import fetch, offer, our_queries, publish
from tests.factories import DistinctionFactory
from wagtail_villes_internet.blocks import addresses

BADGE, HISTORY = ("label_badge", {}), ("label_history", {})
SERVICES = ("services_by_theme", {})


@pytest.fixture
def labelled(lunel):
    for year in (2018, 2022, 2023, 2024):
        DistinctionFactory(award=lunel.award(year=year))
    return lunel


def test_badge_and_history_take_3_queries_together(labelled):
    assert our_queries(labelled, publish(labelled, BADGE)) == 3
    assert our_queries(labelled, publish(labelled, BADGE, HISTORY, title="Deux")) == 3


def test_more_badges_take_no_more(labelled):
    page = publish(labelled, BADGE, HISTORY, ("label_badge", {"size": "mark"}), HISTORY)

    assert our_queries(labelled, page) == 3


@pytest.mark.parametrize("number", [10, 138, 1_000])
def test_services_take_3_queries_whatever_their_number(lunel, number):
    offer(lunel, number)

    page = publish(lunel, SERVICES)

    assert our_queries(lunel, page) == 3
    assert fetch(lunel, page).count("data-vi-service=") == number


def test_more_lists_of_services_take_no_more(lunel):
    offer(lunel, 138)
    shown = ("services_by_theme", {"show_empty": True})

    assert our_queries(lunel, publish(lunel, SERVICES, shown, SERVICES)) == 3


def test_badge_history_and_services_share_the_setting(labelled):
    offer(labelled, 138)

    assert our_queries(labelled, publish(labelled, BADGE, HISTORY, SERVICES)) == 5


def test_a_whole_page_takes_3_queries_more_with_services_than_without(lunel, monkeypatch):
    monkeypatch.setattr(addresses, "_finders", [])  # No ready pages: what they cost is theirs.
    offer(lunel, 138)
    empty, full = publish(lunel), publish(lunel, SERVICES, title="Services")
    fetch(lunel, empty)

    with CaptureQueriesContext(connection) as bare:
        fetch(lunel, empty)
    with CaptureQueriesContext(connection) as whole:
        fetch(lunel, full)

    assert len(whole) == len(bare) + 3


def test_an_unbound_site_pays_one_query(lunel):
    lunel.settings.delete()

    assert our_queries(lunel, publish(lunel, BADGE, HISTORY, SERVICES)) == 1


def test_138_services_hold_in_15_kb(lunel):
    offer(lunel, 138)

    html = fetch(lunel, publish(lunel, SERVICES))

    assert len(gzip.compress(html.encode())) <= 15_000
