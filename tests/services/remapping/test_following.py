"""Drafts, schedules, old versions and copies follow the matrix in use; nothing is left silently."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import Town
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.remapping.deciding import choose
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .versions import attach, codes, themes_of, use, use_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    use("1", t=["a", "b"])
    return Town("Lunel")


def published(town, *attached):
    """A service with a version in its history."""
    service = town.service(title="Cantine", references=attached)
    service.save_revision().publish()
    service.refresh_from_db()
    return service


def restore(service, revision):
    """« Publier cette version » of the history."""
    revision.publish()
    service.refresh_from_db()


def test_an_open_draft_follows(town):
    service = published(town, "a")
    service.title = "Cantine et goûter"
    service.save_revision()

    use("2", t={"a2": ["a"]})
    DigitalService.objects.get().latest_revision.publish()

    assert codes(service) == ["a2"]
    assert themes_of(town.authority) == {"t": ["Cantine et goûter"]}


def test_a_scheduled_publication_follows(town):
    service = published(town, "a")
    service.go_live_at = timezone.now() + timedelta(hours=1)
    service.title = "Demain"
    revision = service.save_revision()
    revision.publish()
    use("2", t={"a2": ["a"]})
    an_hour_later(revision)

    call_command("publish_scheduled")

    assert codes(service) == ["a2"]
    assert themes_of(town.authority) == {"t": ["Demain"]}


def an_hour_later(revision):
    before = timezone.now() - timedelta(minutes=1)
    content = {**revision.content, "go_live_at": before.isoformat()}
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=before, content=content
    )


def test_an_old_version_follows_what_was_chosen_for_this_very_service(town):
    service = published(town, "a")
    first = service.latest_revision
    use("2", t={"a1": ["a"], "a2": ["a"]})
    choose(town.authority, {(service.remote_id, "a"): ["a2"]}, town.webmestre)

    restore(service, first)

    assert codes(service) == ["a2"]


def test_an_old_version_that_leads_nowhere_stays_as_it_was_and_is_asked(town):
    service = published(town, "a")
    first = service.latest_revision
    service.refresh_from_db()
    use("2", t=["b"])
    choose(town.authority, {(service.remote_id, "a"): ["b"]}, town.webmestre)
    use("3", t=["c"])

    restore(service, first)

    assert codes(service) == ["a"]
    assert [one.old.code for one in waiting_of(town.authority)] == ["a"]


def test_what_was_left_out_stays_out_of_an_old_version(town):
    service = published(town, "a", "b")
    both = service.latest_revision
    use("2", t=["b"])
    choose(town.authority, {(service.remote_id, "a"): []}, town.webmestre)

    restore(service, both)

    assert codes(service) == ["b"]


def test_but_an_old_version_that_held_nothing_else_keeps_it_and_is_asked(town):
    service = published(town, "a")
    alone = service.latest_revision
    attach(service, "a", "b")
    use("2", t=["b"])
    choose(town.authority, {(service.remote_id, "a"): []}, town.webmestre)

    restore(service, alone)

    assert codes(service) == ["a"]
    assert [one.old.code for one in waiting_of(town.authority)] == ["a"]


def test_a_draft_made_under_the_newer_version_is_published_under_the_earlier_one(town):
    service = published(town, "a")
    use("2", t={"a2": ["a"]})
    service = DigitalService.objects.get()
    service.title = "Modifié"
    draft = service.save_revision()
    use_again("1")

    restore(service, draft)

    assert codes(service) == ["a"]


def test_without_any_change_of_matrix_reading_a_version_asks_nothing_more(town):
    content = published(town, "a").latest_revision.content

    def queries(read):
        service = DigitalService.objects.get()
        with CaptureQueriesContext(connection) as captured:
            read(service)
        return len(captured)

    assert queries(lambda service: service.with_content_json(content)) == queries(
        lambda service: super(DigitalService, service).with_content_json(content)
    )
