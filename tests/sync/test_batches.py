"""Many writes in one request: cut, answered one by one, halved around what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.sync.models import Attempt, Declaration

from .conftest import retitle

State = Declaration.State


def sent(engine):
    """How many operations each batch or single write had, in order."""
    calls = [call for call in engine.requests() if call[0] in ("batch", "put", "delete")]
    return [len(call) - 2 for call in calls]


@pytest.fixture
def poisoned(engine, monkeypatch):
    """The registry refuses, whole, any request that has a service titled « Poison »."""

    def poison(error):
        batch, write = engine.registry.batch, engine.registry.write

        def is_poison(attempts):
            return any('"Poison"' in (attempt.body or "") for attempt in attempts)

        def judged(siren, attempts):
            if is_poison(attempts):
                engine.registry.store.calls.append(("batch", siren, *(a.id for a in attempts)))
                raise error
            return batch(siren, attempts)

        def judged_alone(siren, attempt):
            if is_poison([attempt]):
                engine.registry.store.calls.append((attempt.operation, siren, attempt.id))
                raise error
            return write(siren, attempt)

        monkeypatch.setattr(engine.registry, "batch", judged)
        monkeypatch.setattr(engine.registry, "write", judged_alone)

    return poison


def test_a_first_push_is_one_request_for_a_hundred_services(engine):
    engine.services(103)

    result = engine.run()

    assert result.is_done
    assert result.tally.declared == 103
    assert sent(engine) == [100, 3]
    assert len(engine.there()) == 103


def test_a_batch_is_cut_by_octets_too(engine):
    # Some 61 kB each: seventeen fit into one mebibyte.
    for number in range(20):
        engine.service(description=f"<p>{number}{'€' * 19_990}</p>")

    assert engine.run().is_done

    assert sent(engine) == [17, 3]


def test_withdrawals_and_replacements_share_a_batch(engine):
    first, second, _third = engine.service(), engine.service(), engine.service()
    engine.run()
    engine.requests()

    retitle(first, "Autre titre")
    second.delete()
    result = engine.run()

    assert result.is_done
    assert sent(engine) == [2]
    assert sorted(engine.there()) == sorted([first.remote_id, _third.remote_id])


def test_the_acknowledgements_of_one_answer_are_written_in_one_transaction(engine):
    def transactions(services):
        engine.run()
        engine.services(services)
        with CaptureQueriesContext(connection) as queries:
            assert engine.run().tally.declared == services
        return sum(query["sql"].startswith("SAVEPOINT") for query in queries)

    assert transactions(5) == transactions(80)


def test_an_answer_lost_to_a_batch_is_asked_for_again_one_by_one(engine):
    services = [engine.service() for _ in range(3)]
    engine.registry.lose_next_answer()
    assert not engine.run().is_done
    keys = set(Attempt.objects.values_list("key", flat=True))
    engine.requests()

    assert engine.run().is_done

    assert sent(engine) == [1, 1, 1]
    assert set(Attempt.objects.values_list("key", flat=True)) == keys
    assert {engine.state(service) for service in services} == {State.SENT}


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_batch_refused_whole_is_halved_down_to_the_one_at_fault(engine, poisoned, status):
    services = [engine.service() for _ in range(7)]
    poison = engine.service(title="Poison")
    poisoned(errors.Rejected(status))

    result = engine.run()

    assert not result.is_done
    assert engine.state(poison) == State.REJECTED
    assert {engine.state(service) for service in services} == {State.SENT}
    assert max(sent(engine)) == 8


def test_a_service_refused_in_a_batch_is_asked_about_alone(engine, monkeypatch):
    good = engine.service()
    bad = engine.service(references=["p-rdv-titres"])
    write = engine.registry._write

    def judged(town, siren, attempt):
        if attempt.id == bad.remote_id:
            raise errors.Rejected(422, epoch=engine.registry.store.epoch)
        return write(town, siren, attempt)

    monkeypatch.setattr(engine.registry, "_write", judged)
    engine.run()

    assert engine.state(good) == State.SENT
    assert engine.state(bad) == State.REJECTED
    assert sent(engine) == [2, 1]


def test_one_that_the_registry_puts_off_is_sent_later_and_the_others_are_settled(
    engine, monkeypatch
):
    good, late = engine.service(), engine.service()
    write = engine.registry._write

    def busy(town, siren, attempt):
        if attempt.id == late.remote_id:
            raise errors.Busy(30)
        return write(town, siren, attempt)

    monkeypatch.setattr(engine.registry, "_write", busy)
    engine.run()
    assert engine.state(good) == State.SENT
    assert engine.state(late) == State.TO_SEND

    monkeypatch.setattr(engine.registry, "_write", write)
    assert engine.run().is_done


def test_a_service_changed_by_an_agent_is_read_and_not_overwritten(engine):
    one, other = engine.service(title="Un"), engine.service(title="Deux")
    engine.run()
    engine.run()
    retitle(one, "Un, du site")
    retitle(other, "Deux, du site")
    batch = engine.registry.batch

    def raced(siren, attempts):
        engine.registry.batch = batch
        engine.registry.agent_edit(siren, one.remote_id, title="Un, du registre")
        return batch(siren, attempts)

    engine.registry.batch = raced
    engine.run()

    assert engine.there()[one.remote_id] == "Un, du registre"
    assert engine.there()[other.remote_id] == "Deux, du site"
    assert engine.state(one) == State.CONFLICT


def test_a_registry_that_went_away_is_not_tried_for_every_batch(engine, monkeypatch):
    engine.services(450)

    def gone(siren, attempts):
        engine.registry.store.calls.append(("batch", siren, *(one.id for one in attempts)))
        raise errors.Unreachable

    monkeypatch.setattr(engine.registry, "batch", gone)
    result = engine.run()

    assert isinstance(result.error, errors.Unreachable)
    assert sent(engine) == [100, 100, 100]
    assert Attempt.objects.count() == 300


def test_the_longest_delay_asked_for_in_a_batch_is_kept(engine, fixed_clock, monkeypatch):
    first, second, third = sorted(
        (engine.service() for _ in range(3)), key=lambda one: one.remote_id
    )
    write = engine.registry._write

    def busy(town, siren, attempt):
        if attempt.id == second.remote_id:
            raise errors.Busy(600)
        if attempt.id == third.remote_id:
            raise errors.Busy()
        return write(town, siren, attempt)

    monkeypatch.setattr(engine.registry, "_write", busy)
    engine.run()

    assert engine.state(first) == State.SENT
    assert (engine.link.retry_at - fixed_clock.now).total_seconds() == 600
