"""The Atom feed of new services, read as RFC 4287 says."""

import datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache

from tests.pages.visiting import LIST, address, get, visit
from wagtail_villes_internet.services.models import DigitalService

FEED = LIST + "flux/"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def publish(town, title, day="2024-02-01", **values) -> DigitalService:
    service = town.service(title=title, live=False, **values)
    with time_machine.travel(f"{day} 10:00 +0100", tick=False):
        service.save_revision().publish()
    return service


def feed(town) -> ElementTree.Element:
    response = get(town, FEED)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def entries(town) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed(town).findall(f"{ATOM}entry")]


def absolute(town, path) -> str:
    return f"http://{town.site.hostname}{path}"


def test_the_list_says_where_the_feed_is(lunel, page):
    link = visit(lunel).select_one('link[type="application/atom+xml"]')

    assert link["rel"] == ["alternate"]
    assert link["href"] == absolute(lunel, FEED)


def test_in_the_page_the_link_stands_whatever_port_the_site_says_it_has(lunel, page):
    lunel.site.port = 8123
    lunel.site.save()

    [link] = visit(lunel).main.select('a[type="application/atom+xml"]')

    assert link["href"] == FEED


def test_new_services_come_first(lunel, page):
    publish(lunel, "Deuxième", "2024-02-02")
    publish(lunel, "Premier", "2024-02-01")
    publish(lunel, "Troisième", "2024-02-03")

    assert entries(lunel) == ["Troisième", "Deuxième", "Premier"]


def test_a_service_corrected_since_is_not_new_again(lunel, page):
    first = publish(lunel, "Premier", "2024-02-01")
    publish(lunel, "Deuxième", "2024-02-02")
    first.refresh_from_db()
    first.title = "Premier, corrigé"
    first.save_revision().publish()

    assert entries(lunel) == ["Deuxième", "Premier, corrigé"]


def test_only_the_last_thirty_are_told(lunel, page):
    for n in range(31):
        publish(lunel, f"Service {n:02}", f"2024-01-{n + 1:02}")

    assert entries(lunel) == [f"Service {n:02}" for n in range(30, 0, -1)]


def test_the_feed_says_whose_it_is_and_where(lunel, page):
    publish(lunel, "Portail famille")

    root = feed(lunel)

    assert root.tag == f"{ATOM}feed"
    assert root.get(LANG) == "fr"
    # RFC 4287, 4.1.1: exactly one id, title and updated; an author, since entries have none.
    assert len(root.findall(f"{ATOM}id")) == 1
    assert root.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert "Lunel" in root.findtext(f"{ATOM}title")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Lunel"
    assert root.findtext(f"{ATOM}updated") == "2024-02-01T00:00:00+01:00"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"alternate": absolute(lunel, LIST), "self": absolute(lunel, FEED)}


def test_an_entry_keeps_its_identity_and_leads_to_the_service(lunel, page):
    service = publish(lunel, "Portail famille", summary="Payer <la cantine> & s’inscrire.")

    [entry] = feed(lunel).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{service.remote_id}"
    assert entry.find(f"{ATOM}link").get("href") == absolute(lunel, address(service))
    assert entry.findtext(f"{ATOM}published") == "2024-02-01T00:00:00+01:00"
    summary = entry.find(f"{ATOM}summary")
    # What is of type `html` is read as HTML once more.
    assert summary.get("type") == "html"
    assert summary.text == "Payer &lt;la cantine&gt; &amp; s’inscrire."
    for element in (f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated", f"{ATOM}link"):
        assert len(entry.findall(element)) == 1


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "a\x0bb", "]]>", "&amp;", "é" * 255]
)
def test_whatever_a_title_holds_the_feed_can_be_read(lunel, page, title):
    publish(lunel, title)

    assert entries(lunel) == [title.replace("\x0b", "")]


def test_what_residents_are_not_shown_is_not_told(lunel, other_town, page):
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    lunel.service(title="Brouillon", live=False)
    publish(lunel, "Interne", public=False)
    publish(lunel, "Terminé", ended_on=yesterday)
    publish(lunel, "Sans thème", references=[])
    publish(other_town, "Ailleurs")

    assert entries(lunel) == []


def test_an_empty_feed_is_as_old_as_its_page(lunel, page):
    page.save_revision().publish()

    assert feed(lunel).findtext(f"{ATOM}updated") == feed(lunel).findtext(f"{ATOM}updated")


def test_who_has_read_it_is_told_that_nothing_is_new(lunel, page):
    publish(lunel, "Portail famille")
    etag = get(lunel, FEED)["ETag"]
    cache.clear()

    assert get(lunel, FEED, **{"If-None-Match": etag}).status_code == 304
    publish(lunel, "Une autre", "2024-02-05")
    assert get(lunel, FEED, **{"If-None-Match": etag}).status_code == 200
