"""One runner at a time, and none that waits for a dead one."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from wagtail_villes_internet.sync import clock, lease
from wagtail_villes_internet.sync.errors import LeaseLost
from wagtail_villes_internet.sync.models import Attempt, Link, Registry
from wagtail_villes_internet.sync.runner import run

from .conftest import retitle


@pytest.fixture
def link(engine):
    registry = Registry.objects.create(address=engine.registry.address)
    return Link.objects.create(authority=engine.authority, registry=registry)


@pytest.fixture
def other_machine(monkeypatch):
    """Leases taken from now on are those of a machine whose processes nobody here can see."""
    monkeypatch.setattr(lease, "_this_process", lambda: "another-machine 1")


def test_a_lease_is_given_once(link, other_machine):
    assert lease.take(link.pk)
    assert lease.take(link.pk) is None


def test_a_released_lease_is_free(link):
    assert lease.release(lease.take(link.pk)) is None
    assert lease.take(link.pk)


def test_a_lease_ends_by_the_clock_of_the_database(link, other_machine, fixed_clock):
    first = lease.take(link.pk)
    fixed_clock.forward(seconds=lease.DURATION.total_seconds() - 1)
    assert lease.take(link.pk) is None
    fixed_clock.forward(seconds=2)
    second = lease.take(link.pk)
    assert second.generation == first.generation + 1


def test_a_lease_given_by_a_clock_that_was_ahead_is_free_once_it_is_put_right(
    link, other_machine, fixed_clock
):
    fixed_clock.forward(days=365)
    first = lease.take(link.pk)
    fixed_clock.forward(days=-365)

    assert lease.take(link.pk)
    with pytest.raises(LeaseLost), transaction.atomic():
        first.hold()


def test_holding_a_lease_renews_it(link, other_machine, fixed_clock):
    first = lease.take(link.pk)
    fixed_clock.forward(seconds=100)
    first.hold()
    fixed_clock.forward(seconds=100)
    assert lease.take(link.pk) is None


def test_a_lease_of_a_process_that_died_here_is_free_at_once(link, monkeypatch):
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    ours = lease._this_process().rpartition(" ")[0]
    with monkeypatch.context() as patched:
        patched.setattr(lease, "_this_process", lambda: f"{ours} {dead.pid}")
        lease.take(link.pk)
    assert lease.take(link.pk)


def test_a_lease_of_a_living_process_is_waited_for(link):
    lease.take(link.pk)
    assert Link.objects.get().holder.endswith(f" {os.getpid()}")
    assert lease.take(link.pk) is None


def test_patience_outlives_a_short_lease(link, other_machine, monkeypatch):
    monkeypatch.setattr(lease, "DURATION", timedelta(milliseconds=50))
    monkeypatch.setattr(lease, "POLL_SECONDS", 0.01)
    lease.take(link.pk)
    assert lease.take(link.pk, patience=timedelta(seconds=10))


def test_whoever_lost_the_lease_writes_nothing(link, other_machine, fixed_clock):
    lost = lease.take(link.pk)
    fixed_clock.forward(seconds=lease.DURATION.total_seconds() + 1)
    lease.take(link.pk)
    with pytest.raises(LeaseLost), transaction.atomic():
        lost.hold()
    with pytest.raises(LeaseLost):
        lease.release(lost)


def test_a_wake_up_during_a_run_makes_it_run_again(link):
    first = lease.take(link.pk)
    lease.wake(link.pk)
    again = lease.release(first)
    assert again.generation == first.generation
    assert lease.release(again) is None
    assert Link.objects.get().served_wakeups == 1


def test_the_clock_is_the_databases(db):
    before, after = clock.now(), clock.now()
    assert before.tzinfo is not None
    assert timedelta(0) <= after - before < timedelta(minutes=1)


def test_a_second_run_leaves_the_work_to_the_first_and_wakes_it(engine, link):
    engine.service()
    lease.take(link.pk)
    result = engine.run()
    assert result.busy
    assert not result.is_done
    assert not engine.requests()
    assert Link.objects.get().wakeups == 1


def test_a_publication_during_a_run_is_not_forgotten(engine, monkeypatch):
    service = engine.service(title="Premier titre")
    write = engine.registry.write

    def publish_meanwhile(siren, attempt):
        monkeypatch.setattr(engine.registry, "write", write)
        written = write(siren, attempt)
        retitle(service, "Second titre")
        lease.wake(engine.link.pk)
        return written

    monkeypatch.setattr(engine.registry, "write", publish_meanwhile)
    assert engine.run().is_done
    assert engine.there() == {service.remote_id: "Second titre"}


def test_a_runner_taken_for_dead_acknowledges_nothing(engine, monkeypatch, fixed_clock):
    """It sends, sleeps, another runs in its place: the other's acknowledgement is the one kept."""
    service = engine.service()
    write = engine.registry.write

    def sleep_after(siren, attempt):
        monkeypatch.setattr(engine.registry, "write", write)
        written = write(siren, attempt)
        fixed_clock.forward(seconds=lease.DURATION.total_seconds() + 1)
        retitle(service, "Second titre")
        assert run(engine.authority, engine.registry).is_done
        return written

    monkeypatch.setattr(engine.registry, "write", sleep_after)
    result = engine.run()

    assert isinstance(result.error, LeaseLost)
    assert engine.there() == {service.remote_id: "Second titre"}
    assert engine.declaration(service).acknowledged["title"] == "Second titre"
    assert Attempt.objects.count() == 2
    assert engine.run().is_done


def test_an_answer_that_comes_after_the_lease_was_lost_is_not_noted(engine, monkeypatch):
    service = engine.service()
    write = engine.registry.write

    def lose_the_lease(siren, attempt):
        written = write(siren, attempt)
        Link.objects.update(generation=F("generation") + 1, leased_until=None)
        return written

    monkeypatch.setattr(engine.registry, "write", lose_the_lease)
    assert isinstance(engine.run().error, LeaseLost)
    assert Attempt.objects.get().answered_at is None
    assert engine.declaration(service).acknowledged is None


def test_a_run_that_breaks_gives_its_lease_back(engine, monkeypatch):
    engine.service()
    monkeypatch.setattr(engine.registry, "summary", lambda siren: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        engine.run()
    monkeypatch.undo()
    assert engine.run().is_done
