"""A service published, unpublished or changed as a draft outside its form."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import Town, UserFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.services.changing import (
    change_draft,
    obstacles,
    publish_latest,
    take_offline,
)
from wagtail_villes_internet.services.errors import (
    AlreadyPublished,
    Expired,
    InWorkflow,
    Locked,
    NotLive,
    NotValid,
    Scheduled,
)
from wagtail_villes_internet.services.models import DigitalService

from .reviews import start_review

pytestmark = pytest.mark.django_db

SOON, LONG_AGO = timedelta(days=1), timedelta(days=-1)


@pytest.fixture
def lunel():
    return Town("Lunel")


def actions(service) -> list[str]:
    entries = AuthorityLogEntry.objects.for_instance(service).order_by("pk")
    return list(entries.values_list("action", flat=True))


def draft(service, **fields):
    latest = service.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(latest, name, value)
    latest.save_revision(clean=False)
    return DigitalService.objects.get(pk=service.pk)


class TestPublishing:
    def test_puts_the_latest_version_online_and_says_so_in_the_history(self, lunel):
        service = draft(lunel.service(title="Cantine", live=False), title="Cantine en ligne")

        publish_latest(service, lunel.webmestre)

        service.refresh_from_db()
        assert (service.live, service.title) == (True, "Cantine en ligne")
        assert not service.has_unpublished_changes
        assert actions(service)[-1] == "wagtail.publish"

    def test_takes_a_service_that_has_no_version_yet(self, lunel):
        service = lunel.service(title="Cantine", live=False)

        publish_latest(service, lunel.webmestre)

        service.refresh_from_db()
        assert service.live
        assert service.live_revision.user == lunel.webmestre

    @pytest.mark.parametrize(
        ("fields", "refusal", "reason"),
        [
            ({"reference_services": []}, NotValid, "service de référence"),
            ({"title": ""}, NotValid, "Titre"),
            ({"latitude": "43.67"}, NotValid, "vont ensemble"),
            ({"go_live_at": timezone.now() + SOON}, Scheduled, "programmée"),
            ({"expire_at": timezone.now() + LONG_AGO}, Expired, "passée"),
        ],
    )
    def test_is_refused_for_what_the_form_would_not_publish_now(
        self, lunel, fields, refusal, reason
    ):
        service = draft(lunel.service(live=False), **fields)

        with pytest.raises(refusal, match=reason):
            publish_latest(service, lunel.webmestre)

        service.refresh_from_db()
        assert not service.live
        assert service.revisions.count() == 1

    def test_is_refused_where_there_is_nothing_new(self, lunel):
        with pytest.raises(AlreadyPublished):
            publish_latest(lunel.service(), lunel.webmestre)

    def test_takes_the_right_to_publish(self, lunel):
        service = lunel.service(live=False)

        with pytest.raises(PermissionDenied):
            publish_latest(service, lunel.referent)

        service.refresh_from_db()
        assert not service.live


class TestTakingOffline:
    def test_unpublishes_and_says_so_in_the_history(self, lunel):
        service = lunel.service()

        take_offline(service, lunel.webmestre)

        service.refresh_from_db()
        assert not service.live
        assert actions(service) == ["wagtail.unpublish"]

    def test_is_refused_where_it_is_offline(self, lunel):
        with pytest.raises(NotLive):
            take_offline(lunel.service(live=False), lunel.webmestre)

    def test_takes_the_right_to_publish(self, lunel):
        service = lunel.service()

        with pytest.raises(PermissionDenied):
            take_offline(service, lunel.referent)

        service.refresh_from_db()
        assert service.live


class TestChangingADraft:
    def test_changes_nothing_online(self, lunel):
        service = draft(lunel.service(title="Cantine"), summary="Brouillon de résumé")

        change_draft(service, {"title": "Cantine en ligne"}, lunel.referent)

        service.refresh_from_db()
        latest = service.get_latest_revision_as_object()
        assert (service.title, service.summary) == ("Cantine", "")
        assert (latest.title, latest.summary) == ("Cantine en ligne", "Brouillon de résumé")
        assert service.latest_revision.user == lunel.referent
        assert actions(service)[-1] == "wagtail.edit"


class TestWhatStandsInTheWay:
    def test_is_said_of_each(self, lunel):
        free, own = lunel.service(), lunel.service(locked=True, locked_by=lunel.webmestre)
        locked = lunel.service(locked=True, locked_by=UserFactory())
        scheduled, reviewed = lunel.service(), lunel.service()
        scheduled.go_live_at = timezone.now() + SOON
        scheduled.save_revision().publish()
        start_review(reviewed, lunel.referent)

        found = obstacles([free, own, locked, scheduled, reviewed], lunel.webmestre)

        assert {pk: type(refusal) for pk, refusal in found.items()} == {
            locked.pk: Locked,
            scheduled.pk: Scheduled,
            reviewed.pk: InWorkflow,
        }

    @pytest.mark.parametrize("act", [publish_latest, take_offline])
    def test_keeps_it_as_it_is(self, lunel, act):
        service = draft(lunel.service(locked=True), title="Autre")

        with pytest.raises(Locked):
            act(service, lunel.webmestre)

        service.refresh_from_db()
        assert (service.live, service.has_unpublished_changes) == (True, True)

    def test_is_asked_in_as_many_queries_for_many_as_for_few(self, lunel):
        def count(services) -> int:
            with CaptureQueriesContext(connection) as queries:
                obstacles(services, lunel.webmestre)
            return len(queries)

        many = [lunel.service() for _ in range(12)]
        count(many)

        assert count(many) == count(many[:1]) == 2

    def test_a_host_without_workflows_is_not_held_up_by_an_old_one(self, lunel, settings):
        service = lunel.service()
        start_review(service, lunel.referent)
        settings.WAGTAIL_WORKFLOW_ENABLED = False

        assert obstacles([service], lunel.webmestre) == {}
