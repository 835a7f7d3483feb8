"""A field of a live service changed by an editor's act: live version and open draft alike."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests.factories import Town, UserFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.changing import change_live
from wagtail_villes_internet.services.errors import (
    ChangeRefused,
    InWorkflow,
    Locked,
    NotLive,
    NotValid,
    Scheduled,
)
from wagtail_villes_internet.services.models import DigitalService

from .reviews import start_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def published(lunel):
    """A service published from its form, as editors do."""
    service = lunel.service(title="Cantine", summary="Au guichet")
    service.save_revision(user=lunel.webmestre).publish(user=lunel.webmestre)
    return DigitalService.objects.get(pk=service.pk)


def draft(service, **fields):
    """Save a draft with those fields over the latest version."""
    latest = service.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(latest, name, value)
    latest.save_revision(clean=False)
    return DigitalService.objects.get(pk=service.pk)


def test_the_live_version_is_changed_by_a_revision_that_is_published(published, lunel):
    changed = change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    assert changed.title == "Cantine en ligne"
    assert changed.summary == "Au guichet"
    assert changed.live
    assert not changed.has_unpublished_changes
    assert changed.live_revision_id == changed.latest_revision_id
    assert changed.live_revision_id != published.live_revision_id
    assert changed.live_revision.user == lunel.webmestre


def test_it_is_in_the_history_as_any_edit_that_is_published(published, lunel):
    change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    done = AuthorityLogEntry.objects.for_instance(published).filter(user=lunel.webmestre)
    assert {"wagtail.edit", "wagtail.publish"} <= set(done.values_list("action", flat=True))


def test_an_open_draft_keeps_its_changes_and_gets_the_value_as_well(published, lunel):
    published = draft(published, summary="Brouillon de résumé")

    changed = change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    assert (changed.title, changed.summary) == ("Cantine en ligne", "Au guichet")
    assert changed.has_unpublished_changes
    latest = changed.get_latest_revision_as_object()
    assert (latest.title, latest.summary) == ("Cantine en ligne", "Brouillon de résumé")


def test_publishing_the_draft_afterwards_does_not_undo_it(published, lunel):
    published = draft(published, summary="Brouillon de résumé")
    changed = change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    changed.latest_revision.publish()

    live = DigitalService.objects.get(pk=published.pk)
    assert (live.title, live.summary) == ("Cantine en ligne", "Brouillon de résumé")
    assert not live.has_unpublished_changes


def test_reference_services_are_changed_in_both(published, lunel):
    published = draft(published, summary="Brouillon de résumé")
    other = ReferenceService.objects.exclude(code="p-rdv-titres").first()

    changed = change_live(published, {"reference_services": [other]}, lunel.webmestre)

    assert list(changed.reference_services.all()) == [other]
    latest = changed.get_latest_revision_as_object()
    assert list(latest.reference_services.all()) == [other]


def test_a_draft_that_is_half_done_hinders_nothing(published, lunel):
    published = draft(published, title="")

    changed = change_live(published, {"summary": "En ligne"}, lunel.webmestre)

    assert changed.summary == "En ligne"
    assert changed.get_latest_revision_as_object().title == ""


def test_a_row_without_any_revision_gets_its_first(lunel):
    service = lunel.service(title="Cantine")

    changed = change_live(service, {"title": "Cantine en ligne"}, lunel.webmestre)

    assert changed.title == "Cantine en ligne"
    assert changed.revisions.count() == 1
    assert not changed.has_unpublished_changes


def test_an_expiry_to_come_is_kept(published, lunel):
    expiry = timezone.now() + timedelta(days=30)
    DigitalService.objects.filter(pk=published.pk).update(expire_at=expiry)

    changed = change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    assert changed.expire_at == expiry


def lock(service):
    service.locked, service.locked_at = True, timezone.now()
    service.save()


def schedule(service):
    service.go_live_at = timezone.now() + timedelta(days=1)
    service.save_revision().publish()


def date_without_schedule(service):
    go_live_at = timezone.now() + timedelta(days=1)
    DigitalService.objects.filter(pk=service.pk).update(go_live_at=go_live_at)


def unpublish(service):
    service.unpublish()


@pytest.mark.parametrize(
    ("hinder", "refusal"),
    [
        (lock, Locked),
        (schedule, Scheduled),
        (date_without_schedule, Scheduled),
        (unpublish, NotLive),
    ],
)
def test_it_is_refused_and_nothing_is_written(published, lunel, hinder, refusal):
    hinder(published)
    before = DigitalService.objects.filter(pk=published.pk).values().get()

    with pytest.raises(refusal) as refused:
        change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    assert str(refused.value)
    assert DigitalService.objects.filter(pk=published.pk).values().get() == before
    assert published.revisions.count() == (2 if hinder is schedule else 1)


def test_whoever_locked_it_may_change_it(published, lunel):
    published.locked_by = lunel.webmestre
    lock(published)

    assert change_live(published, {"title": "A"}, lunel.webmestre).title == "A"
    with pytest.raises(Locked):
        change_live(published, {"title": "B"}, UserFactory())


def test_it_is_refused_while_the_author_has_changes_to_make(published, lunel):
    state = start_review(published, lunel.referent)
    state.current_task_state.reject(user=lunel.webmestre)

    with pytest.raises(InWorkflow):
        change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)


def test_it_is_refused_during_a_workflow_and_no_longer_after_it(published, lunel):
    state = start_review(published, lunel.referent)

    with pytest.raises(InWorkflow):
        change_live(published, {"title": "Cantine en ligne"}, lunel.webmestre)

    state.cancel(user=lunel.referent)
    assert change_live(published, {"title": "A"}, lunel.webmestre).title == "A"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "pas une adresse"}, "Adresse Internet"),
        ({"title": "x" * 256}, "Titre"),
        ({"summary": "x" * 501}, "500"),
        ({"audiences": ["martians"]}, "Pour qui"),
        ({"reference_services": []}, "service de référence"),
    ],
)
def test_a_value_that_the_service_does_not_take_is_refused(published, lunel, values, reason):
    with pytest.raises(NotValid, match=reason):
        change_live(published, values, lunel.webmestre)

    assert published.revisions.count() == 1
    live = DigitalService.objects.get(pk=published.pk)
    assert (live.title, live.url, live.audiences) == ("Cantine", "", [])
    assert live.reference_services.count() == 1


def test_it_takes_the_right_to_publish(published, lunel):
    with pytest.raises(PermissionDenied):
        change_live(published, {"title": "Cantine en ligne"}, lunel.referent)

    assert DigitalService.objects.get(pk=published.pk).title == "Cantine"


def test_every_refusal_is_of_one_family():
    assert all(
        issubclass(refusal, ChangeRefused)
        for refusal in (InWorkflow, Locked, NotLive, NotValid, Scheduled)
    )
