"""A copy is a draft of its own: nothing of it is shown or declared, and the original is as it
was."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.factories import DigitalServiceFactory, Town, UserFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.services.association_pages import keep_page_address, page_address
from wagtail_villes_internet.services.copying import STANDING, duplicate
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db

SAID = {
    "title": "Portail familles",
    "kind": "place",
    "summary": "Réserver",
    "description": "<p>Le soir</p>",
    "url": "https://lunel.example/",
    "offline_alternative": "À l'accueil",
    "audiences": ["families"],
    "interactions": ["book"],
    "status": "planned",
    "started_on": date(2027, 1, 1),
    "ended_on": date(2028, 1, 1),
    "provider": "association",
    "department": "Enfance",
    "latitude": 43,
    "longitude": 4,
    "public": False,
    "counted": False,
}


@pytest.fixture
def user():
    return UserFactory()


def test_it_says_what_the_original_says(user):
    service = DigitalServiceFactory(**SAID, references=["p-paiement", "p-portail-familles"])

    copied = duplicate(service, user)

    copied.refresh_from_db()
    assert {name: getattr(copied, name) for name in SAID} == {
        **SAID,
        "title": "Portail familles (copie)",
    }
    assert {row.code for row in copied.reference_services.all()} == {
        "p-paiement",
        "p-portail-familles",
    }
    assert copied.authority == service.authority
    assert copied.locale == service.locale


def test_every_field_is_said_or_says_where_a_row_stands():
    """A field added later is copied, unless it belongs to a mixin of Wagtail's."""
    names = {field.name for field in DigitalService._meta.concrete_fields}

    assert names - STANDING - {"id"} == {*SAID, "authority", "image", "locale"}


def test_it_is_a_draft_under_a_remote_id_of_its_own(user):
    service = DigitalServiceFactory()

    copied = duplicate(service, user)

    copied.refresh_from_db()
    assert not copied.live
    assert copied.first_published_at is None
    assert copied.has_unpublished_changes
    assert copied.remote_id != service.remote_id
    assert copied.latest_revision.user == user
    assert copied.get_latest_revision_as_object().title == copied.title


def test_the_original_is_as_it_was(user):
    service = DigitalServiceFactory()
    before = DigitalService.objects.filter(pk=service.pk).values().get()

    duplicate(service, user)

    assert DigitalService.objects.filter(pk=service.pk).values().get() == before


def test_the_open_draft_is_what_is_copied(user):
    service = DigitalServiceFactory(title="Portail")
    service.title = "Portail familles"
    service.save_revision()

    assert duplicate(service, user).title == "Portail familles (copie)"


def test_neither_schedule_nor_lock_is_copied(user):
    service = DigitalServiceFactory(
        live=False,
        locked=True,
        locked_by=user,
        go_live_at=timezone.now() + timedelta(days=1),
        expire_at=timezone.now() + timedelta(days=2),
    )

    copied = duplicate(service, user)

    assert (copied.locked, copied.go_live_at, copied.expire_at) == (False, None, None)
    assert copied.scheduled_revision is None


def test_the_page_in_the_associations_tool_stays_with_the_original(user):
    service = DigitalServiceFactory()
    keep_page_address(service.authority, service.remote_id, "https://villes-internet.example/1")

    copied = duplicate(service, user)

    assert page_address(copied.authority_id, copied.remote_id) == ""


def test_a_long_title_is_cut_to_fit(user):
    copied = duplicate(DigitalServiceFactory(title="x" * 255), user)

    assert copied.title == "x" * 247 + " (copie)"


def test_its_history_begins_with_who_made_it():
    town = Town("Lunel")

    copied = duplicate(town.service(), town.webmestre)

    entries = AuthorityLogEntry.objects.filter(object_id=str(copied.pk))
    assert "wagtail.create" in {entry.action for entry in entries}
    assert {entry.user for entry in entries} == {town.webmestre}
    assert not ModelLogEntry.objects.filter(object_id=str(copied.pk)).exists()
