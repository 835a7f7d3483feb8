"""What sitemaps and front-end caches are told of the addresses under the services' page."""

import datetime

import time_machine
from django.test import RequestFactory

from tests.pages.test_routing import hidden_services
from tests.pages.visiting import LIST, address, get, label_page
from wagtail_villes_internet.blocks.purging import pages_that_show


def sitemap(town, page) -> dict[str, datetime.datetime | None]:
    request = RequestFactory(SERVER_NAME=town.site.hostname).get("/sitemap.xml")
    root = f"http://{town.site.hostname}"
    return {
        url["location"].removeprefix(root): url.get("lastmod")
        for url in page.get_sitemap_urls(request)
    }


def test_the_list_its_themes_and_services_are_in_the_sitemap(lunel, page):
    first = lunel.service(title="Un", references=["p-rdv-titres"])
    second = lunel.service(title="Deux", references=["p-portail-familles"])

    assert set(sitemap(lunel, page)) == {
        LIST,
        f"{LIST}theme/services-publics/",
        f"{LIST}theme/vie-quotidienne/",
        address(first),
        address(second),
    }


def test_every_address_in_the_sitemap_answers(lunel, page):
    lunel.service(title="Un")

    assert {get(lunel, path).status_code for path in sitemap(lunel, page)} == {200}


def test_a_list_is_as_new_as_the_last_of_its_services(lunel, page):
    day = datetime.datetime(2024, 2, 1, 9, tzinfo=datetime.UTC)
    service = lunel.service(title="Un", live=False)
    with time_machine.travel("2023-01-01 09:00 +0000", tick=False):
        page.save_revision().publish()
    with time_machine.travel(day, tick=False):
        service.save_revision().publish()

    page.refresh_from_db()
    found = sitemap(lunel, page)

    assert found[LIST] == found[f"{LIST}theme/services-publics/"] == found[address(service)] == day


def test_what_residents_are_not_shown_is_in_no_sitemap_and_no_cache(lunel, other_town, page):
    hidden_services(lunel, other_town)

    assert list(sitemap(lunel, page)) == [LIST]
    assert not [path for path in page.get_cached_paths() if path.startswith("/service/")]


def test_a_front_end_cache_is_told_of_every_address(lunel, page):
    service = lunel.service(title="Un")

    paths = set(page.get_cached_paths())

    assert {"/", "/flux/", "/theme/services-publics/", "/theme/innovation/"} < paths
    assert address(service).replace(LIST, "/") in paths


def test_the_sitemap_takes_as_many_queries_for_many_services(
    lunel, page, django_assert_max_num_queries
):
    for n in range(30):
        lunel.service(title=f"Service {n}")

    with django_assert_max_num_queries(8):
        assert len(sitemap(lunel, page)) == 32


def test_on_a_site_without_an_authority_the_page_stands_alone(lunel, page):
    lunel.service()
    lunel.settings.delete()

    assert list(sitemap(lunel, page)) == [LIST]
    assert page.get_cached_paths() == ["/"]


def test_a_front_end_cache_is_emptied_of_the_ready_pages_when_services_change(lunel, page):
    label = label_page(lunel)

    shown = pages_that_show(lunel.site)

    assert {each.pk for each in shown} == {page.pk, label.pk}
