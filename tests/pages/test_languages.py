"""A site in two languages: the page's own, and services in that language as far as they are."""

from xml.etree import ElementTree

import pytest
from django.test import override_settings
from wagtail.models import Locale

from tests.pages.visiting import (
    GLANCE,
    LIST,
    address,
    get,
    label_page,
    said,
    services_page,
    showcase_page,
    slug,
    visit,
)

ENGLISH = "/en/our-services/"


@pytest.fixture(autouse=True)
def two_languages(settings):
    middleware = list(settings.MIDDLEWARE)
    middleware.insert(1, "django.middleware.locale.LocaleMiddleware")
    with override_settings(
        WAGTAIL_I18N_ENABLED=True, ROOT_URLCONF="tests.pages.i18n_urls", MIDDLEWARE=middleware
    ):
        yield


@pytest.fixture
def english(db) -> Locale:
    return Locale.objects.get_or_create(language_code="en")[0]


@pytest.fixture
def page(lunel, english):
    """The page in French, and its live translation."""
    page = services_page(lunel)
    home = lunel.site.root_page.copy_for_translation(english)
    home.save_revision().publish()
    translated = page.copy_for_translation(english)
    translated.title, translated.slug = "Our digital services", "our-services"
    translated.save_revision().publish()
    return page


def in_english(service, english, title: str):
    translated = service.copy_for_translation(english)
    translated.title = title
    translated.save()
    translated.save_revision().publish()
    translated.refresh_from_db()
    return translated


def test_each_page_shows_the_services_in_its_language(lunel, page, english):
    service = lunel.service(title="Portail famille")
    in_english(service, english, "Family portal")

    assert "Family portal" in said(visit(lunel, ENGLISH).main)
    assert "Portail famille" not in said(visit(lunel, ENGLISH).main)
    assert "Portail famille" in said(visit(lunel).main)


def test_a_service_that_is_not_translated_is_shown_in_its_own_language(lunel, page):
    service = lunel.service(title="Portail famille", summary="Payer la cantine.")

    shown = visit(lunel, f"{ENGLISH}service/{slug(service)}/")

    assert shown.html["lang"] == "en"
    assert shown.h1["lang"] == "fr"
    assert shown.select_one(".vi-page__summary")["lang"] == "fr"
    assert "lang" not in visit(lunel, address(service)).h1.attrs


def test_a_service_has_an_address_in_each_language(lunel, page, english):
    service = lunel.service(title="Portail famille")
    in_english(service, english, "Family portal")

    answer = get(lunel, f"{ENGLISH}service/{slug(service)}/")

    ending = service.remote_id[:8]
    assert answer.status_code == 301
    assert answer["Location"] == f"{ENGLISH}service/family-portal-{ending}/"
    assert said(visit(lunel, answer["Location"]).h1) == "Family portal"


def test_a_translation_in_draft_shows_nothing(lunel, page, english):
    service = lunel.service(title="Portail famille")
    in_english(service, english, "Family portal").unpublish()

    assert "Family portal" not in said(visit(lunel, ENGLISH).main)


def test_the_languages_know_of_each_other(lunel, page):
    lunel.service()
    root = f"http://{lunel.site.hostname}"

    for own in (LIST, ENGLISH):
        links = visit(lunel, own + "theme/services-publics/").select("link[hreflang]")
        assert {link["hreflang"]: link["href"] for link in links} == {
            "fr": f"{root}{LIST}theme/services-publics/",
            "en": f"{root}{ENGLISH}theme/services-publics/",
        }


def test_the_links_of_a_list_stay_in_its_language(lunel, page):
    lunel.service(title="Portail famille")

    links = [link["href"] for link in visit(lunel, ENGLISH).select("[data-vi-services] li a")]

    assert links
    assert all(link.startswith(ENGLISH) for link in links)


def test_a_feed_says_the_language_of_each_service(lunel, page, english):
    service = lunel.service(title="Portail famille", live=False)
    service.save_revision().publish()
    other = lunel.service(title="Budget participatif", live=False)
    other.save_revision().publish()
    in_english(service, english, "Family portal")
    atom, lang = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"

    root = ElementTree.fromstring(get(lunel, ENGLISH + "flux/").content)

    told = {e.findtext(f"{atom}title"): e.get(lang) for e in root.findall(f"{atom}entry")}
    assert root.get(lang) == "en"
    assert told == {"Family portal": "en", "Budget participatif": "fr"}
    french = ElementTree.fromstring(get(lunel, LIST + "flux/").content)
    assert root.findtext(f"{atom}id") != french.findtext(f"{atom}id")


def test_at_a_glance_all_is_in_the_language_of_the_page(lunel, page, english):
    service = lunel.service(title="Portail famille")
    in_english(service, english, "Family portal")
    lunel.award(year=2024, level=5)
    label_page(lunel)
    glance = showcase_page(
        lunel, highlights=[("highlight", {"service": service, "sentence": "Tout pour l’école."})]
    )
    translated = glance.copy_for_translation(english)
    translated.slug = "at-a-glance"
    translated.highlights = [("highlight", {"service": service, "sentence": ""})]
    translated.save_revision().publish()

    shown = visit(lunel, "/en/at-a-glance/")

    assert shown.html["lang"] == "en"
    assert said(shown.select_one("[data-vi-highlights] li")) == "Family portal"
    assert "1 digital service for residents" in said(shown.select_one("[data-vi-quote]"))
    # What is not translated is led to all the same.
    assert shown.select_one(".vi-glance__story a")["href"] == "/notre-label/"
    picture = get(lunel, "/en/at-a-glance/partage/")
    assert picture["Content-Language"] == "en"
    assert picture.content != get(lunel, f"{GLANCE}partage/").content
