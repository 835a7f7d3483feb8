"""What is declared is derived from the live rows."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page

from tests.factories import AuthorityFactory, DigitalServiceFactory, SiteFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.declared.bodies import bodies_of
from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.rules import Shortcoming
from wagtail_villes_internet.sync.wanted import wanted_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


def test_a_body_holds_the_fields_of_the_contract(authority):
    service = DigitalServiceFactory(
        authority=authority,
        title=" Payer la cantine ",
        description="<p data-block-key='x'><b>En ligne</b> ou au guichet.</p>",
        url="https://lunel.example/cantine",
        audiences=["families", "residents"],
        interactions=["pay"],
        status="planned",
        latitude="43.674",
        longitude="4.135",
        department="Éducation",
    )
    body = bodies_of(authority, [service.remote_id])[service.remote_id].as_json()
    assert body["title"] == "Payer la cantine"
    assert body["description"] == "<p><strong>En ligne</strong> ou au guichet.</p>"
    assert body["reference_services"] == ["p-rdv-titres"]
    assert body["location"] == {"lat": "43.674000", "lon": "4.135000"}
    assert (body["status"], body["public"]) == ("planned", True)
    assert "department" not in body


def test_a_hash_is_that_of_the_body(authority):
    service = DigitalServiceFactory(authority=authority)
    wanted = wanted_for(authority).services[service.remote_id]
    body = bodies_of(authority, [service.remote_id])[service.remote_id]
    assert wanted.hash == content_hash(body)
    assert wanted.title == service.title


def test_what_is_incomplete_is_not_wanted_and_says_why(authority):
    service = DigitalServiceFactory(authority=authority, references=[])
    wanted = wanted_for(authority)
    assert wanted.services == {}
    (incomplete,) = wanted.incomplete
    assert incomplete.remote_id == service.remote_id
    assert incomplete.pk == service.pk
    assert incomplete.shortcomings == (Shortcoming.NO_REFERENCE_SERVICE,)
    assert incomplete.reasons


def test_what_the_contract_refuses_is_incomplete_too(authority):
    DigitalServiceFactory(authority=authority, description=f"<p>{'x' * 20_001}</p>")
    (incomplete,) = wanted_for(authority).incomplete
    assert incomplete.problems[0].field == "description"
    assert incomplete.reasons


def test_only_the_codes_that_the_registry_lacks_are_unknown(authority):
    service = DigitalServiceFactory(authority=authority, references=["p-rdv-titres"])
    unknown = wanted_for(authority, known_codes=frozenset()).services[service.remote_id]
    known = wanted_for(authority, known_codes={"p-rdv-titres"}).services[service.remote_id]
    by_hand = wanted_for(authority).services[service.remote_id]
    assert unknown.unknown_codes == ("p-rdv-titres",)
    assert known.unknown_codes == by_hand.unknown_codes == ()


def test_a_link_to_a_page_of_the_site_is_complete(authority):
    site = SiteFactory(hostname="lunel.example")
    VillesInternetSettings.objects.create(site=site, authority=authority)
    page = site.root_page.add_child(instance=Page(title="Cantine", slug="cantine"))
    service = DigitalServiceFactory(
        authority=authority,
        description=f'<p><a linktype="page" id="{page.pk}">La cantine</a></p>',
    )
    body = bodies_of(authority, [service.remote_id])[service.remote_id]
    assert body.description == '<p><a href="http://lunel.example/cantine/">La cantine</a></p>'


def test_the_language_of_who_asks_changes_no_hash(authority, settings):
    settings.WAGTAIL_I18N_ENABLED = True
    site = SiteFactory(hostname="lunel.example")
    VillesInternetSettings.objects.create(site=site, authority=authority)
    DigitalServiceFactory(
        authority=authority,
        description=f'<p><a linktype="page" id="{site.root_page.pk}">Accueil</a></p>',
    )
    with translation.override("fr"):
        french = wanted_for(authority)
    with translation.override("en"):
        english = wanted_for(authority)
        assert translation.get_language() == "en"
    assert french == english


def test_a_link_to_a_page_that_is_gone_leaves_its_text(authority):
    service = DigitalServiceFactory(
        authority=authority, description='<p><a linktype="page" id="999999">La cantine</a></p>'
    )
    body = bodies_of(authority, [service.remote_id])[service.remote_id]
    assert body.description == "<p>La cantine</p>"


def test_queries_do_not_grow_with_the_services(authority):
    def count():
        with CaptureQueriesContext(connection) as captured:
            wanted_for(authority)
        return len(captured)

    DigitalServiceFactory(authority=authority)
    small = count()
    for _ in range(20):
        DigitalServiceFactory(authority=authority)
    assert count() == small <= 4


def test_two_reads_give_the_same(authority):
    for _ in range(3):
        DigitalServiceFactory(authority=authority)
    assert wanted_for(authority) == wanted_for(authority)
    assert DigitalService.objects.count() == 3


def test_the_progress_declared_follows_the_dates(authority):
    planned = DigitalServiceFactory(
        authority=authority, status="planned", started_on=date(2024, 3, 1)
    )
    passing = DigitalServiceFactory(authority=authority, ended_on=date(2024, 3, 1))

    def declared(day):
        with time_machine.travel(f"{day} 12:00 +0100", tick=False):
            bodies = bodies_of(authority, [planned.remote_id, passing.remote_id])
            hashes = {id: each.hash for id, each in wanted_for(authority).services.items()}
        assert {id: content_hash(body) for id, body in bodies.items()} == hashes
        return [bodies[each.remote_id].status for each in (planned, passing)]

    assert declared("2024-02-29") == ["planned", "active"]
    assert declared("2024-03-01") == ["active", "active"]
    assert declared("2024-03-02") == ["active", "ended"]
