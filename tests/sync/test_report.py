"""Where things stand now, whatever was recorded by the last run."""

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.manual import ManualRegistry
from wagtail_villes_internet.sync.report import intentions, status

from .conftest import retitle


@pytest.fixture
def now(engine):
    return lambda: status(engine.authority, engine.registry)


def test_before_the_first_run_everything_is_to_send(engine, now):
    engine.service()
    engine.service(references=[])
    assert (now().to_send, now().declared, len(now().incomplete)) == (1, 0, 1)
    assert now().left == 1


def test_an_edit_is_to_send_before_any_run_saw_it(engine, now):
    service, gone = engine.service(), engine.service()
    engine.run()
    assert (now().declared, now().left) == (2, 0)
    retitle(service, "Autre titre")
    gone.delete()
    assert (now().to_send, now().to_withdraw) == (1, 1)


def test_a_lost_withdrawal_is_to_withdraw(engine, now):
    service = engine.service()
    engine.run()
    service.unpublish()
    engine.registry.lose_next_answer()
    engine.run()
    assert (now().to_send, now().to_withdraw) == (0, 1)


def test_what_waits_for_a_person_is_counted(engine, now, monkeypatch):
    changed_there, conflict, refused = (engine.service() for _ in range(3))
    engine.run()
    engine.registry.agent_edit(engine.siren, changed_there.remote_id, title="Agent")
    engine.registry.agent_edit(engine.siren, conflict.remote_id, title="Agent")
    retitle(conflict, "Site")
    retitle(refused, "Refusé")
    with monkeypatch.context() as patched:
        patched.setattr(engine.registry, "write", _refuse)
        engine.run()
    report = now()
    assert (report.proposals, report.conflicts, report.rejected) == (1, 1, 1)
    assert (report.waiting, report.left, report.to_send) == (2, 2, 0)


def _refuse(siren, attempt):
    raise errors.Rejected(422)


def test_a_failure_is_dated(engine, now):
    engine.registry.fail_next(errors.Unreachable())
    engine.run()
    report = now()
    assert report.failures == 1
    assert report.last_error == str(errors.Unreachable())
    assert report.last_success_at is None
    assert report.as_json()["retry_at"] == report.retry_at.isoformat()


def test_by_hand_nothing_is_ever_late_or_failed(engine):
    engine.service()
    report = status(engine.authority, ManualRegistry())
    assert (report.automatic, report.to_copy) == (False, 1)
    assert (report.left, report.failures, report.last_error) == (0, 0, "")


def test_a_registry_half_read_again_is_not_said_to_have_lost_anything(engine):
    """Restored, and gone before it told all: what it did not come to is as it was last known."""
    service = engine.service()
    engine.run()
    engine.run()
    engine.registry.backup()()
    feed = engine.registry.feed
    engine.registry.feed = unreachable

    assert engine.run().plan.left == 0

    assert status(engine.authority, engine.registry).left == 0
    assert intentions(engine.authority, engine.registry) == []
    retitle(service, "Modifié")
    assert status(engine.authority, engine.registry).to_send == 1
    engine.registry.feed = feed
    assert engine.run().is_done


def test_what_a_registry_lost_is_said_once_it_is_read_to_the_end(engine):
    restore = engine.registry.backup()
    engine.service()
    engine.run()
    engine.run()
    restore()

    engine.run()

    assert status(engine.authority, engine.registry).held == 1


def unreachable(*args, **kwargs):
    raise errors.Unreachable
