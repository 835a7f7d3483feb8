"""What the pages cost: as many queries with few services as with many, and few bytes."""

import gzip

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.blocks.pages import offer
from tests.pages.visiting import (
    GLANCE,
    LIST,
    address,
    get,
    label_page,
    services_page,
    showcase_page,
)
from wagtail_villes_internet.services.models import DigitalService

SIZES = [10, 138, 1_000]


def counted(town, path: str) -> dict[str, int]:
    """The queries of one GET, all of them and those of our tables, with nothing cached."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert get(town, path).status_code == 200
    ours = sum('"wagtail_villes_internet_' in query["sql"] for query in queries)
    return {"all": len(queries), "ours": ours}


@pytest.fixture(params=["list", "theme", "service", "feed"])
def asked(request):
    """From a town with its page, the path of one kind of address under it."""

    def path() -> str:
        if request.param == "service":
            return address(DigitalService.objects.first())
        return (
            LIST + {"list": "", "theme": "theme/services-publics/", "feed": "flux/"}[request.param]
        )

    return path


def test_queries_are_the_same_for_few_services_and_many(lunel, other_town, asked):
    services_page(lunel)
    offer(lunel, SIZES[0])
    path = asked()
    few = counted(lunel, path)

    for before, size in zip(SIZES, SIZES[1:], strict=False):
        offer(lunel, size - before)
        assert counted(lunel, path) == few

    # The site's setting, the themes, the services; and the label, for the badge of the head.
    assert few["ours"] <= 4


def test_what_is_kept_costs_the_setting_and_wagtails_own(lunel, page):
    offer(lunel, 138)
    get(lunel)

    with CaptureQueriesContext(connection) as queries:
        get(lunel)

    assert sum('"wagtail_villes_internet_' in query["sql"] for query in queries) == 1


@pytest.fixture
def glance(lunel):
    """The page at a glance, with services put forward and the two pages that it leads to."""
    services_page(lunel)
    label_page(lunel)
    lunel.award(year=2024, level=5)
    offer(lunel, SIZES[0])
    chosen = DigitalService.objects.order_by("pk")[:3]
    highlights = [("highlight", {"service": each, "sentence": "À retenir."}) for each in chosen]
    return showcase_page(lunel, highlights=highlights)


@pytest.fixture
def bare_glance(glance):
    """The same, where no editor put services forward."""
    glance.highlights = []
    glance.save()
    return glance


@pytest.mark.parametrize("path", [GLANCE, f"{GLANCE}partage/"], ids=["page", "picture"])
def test_at_a_glance_costs_the_same_for_few_services_and_many(lunel, other_town, glance, path):
    few = counted(lunel, path)

    for before, size in zip(SIZES, SIZES[1:], strict=False):
        offer(lunel, size - before)
        assert counted(lunel, path) == few

    # The site's setting, two for the label, two for the services; those that were put forward.
    assert few["ours"] <= 6


def test_at_a_glance_the_services_that_it_chooses_itself_cost_nothing(lunel, bare_glance):
    few = counted(lunel, GLANCE)

    for before, size in zip(SIZES, SIZES[1:], strict=False):
        offer(lunel, size - before)
        assert counted(lunel, GLANCE) == few

    assert few["ours"] <= 5


def test_at_a_glance_what_is_kept_costs_the_setting_and_what_was_put_forward(lunel, glance):
    offer(lunel, 128)
    get(lunel, GLANCE)

    with CaptureQueriesContext(connection) as queries:
        get(lunel, GLANCE)

    asked = [query["sql"] for query in queries]
    assert sum('"wagtail_villes_internet_' in sql for sql in asked) == 2
    # Nor are the addresses of the other ready pages asked for again.
    assert not [sql for sql in asked if "_labelpage" in sql or "_servicespage" in sql]


def test_a_page_of_138_services_stays_light(lunel, page):
    offer(lunel, 138)

    assert len(gzip.compress(get(lunel).content)) <= 15_000
