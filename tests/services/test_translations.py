"""A service in several languages is one service; translating it puts nothing online."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale

from tests.factories import Town
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.association_pages import keep_page_address, page_address
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db


@pytest.fixture
def english():
    return Locale.objects.create(language_code="en")


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def cantine(lunel):
    """A service online, with every mark that being online leaves on a row."""
    service = lunel.service(
        title="Cantine",
        audiences=["families"],
        references=["p-rdv-titres", "p-formulaires"],
        expire_at=timezone.now() + timedelta(days=30),
        locked=True,
        locked_by=lunel.webmestre,
        locked_at=timezone.now(),
    )
    service.save_revision().publish()
    return DigitalService.objects.get(pk=service.pk)


def translated(service, locale) -> DigitalService:
    service.copy_for_translation(locale).save()
    return service.get_translation(locale)


def test_the_translation_of_what_is_online_is_a_draft(cantine, english):
    draft = translated(cantine, english)

    assert not draft.live
    assert draft.status_string == "brouillon"
    assert (draft.live_revision, draft.latest_revision) == (None, None)
    assert (draft.first_published_at, draft.last_published_at) == (None, None)
    assert (draft.go_live_at, draft.expire_at, draft.expired) == (None, None, False)
    assert (draft.locked, draft.locked_by, draft.locked_at) == (False, None, None)


def test_nor_does_it_put_online_what_only_a_draft_says(cantine, english):
    cantine.title = "Cantine, demain"
    cantine.save_revision(clean=False)

    draft = translated(DigitalService.objects.get(pk=cantine.pk), english)

    assert draft.title == "Cantine, demain"
    assert list(DigitalService.objects.live()) == [cantine]
    assert DigitalService.objects.live().get().title == "Cantine"


def test_a_schedule_is_not_translated(lunel, english):
    service = lunel.service(live=False, go_live_at=timezone.now() + timedelta(days=1))
    service.save_revision().publish()

    draft = translated(DigitalService.objects.get(pk=service.pk), english)

    assert draft.go_live_at is None
    assert not draft.approved_schedule
    assert not draft.revisions.exists()


def test_it_is_the_same_service_of_the_same_authority(cantine, english):
    draft = translated(cantine, english)

    assert draft.pk != cantine.pk
    assert draft.remote_id == cantine.remote_id
    assert draft.authority == cantine.authority
    assert draft.locale == english
    assert draft.audiences == ["families"]
    assert {row.code for row in draft.reference_services.all()} == {"p-rdv-titres", "p-formulaires"}


def test_what_is_changed_in_one_language_stays_as_it_is_in_the_other(cantine, english):
    draft = translated(cantine, english)

    draft.audiences.append("youth")
    draft.reference_services.set(ReferenceService.objects.filter(code="p-rdv-titres"))
    draft.save()

    original = DigitalService.objects.get(pk=cantine.pk)
    assert original.audiences == ["families"]
    assert original.reference_services.count() == 2


def test_its_page_on_the_associations_site_is_shared(cantine, english):
    address = "https://association.example/action/1"
    keep_page_address(cantine.authority, cantine.remote_id, address)

    draft = translated(cantine, english)

    assert page_address(draft.authority_id, draft.remote_id) == address


def test_it_goes_online_when_somebody_publishes_it(cantine, english):
    draft = translated(cantine, english)

    draft.title = "School meals"
    draft.save_revision().publish()

    assert {service.title for service in DigitalService.objects.live()} == {
        "Cantine",
        "School meals",
    }
