"""Residents who search the site find its services, and nothing else of them."""

from django.test import RequestFactory
from django.utils import translation

from tests.pages.test_routing import hidden_services
from tests.pages.visiting import address
from wagtail_villes_internet.pages.found import found_services


def find(town, query):
    request = RequestFactory(SERVER_NAME=town.site.hostname).get("/recherche/", {"q": query})
    return found_services(request, query)


def test_a_service_is_found_by_its_words_without_their_accents(lunel, page):
    service = lunel.service(title="Inscription sur les listes électorales")
    lunel.service(title="Portail famille")

    [found] = find(lunel, "ELECTORALE inscription")

    assert found.listed.title == "Inscription sur les listes électorales"
    assert found.url == address(service)


def test_without_a_page_for_each_a_service_is_found_where_it_is_used(lunel):
    lunel.service(title="Portail famille", url="https://famille.example/")

    [found] = find(lunel, "famille")

    assert found.url == "https://famille.example/"


def test_no_word_finds_nothing(lunel, page):
    lunel.service()

    assert [find(lunel, query) for query in ("", "  ", "« … »")] == [(), (), ()]


def test_what_residents_are_not_shown_is_not_found(lunel, other_town, page):
    hidden_services(lunel, other_town)

    assert find(lunel, "service") == ()


def test_a_service_that_is_not_translated_is_found_with_its_language(lunel, page):
    lunel.service(title="Portail famille")

    with translation.override("en"):
        [found] = find(lunel, "famille")

    assert found.lang == "fr"
    assert find(lunel, "famille")[0].lang == ""


def test_a_site_without_an_authority_finds_nothing(lunel, page):
    lunel.service()
    lunel.settings.delete()

    assert find(lunel, "service") == ()
