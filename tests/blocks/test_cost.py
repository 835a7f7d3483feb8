"""What the blocks cost: queries, uncached, and bytes."""

import gzip
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.blocks.pages import fetch, offer, our_queries, publish
from tests.factories import DistinctionFactory
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.blocks import addresses
from wagtail_villes_internet.services.models import DigitalService

BADGE, HISTORY = ("label_badge", {}), ("label_history", {})
SERVICES = ("services_by_theme", {})


def queries_of(town, page, table: str) -> int:
    """How many queries of one GET of `page`, of which nothing is cached, read that table."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        fetch(town, page)
    return sum(table in query["sql"] for query in queries)


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


@pytest.mark.parametrize("number", [10, 138, 1_000])
@pytest.mark.parametrize("blocks", [3, 6])
def test_more_lists_of_services_take_no_more(lunel, number, blocks):
    offer(lunel, number)
    kinds = [{"presentation": kind} for kind in ("list", "folded", "cards")]
    body = [("services_by_theme", kind) for kind in kinds * (blocks // 3)]

    assert our_queries(lunel, publish(lunel, *body)) == 3


# Wagtail leaves the file it makes a rendition from to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file", "ignore:Exception ignored in")
def test_pictures_take_one_query_more_whatever_their_number_and_that_of_the_blocks(lunel):
    offer(lunel, 138)
    pictures = [
        get_image_model().objects.create(
            title=str(n), file=get_test_image_file(filename=f"{n}.png", size=(640, 480))
        )
        for n in range(3)
    ]
    for n, service in enumerate(DigitalService.objects.all()):
        DigitalService.objects.filter(pk=service.pk).update(image=pictures[n % 3])
    cards = ("services_by_theme", {"presentation": "cards"})
    page = publish(lunel, cards, cards, cards)
    fetch(lunel, page)  # The renditions are made.

    assert fetch(lunel, page).count("<img") == 3 * 138
    assert our_queries(lunel, page) == 3
    assert queries_of(lunel, page, '"wagtailimages_') == 1


def test_filtering_takes_no_more(lunel):
    offer(lunel, 138)
    page = publish(lunel, SERVICES)
    html = BeautifulSoup(fetch(lunel, page), "html.parser")
    name = html.select_one("input[type=search]")["name"]

    with CaptureQueriesContext(connection) as all_of_them:
        fetch(lunel, page)
    with CaptureQueriesContext(connection) as some:
        host = {"host": lunel.site.hostname}
        found = Client().get(f"/{page.slug}/", {name: "numérique 13"}, headers=host)

    assert found.content.count(b"data-vi-service=") == 1 + 8
    assert len(some) == len(all_of_them)


def test_a_fragment_that_the_host_keeps_costs_no_query(lunel):
    lunel.award()
    offer(lunel, 138)
    body = BlocksPage(body=[BADGE, HISTORY, SERVICES]).body
    page = Template(
        "{% load wagtailcore_tags wagtail_cache %}{% for block in body %}"
        "{% wagtailcache 600 'fragment' forloop.counter %}{% include_block block %}"
        "{% endwagtailcache %}{% endfor %}"
    )

    def written() -> str:
        request = RequestFactory().get("/", headers={"host": lunel.site.hostname})
        return page.render(Context({"body": body, "request": request}))

    cache.clear()
    first = written()
    with CaptureQueriesContext(connection) as queries:
        assert written() == first

    assert first.count("data-vi-service=") == 138
    assert len(queries) == 0


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


def test_138_services_hold_in_15_kb_with_the_filters(lunel):
    offer(lunel, 138)
    choices = {"audiences": ["families", "youth"], "interactions": ["apply", "pay"]}
    DigitalService.objects.update(**choices, started_on=date(2021, 9, 1))

    html = fetch(lunel, publish(lunel, SERVICES))

    assert "<form" in html
    assert len(gzip.compress(html.encode())) <= 15_000
