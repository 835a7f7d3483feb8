"""Whatever the registry answers, nothing is lost, doubled or forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.errors import EpochChanged
from wagtail_villes_internet.sync.models import Attempt, Declaration, SyncRun

from .conftest import retitle, site_matrix

State = Declaration.State


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """A registry without batches, so that each write meets its own fault."""
    monkeypatch.setattr(MemoryRegistry, "supports_batch", False)


@pytest.fixture
def writes(engine, monkeypatch):
    """Every write as the registry received it, lost answers included."""
    received = []
    write = engine.registry.write

    def note(siren, attempt):
        received.append(attempt)
        return write(siren, attempt)

    monkeypatch.setattr(engine.registry, "write", note)
    return received


def fail_writes(engine, monkeypatch, error, when=lambda attempt: True):
    """Answer the writes that `when` names with that error, and do nothing; call it to stop."""
    write = engine.registry.write

    def failing(siren, attempt):
        if when(attempt):
            engine.registry.store.calls.append((attempt.operation, siren, attempt.id))
            raise error
        return write(siren, attempt)

    monkeypatch.setattr(engine.registry, "write", failing)
    return lambda: monkeypatch.setattr(engine.registry, "write", write)


def test_a_lost_answer_is_sent_again_unchanged(engine, writes):
    service = engine.service()
    engine.registry.lose_next_answer()
    result = engine.run()
    assert not result.is_done
    assert engine.state(service) == State.TO_SEND

    assert engine.run().is_done

    first, second = writes
    assert first == second
    assert len(engine.there()) == 1
    assert engine.state(service) == State.SENT
    assert engine.attempts.count() == 1


def test_a_write_that_never_arrived_is_sent_again_unchanged(engine, monkeypatch, writes):
    engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.Unreachable())
    engine.run()
    key = engine.attempts.get().key
    work_again()

    assert engine.run().is_done

    assert [attempt.key for attempt in writes] == [key]
    assert len(engine.there()) == 1


def test_the_lost_write_goes_out_before_a_newer_one(engine, writes):
    service = engine.service(title="Premier titre")
    engine.registry.lose_next_answer()
    engine.run()
    retitle(service, "Second titre")

    assert engine.run().is_done

    first, again, newer = writes
    assert first == again
    assert newer.if_match
    assert engine.there() == {service.remote_id: "Second titre"}


def test_a_service_deleted_after_a_lost_creation_is_withdrawn(engine, writes):
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()
    service.delete()

    assert engine.run().is_done

    assert [attempt.operation for attempt in writes] == ["put", "put", "delete"]
    assert not engine.there()


def test_a_lost_withdrawal_is_sent_again(engine, writes):
    service = engine.service()
    engine.run()
    service.unpublish()
    engine.registry.lose_next_answer()
    engine.run()
    assert engine.state(service) == State.TO_WITHDRAW

    assert engine.run().is_done

    assert writes[1] == writes[2]
    assert engine.state(service) == State.WITHDRAWN


def test_one_service_that_always_fails_does_not_stop_the_others(engine, monkeypatch):
    poisons = [engine.service() for _ in range(4)]
    ids = {poison.remote_id for poison in poisons}
    work_again = fail_writes(
        engine, monkeypatch, errors.Unreachable(), lambda attempt: attempt.id in ids
    )
    others = [engine.service() for _ in range(8)]
    for _ in range(4):
        engine.run()
    assert set(engine.there()) == {other.remote_id for other in others}

    work_again()
    engine.run()
    assert engine.run().is_done
    assert len(engine.there()) == 12


def test_a_registry_that_went_away_is_not_tried_for_every_service(engine, monkeypatch):
    for _ in range(30):
        engine.service()
    fail_writes(engine, monkeypatch, errors.Unreachable())
    result = engine.run()
    assert isinstance(result.error, errors.Unreachable)
    assert engine.attempts.count() == 3
    assert result.plan.left == 30


def test_a_delay_that_the_registry_asks_for_is_kept(engine, monkeypatch, fixed_clock):
    engine.service()
    engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.Busy(90))

    result = engine.run()

    assert isinstance(result.error, errors.Busy)
    assert engine.attempts.count() == 1
    assert (engine.link.retry_at - fixed_clock.now).total_seconds() == 90
    work_again()
    assert engine.run().is_done
    assert engine.link.retry_at is None


@pytest.mark.parametrize("error", [errors.Unauthorized(), errors.Forbidden()])
def test_a_refused_token_is_next_tried_in_an_hour(engine, fixed_clock, error):
    engine.registry.fail_next(error)
    engine.run()
    assert (engine.link.retry_at - fixed_clock.now).total_seconds() == 3600


def test_failures_in_a_row_are_counted_and_are_one_row_of_the_journal(engine):
    engine.service()
    for _ in range(3):
        engine.registry.fail_next(errors.Unreachable())
        assert not engine.run().is_done
    assert engine.link.failures == 3
    assert engine.link.retry_at > engine.link.last_run_at
    row = engine.journal.get()
    assert (row.outcome, row.left) == (SyncRun.Outcome.FAILED, 1)

    assert engine.run().is_done
    assert (engine.link.failures, engine.link.last_error) == (0, "")


@pytest.mark.parametrize(
    "error",
    [errors.Unauthorized(), errors.Forbidden(), errors.RedirectRefused(), errors.NotKnown()],
)
def test_a_refusal_of_the_whole_site_loses_nothing(engine, monkeypatch, error):
    engine.service()
    engine.service()
    work_again = fail_writes(engine, monkeypatch, error)
    result = engine.run()
    assert result.error is error
    assert engine.attempts.count() == 1, "nothing else was tried"

    work_again()
    assert engine.run().is_done
    assert len(engine.there()) == 2


def test_a_refused_service_shows_why_and_waits_for_a_change(engine, monkeypatch, writes):
    service, other = engine.service(), engine.service()
    refusal = errors.Rejected(422, (FieldProblem("/title", "too_long", "255 at most"),))
    work_again = fail_writes(
        engine, monkeypatch, refusal, lambda attempt: attempt.id == service.remote_id
    )
    result = engine.run()
    work_again()

    assert result.plan.left == 1
    assert engine.state(service) == State.REJECTED
    assert engine.declaration(service).problems == [
        {"pointer": "/title", "code": "too_long", "detail": "255 at most"}
    ]
    assert set(engine.there()) == {other.remote_id}
    writes.clear()
    assert engine.run().plan.left == 1
    assert not writes, "not sent again before it changes"

    retitle(service, "Plus court")
    assert engine.run().is_done
    assert engine.state(service) == State.SENT
    assert engine.declaration(service).problems == []


def test_a_key_used_twice_is_shown_and_not_renewed_in_silence(engine, monkeypatch, writes):
    service = engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.KeyReused())
    engine.run()
    work_again()
    engine.run()
    assert not writes
    assert engine.state(service) == State.REJECTED
    assert engine.declaration(service).message == str(errors.KeyReused())


def test_a_write_being_handled_is_asked_for_again_with_the_same_key(engine, monkeypatch, writes):
    engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.InProgress())
    engine.run()
    key = engine.attempts.get().key
    work_again()
    assert engine.run().is_done
    assert [attempt.key for attempt in writes] == [key]


def test_a_code_that_the_registry_does_not_know_waits_for_its_next_matrix(
    engine, monkeypatch, writes
):
    service = engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.UnknownCode("2025"))
    engine.run()
    work_again()
    assert engine.state(service) == State.UNKNOWN_CODE
    engine.run()
    assert not writes

    engine.registry.set_matrix(site_matrix())
    assert engine.run().is_done
    assert engine.state(service) == State.SENT


def test_it_is_tried_again_too_once_the_site_uses_another_matrix(engine, monkeypatch, writes):
    service = engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.UnknownCode("2025"))
    engine.run()
    work_again()

    Matrix.objects.get(is_current=True).save()

    assert engine.run().is_done
    assert engine.state(service) == State.SENT


def test_a_provisional_code_is_never_sent_to_a_registry_without_it(engine, writes):
    matrix = site_matrix()
    engine.registry.store.matrices.clear()
    engine.registry.set_matrix(replace(matrix, version="autre", axes=matrix.axes[:1]))
    codes = {
        code for code in matrix.codes if code not in replace(matrix, axes=matrix.axes[:1]).codes
    }
    service = engine.service(references=[sorted(codes)[0]])

    result = engine.run()

    assert not writes
    assert result.plan.left == 1
    assert engine.state(service) == State.UNKNOWN_CODE


def test_what_the_registry_alters_is_one_notice_and_no_second_push(engine, monkeypatch):
    service = engine.service()
    write = engine.registry.write
    monkeypatch.setattr(
        engine.registry,
        "write",
        lambda siren, attempt: replace(write(siren, attempt), hash="f" * 64),
    )
    assert engine.run().is_done
    assert engine.declaration(service).message
    assert engine.journal.get().message

    engine.requests()
    engine.run()
    engine.run()
    assert not [call for call in engine.requests() if call[0] == "put"]
    assert engine.journal.count() == 1


def test_another_tag_on_the_same_content_is_taken(engine, writes):
    service = engine.service()
    engine.run()
    engine.run()
    give_another_tag(engine, service)
    retitle(service, "Autre titre")

    assert engine.run().is_done

    assert len(writes) == 3
    assert engine.there() == {service.remote_id: "Autre titre"}


def test_a_tag_that_changes_at_every_reading_is_tried_twice_more_and_said(
    engine, monkeypatch, writes
):
    service = engine.service()
    engine.run()
    engine.run()
    writes.clear()
    read = engine.registry.service

    def read_and_change(siren, id):
        found = read(siren, id)
        give_another_tag(engine, service)
        return found

    monkeypatch.setattr(engine.registry, "service", read_and_change)
    give_another_tag(engine, service)
    retitle(service, "Autre titre")

    result = engine.run()

    assert len(writes) == 3
    assert not result.is_done
    assert result.tally.notes
    assert engine.state(service) == State.TO_SEND


def give_another_tag(engine, service):
    resources = engine.registry.store.towns[engine.siren].resources
    found = resources[service.remote_id]
    resources[service.remote_id] = replace(found, etag=engine.registry.store.tag())


def test_a_write_that_a_412_denied_but_that_stands_there_is_acknowledged(engine, monkeypatch):
    """The registry forgot its keys (30 days): the same attempt meets its own effect."""
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()
    engine.registry.store.towns[engine.siren].answers.clear()

    assert engine.run().is_done

    assert engine.state(service) == State.SENT
    assert len(engine.there()) == 1


def test_a_lost_attempt_older_than_the_keys_is_looked_up_not_sent(engine, writes):
    service, never = engine.service(), engine.service()
    engine.registry.lose_next_answer(2)
    engine.run()
    engine.registry.store.towns[engine.siren].answers.clear()
    gone = engine.registry.store.towns[engine.siren].resources
    del gone[never.remote_id]
    Attempt.objects.update(created_at=timezone.now() - timedelta(days=31))
    writes.clear()

    assert engine.run().is_done

    assert [attempt.id for attempt in writes] == [never.remote_id]
    assert set(engine.there()) == {service.remote_id, never.remote_id}


def test_a_lost_write_that_is_refused_when_sent_again_may_have_been_taken(engine, monkeypatch):
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()
    fail_writes(engine, monkeypatch, errors.Rejected(413))

    assert engine.run().is_done
    assert engine.state(service) == State.SENT


def test_a_lost_write_that_never_arrived_and_is_refused_is_refused(engine, monkeypatch):
    service = engine.service()
    work_again = fail_writes(engine, monkeypatch, errors.Unreachable())
    engine.run()
    work_again()
    fail_writes(engine, monkeypatch, errors.Rejected(413))
    assert engine.run().plan.left == 1
    assert engine.state(service) == State.REJECTED


def test_a_lost_write_that_is_refused_after_somebody_withdrew_it_is_a_conflict(engine, monkeypatch):
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()

    def withdrawn_meanwhile(siren, attempt):
        engine.registry.agent_delete(siren, attempt.id)
        raise errors.Rejected(413)

    with monkeypatch.context() as patched:
        patched.setattr(engine.registry, "write", withdrawn_meanwhile)
        engine.run()
    retitle(service, "Autre titre")
    assert engine.run().plan.left == 1
    assert engine.state(service) == State.CONFLICT
    assert not engine.there()


def test_nothing_more_is_sent_once_an_answer_shows_a_restored_registry(engine, monkeypatch, writes):
    for _ in range(3):
        engine.service()
    engine.run()
    engine.run()
    writes.clear()
    for service in DigitalService.objects.all():
        retitle(service, f"{service.title} bis")
    restore = engine.registry.backup()
    write = engine.registry.write

    def restored(siren, attempt):
        restore()
        return write(siren, attempt)

    monkeypatch.setattr(engine.registry, "write", restored)
    result = engine.run()
    assert isinstance(result.error, EpochChanged)
    assert len(writes) == 1


def test_an_attempt_is_stored_before_it_is_sent(engine, monkeypatch):
    engine.service()
    stored = []
    write = engine.registry.write

    def look(siren, attempt):
        row = engine.attempts.get(key=attempt.key)
        stored.append((row.body, row.if_match, row.answered_at))
        return write(siren, attempt)

    monkeypatch.setattr(engine.registry, "write", look)
    engine.run()
    (body, if_match, answered_at), *_ = stored
    assert body.startswith('{"audiences"')
    assert (if_match, answered_at) == ("", None)
