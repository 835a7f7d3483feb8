"""A town transmits to a registry: what is live, complete and counted stands there, no more."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.labels.models import Award, Edition
from wagtail_villes_internet.registry.types import RemoteAward, RemoteEdition
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Declaration, SyncRun
from wagtail_villes_internet.sync.runner import run

from .conftest import retitle

State = Declaration.State


def test_what_is_live_complete_and_counted_is_declared(engine):
    engine.service(title="Payer la cantine")
    engine.service(title="Pare-feu", public=False)
    engine.service(title="Borne à venir", status="planned")
    engine.service(title="Brouillon", live=False)
    engine.service(title="Hors dossier", counted=False)
    engine.service(title="Sans thème", references=[])

    result = engine.run()

    assert result.is_done
    assert result.tally.declared == 3
    assert sorted(engine.there().values()) == ["Borne à venir", "Pare-feu", "Payer la cantine"]


def test_a_second_run_asks_one_thing_and_leaves_no_row(engine):
    service = engine.service()
    engine.run()
    engine.run()  # reads its own echo
    rows = engine.journal.count()
    last_run = engine.link.last_run_at
    engine.requests()

    assert engine.run().is_done

    assert engine.requests() == [("summary", engine.siren)]
    assert engine.journal.count() == rows == 1
    assert engine.link.last_run_at > last_run
    assert engine.state(service) == State.SENT


def test_one_edit_costs_two_requests_and_its_echo_two(engine):
    service = engine.service()
    engine.run()
    engine.run()
    engine.requests()

    retitle(service, "Autre titre")
    assert engine.run().tally.declared == 1
    assert [call[0] for call in engine.requests()] == ["summary", "put"]
    assert engine.there() == {service.remote_id: "Autre titre"}

    engine.run()
    assert [call[0] for call in engine.requests()] == ["summary", "feed"]
    engine.run()
    assert [call[0] for call in engine.requests()] == ["summary"]


@pytest.mark.parametrize(
    "leave",
    [
        lambda service: service.unpublish(),
        lambda service: service.delete(),
        lambda service: DigitalService.objects.filter(pk=service.pk).delete(),
        lambda service: DigitalService.objects.filter(pk=service.pk).update(live=False),
        lambda service: DigitalService.objects.filter(pk=service.pk).update(counted=False),
        lambda service: service.reference_services.clear() or service.save(),
    ],
    ids=["unpublish", "delete", "bulk delete", "bulk unpublish", "not counted", "incomplete"],
)
def test_whatever_takes_a_service_away_withdraws_it(engine, leave):
    service, other = engine.service(), engine.service()
    engine.run()

    leave(service)
    result = engine.run()

    assert result.is_done
    assert result.tally.withdrawn == 1
    assert set(engine.there()) == {other.remote_id}
    declaration = Declaration.objects.exclude(remote_id=other.remote_id).get()
    assert declaration.state == State.WITHDRAWN
    assert declaration.acknowledged is None


def test_a_draft_changes_nothing_at_the_registry(engine):
    service = engine.service(title="En ligne")
    engine.run()

    service.title = "Brouillon"
    service.save_revision()
    engine.run()

    assert engine.there() == {service.remote_id: "En ligne"}


def test_a_service_past_its_end_stays_until_it_is_unpublished(engine):
    service = engine.service(expire_at=timezone.now() - timedelta(hours=1))
    engine.run()
    assert engine.there()

    service.unpublish(set_expired=True)
    engine.run()
    assert not engine.there()


def test_a_service_published_again_after_its_withdrawal_is_declared_again(engine):
    service = engine.service()
    engine.run()
    service.unpublish()
    engine.run()

    service.save_revision().publish()
    result = engine.run()

    assert result.is_done
    assert set(engine.there()) == {service.remote_id}
    assert engine.state(service) == State.SENT


def test_the_translations_of_a_service_are_one_declaration(engine):
    french = engine.service(title="Payer la cantine")
    english = Locale.objects.create(language_code="en")
    DigitalServiceFactory(
        authority=engine.authority,
        title="Pay for meals",
        locale=english,
        translation_key=french.translation_key,
    )

    engine.run()

    assert engine.there() == {french.remote_id: "Payer la cantine"}


def test_a_service_that_only_exists_in_another_language_is_declared_from_it(engine):
    english = Locale.objects.create(language_code="en")
    service = engine.service(title="Pay for meals", locale=english)

    engine.run()

    assert engine.there() == {service.remote_id: "Pay for meals"}


def test_another_town_is_left_alone(engine):
    DigitalServiceFactory(title="À la voisine")
    mine = engine.service(title="À nous")
    engine.run()
    assert engine.there() == {mine.remote_id: "À nous"}


def test_editions_and_awards_come_with_the_run(engine):
    engine.registry.set_editions(
        [RemoteEdition(2030, 31, None, None, date(2030, 2, 1), "Paris", 200, "published")]
    )
    engine.registry.set_awards(
        engine.siren, [RemoteAward("a1", 2030, "labelled", 4, (), "https://example.org/2030")]
    )

    engine.run()

    award = Award.objects.get(authority=engine.authority)
    assert (award.edition.year, award.level, award.confirmed) == (2030, 4, True)
    assert Edition.objects.get(year=2030).place == "Paris"
    engine.requests()
    engine.run()
    assert [call[0] for call in engine.requests()] == ["summary"]


def test_what_is_shared_is_read_once_for_all_the_towns(engine):
    neighbour = AuthorityFactory()
    engine.registry.add_authority(neighbour.siren)
    engine.run()
    engine.requests()

    run(neighbour, engine.registry)

    assert [call[0] for call in engine.requests()] == ["summary", "awards"]


def test_what_a_run_did_is_in_the_journal(engine):
    engine.service()
    engine.service()
    engine.run()
    run = engine.journal.get()
    assert run.outcome == SyncRun.Outcome.DONE
    assert (run.declared, run.withdrawn, run.left) == (2, 0, 0)
    assert run.finished_at >= run.started_at
    assert engine.link.last_success_at is not None


def test_queries_do_not_grow_with_the_services(engine):
    def idle_queries():
        engine.run()
        engine.run()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert engine.run().is_done
        return len(captured)

    engine.service()
    small = idle_queries()
    for _ in range(30):
        engine.service()
    assert idle_queries() == small


def test_a_feed_of_many_pages_is_read_to_what_the_summary_said(engine):
    engine.services(250)
    engine.run()
    engine.requests()

    engine.run()

    assert [call[0] for call in engine.requests()] == ["summary", "feed", "feed", "feed"]
    assert engine.link.sequence == 250


def test_what_was_taken_as_it_was_sent_has_nothing_to_say(engine):
    service = engine.service()
    engine.run()

    row = engine.declaration(service)
    assert (row.message, row.problems, row.rejected_hash) == ("", [], "")
