"""The town as residents find it after `make demo`."""

import re
from urllib.parse import quote

import pytest

from tests.demo.pages import NOTICE, NOTICE_IN_ENGLISH, PAGES, SECURITY_MEASURES
from tests.demo.towns import declared, declared_titles

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def page(visitor):
    return visitor()


def test_the_home_page_shows_the_badge_with_its_level_and_year(town, page):
    page.goto(town.site_url)

    badge = page.locator("[data-vi-badge]")
    assert badge.count() == 1
    assert badge.get_attribute("data-vi-level") == "5"
    assert badge.get_attribute("data-vi-edition") == "2024"
    assert badge.get_attribute("data-vi-proof") == "confirmed"


def test_the_badge_is_spoken_in_words(town, page):
    page.goto(town.site_url)

    drawing = page.get_by_role("img", name="Label obtenu en 2024 : 5 arobases sur 5")
    assert drawing.is_visible()
    assert "@@" not in page.locator("main").inner_text()


def test_the_label_page_tells_the_three_editions_newest_first(town, page):
    page.goto(town.site_url + "notre-label/")

    awards = page.locator("[data-vi-history] [data-vi-award]")
    told = [
        (each.get_attribute("data-vi-edition"), each.get_attribute("data-vi-level"))
        for each in awards.all()
    ]
    assert told == [("2024", "5"), ("2023", "4"), ("2022", "3")]


def test_the_services_page_lists_the_32_that_concern_residents(town, page):
    page.goto(town.site_url + "nos-services-numeriques/")

    listed = page.locator("[data-vi-services] [data-vi-service]")
    identifiers = [each.get_attribute("data-vi-service") for each in listed.all()]
    assert len(set(identifiers)) == 32
    assert page.locator("[data-vi-axis] [data-vi-theme] [data-vi-service]").count() == len(
        identifiers
    )


def test_what_is_not_open_yet_says_so(town, page):
    page.goto(town.site_url + "nos-services-numeriques/")

    planned = page.locator("[data-vi-service]", has_text="demandes de subvention")
    assert "En projet" in planned.first.inner_text()


def test_a_matrix_that_is_not_official_says_so(town, page):
    page.goto(town.site_url + "nos-services-numeriques/")

    assert "il n’engage pas l’association" in page.content().replace("'", "’")


def test_the_registry_has_all_38(town):
    answer = declared(town)

    assert answer["total"] == 38
    assert set(SECURITY_MEASURES) < declared_titles(town)


@pytest.mark.parametrize("name", PAGES)
def test_no_security_measure_is_on_a_page(town, page, name):
    page.goto(town.site_url + PAGES[name])

    source = page.content()
    assert [measure for measure in SECURITY_MEASURES if measure in source] == []


@pytest.mark.parametrize("measure", SECURITY_MEASURES)
def test_no_security_measure_is_found(town, page, measure):
    word = measure.split()[0]
    page.goto(f"{town.site_url}recherche/?q={quote(word)}")

    assert page.get_by_label("Que cherchez-vous").input_value() == word
    assert measure not in page.locator("main").inner_text()


def test_a_resident_finds_a_service_without_its_accents(town, page):
    page.goto(town.site_url)

    page.get_by_label("Que cherchez-vous").fill("electorale")
    page.get_by_role("button", name="Rechercher").click()

    found = page.get_by_role("heading", name="Inscription en ligne sur les listes électorales")
    found.wait_for()


@pytest.mark.parametrize("typed", ['"', "\0", "*", "l'école AND (", "<script>", "a" * 500])
def test_whatever_is_typed_the_search_answers(town, page, typed):
    answer = page.goto(f"{town.site_url}recherche/?q={quote(typed)}")

    assert answer.status == 200


@pytest.mark.parametrize("name", PAGES)
def test_every_page_carries_the_notice_and_stays_out_of_search_engines(town, page, name):
    answer = page.goto(town.site_url + PAGES[name])

    notice = NOTICE_IN_ENGLISH if PAGES[name].startswith("en/") else NOTICE
    assert page.locator("#notice").inner_text() == notice
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "noindex" in page.locator("meta[name=robots]").get_attribute("content")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_gives_a_telephone_or_an_address_to_write_to(town, page, name):
    page.goto(town.site_url + PAGES[name])

    assert page.locator("a[href^='tel:'], a[href^='mailto:']").count() == 0
    text = page.locator("body").inner_text()
    assert not re.search(r"\S@\S+\.\S", text)
    assert not re.search(r"\b0\d([ .]?\d\d){4}\b", text)


def test_the_english_list_says_which_services_are_still_in_french(town, page):
    page.goto(town.site_url + "en/our-digital-services/")

    listed = page.locator("[data-vi-services] [data-vi-service]")
    assert len({each.get_attribute("data-vi-service") for each in listed.all()}) == 32
    assert page.locator("html").get_attribute("lang") == "en"
    translated = page.get_by_role("link", name="Booking municipal rooms online")
    assert translated.get_attribute("lang") is None
    assert page.get_by_role("link", name="Procurations en ligne").get_attribute("lang") == "fr"


def test_the_english_home_page_leads_to_the_label_in_english_and_says_what_is_in_french(town, page):
    page.goto(town.site_url + "en/")

    legal = page.locator("footer").get_by_role("link", name="Mentions légales")
    assert legal.get_attribute("hreflang") == "fr"
    page.locator("[data-vi-figure=label] a").click()
    page.wait_for_url("**/en/our-label/")


def test_every_service_says_in_a_sentence_what_it_is(town, page):
    page.goto(town.site_url + "nos-services-numeriques/")

    listed = page.locator("[data-vi-services] [data-vi-service]")
    alone = listed.filter(has_not=page.locator(".vi-service__summary"))
    assert alone.all_inner_texts() == []
    texts = " ".join(page.locator(".vi-service__summary, .vi-service__offline").all_inner_texts())
    assert not re.search("['\"]| [:;?!»]|« ", texts)


def test_most_services_can_be_had_without_internet(town, page):
    page.goto(town.site_url + "nos-services-numeriques/")

    offline = page.locator("[data-vi-service]").filter(has=page.locator(".vi-service__offline"))
    identifiers = {each.get_attribute("data-vi-service") for each in offline.all()}
    assert len(identifiers) == 19


def test_the_other_language_of_a_service_is_one_link_away(town, page):
    page.goto(town.site_url + PAGES["service"])

    page.get_by_role("navigation", name="Langues").get_by_role("link", name="English").click()
    page.wait_for_url("**/en/our-digital-services/service/booking-an-appointment-**")
    page.get_by_role("navigation", name="Languages").get_by_role("link", name="Français").click()

    page.wait_for_url(f"**/{PAGES['service']}")


def test_a_resident_finds_a_service_in_english(town, page):
    page.goto(town.site_url + "en/")

    page.get_by_label("What are you looking for").fill("rooms")
    page.get_by_role("button", name="Search").click()

    page.get_by_role("link", name="Booking municipal rooms online").click()
    page.wait_for_url("**/en/our-digital-services/service/booking-municipal-rooms-online-*/")


def test_the_home_page_counts_and_shows_what_the_town_offers(town, page):
    page.goto(town.site_url)

    assert "32" in page.locator("[data-vi-figures]").inner_text().split()
    assert page.locator("[data-vi-featured] [data-vi-service]").count() == 3
    page.locator("[data-vi-mosaic]").get_by_role("link", name="Vie associative").first.click()
    page.wait_for_url("**/nos-services-numeriques/theme/vie-associative/")
