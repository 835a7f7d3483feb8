"""What the ready pages say of themselves to browsers, search engines and other sites."""

import pytest

from tests.pages.visiting import LIST, address, label_page, visit
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.pages.head import locale_of


def meta(soup, name: str) -> str:
    found = soup.select(f'meta[name="{name}"], meta[property="{name}"]')
    assert len(found) <= 1, found
    return found[0]["content"] if found else ""


def absolute(town, path: str) -> str:
    return f"http://{town.site.hostname}{path}"


def test_a_service_has_its_own_title_description_and_address(lunel, page):
    service = lunel.service(title="Portail famille", summary="Payer la cantine,\nsans se déplacer.")

    head = visit(lunel, address(service)).head

    assert head.title.string.startswith("Portail famille")
    assert meta(head, "description") == "Payer la cantine,\nsans se déplacer."
    assert meta(head, "og:title") == "Portail famille"
    assert meta(head, "og:description") == "Payer la cantine, sans se déplacer."
    assert meta(head, "og:url") == absolute(lunel, address(service))
    assert head.select_one("link[rel=canonical]")["href"] == absolute(lunel, address(service))


def test_a_theme_is_described_by_its_services(lunel, page):
    lunel.service(title="Carte d’identité")
    lunel.service(title="Passeport")

    head = visit(lunel, f"{LIST}theme/services-publics/").head

    assert meta(head, "description") == "Carte d’identité, Passeport"
    assert meta(head, "og:title") == "Services publics"


def test_a_filtered_list_is_the_same_page_for_search_engines(lunel, page):
    head = visit(lunel, f"{LIST}?vi-text=famille").head

    assert head.select_one("link[rel=canonical]")["href"] == absolute(lunel, LIST)


def test_what_the_editor_wrote_for_search_engines_is_kept(lunel, page):
    page.seo_title, page.search_description = "Services en ligne", "Tous les services."
    page.save()

    head = visit(lunel).head

    assert head.title.string.startswith("Services en ligne")
    assert meta(head, "description") == meta(head, "og:description") == "Tous les services."


def test_the_badge_is_the_picture_where_there_is_one(lunel, page):
    assert meta(visit(lunel).head, "og:image") == ""

    lunel.award(year=2024)

    assert meta(visit(lunel).head, "og:image") == absolute(lunel, "/villes-internet/badge.png")


def test_without_the_extra_or_the_addresses_there_is_no_picture(lunel, page, monkeypatch, settings):
    lunel.award(year=2024)
    settings.ROOT_URLCONF = "tests.desk.without_addresses"
    assert meta(visit(lunel).head, "og:image") == ""

    settings.ROOT_URLCONF = "tests.urls"
    monkeypatch.setattr("wagtail_villes_internet.pages.head.available", lambda: False)
    assert meta(visit(lunel).head, "og:image") == ""


@pytest.mark.parametrize("path", [LIST, LIST + "theme/services-publics/", "/notre-label/"])
def test_a_page_sets_no_cookie_and_holds_no_script(lunel, page, path):
    label_page(lunel)
    lunel.service()

    soup = visit(lunel, path)

    assert soup.select("script, style, [style], iframe") == []
    assert [tag["src"] for tag in soup.select("[src]")] == []


def test_the_style_sheet_is_asked_for_once(lunel, page):
    sheets = [link["href"] for link in visit(lunel).select("link[rel=stylesheet]")]

    assert len(sheets) == len(set(sheets)) == 2


@pytest.mark.parametrize(
    ("code", "told"),
    [("fr", "fr_FR"), ("en", "en_GB"), ("pt-br", "pt_BR"), ("br", ""), ("zh-hans", "")],
)
def test_a_locale_is_a_language_with_its_country_or_is_not_told(code, told):
    assert locale_of(code) == told


def test_the_list_says_the_locale_of_the_page(lunel, page):
    assert meta(visit(lunel).head, "og:locale") == "fr_FR"


def test_the_list_leads_to_the_open_data(lunel, page):
    links = visit(lunel).select(".vi-page__data a")

    assert {link.string: link["href"] for link in links} == {
        "JSON": "/villes-internet/services.json",
        "CSV": "/villes-internet/services.csv",
    }


def test_without_the_addresses_the_list_leads_to_no_open_data(lunel, page, settings):
    settings.ROOT_URLCONF = "tests.desk.without_addresses"

    assert visit(lunel).select(".vi-page__data") == []


def test_a_site_bound_to_nobody_leads_to_nothing_of_a_town(lunel, page):
    VillesInternetSettings.objects.update(authority=None)

    assert visit(lunel).select(".vi-page__data, .vi-page__feed") == []


def test_the_trail_leads_home(lunel, page):
    service = lunel.service(title="Portail famille")

    steps = visit(lunel, address(service)).select(".vi-trail__step")

    assert [step.a["href"] for step in steps[:-1]] == ["/", LIST]
    assert steps[-1].span["aria-current"] == "page"
    assert steps[-1].string or steps[-1].span.string == "Portail famille"
