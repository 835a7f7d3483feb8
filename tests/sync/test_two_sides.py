"""What somebody changes at the registry is neither overwritten, nor sent back, nor put online."""

from dataclasses import replace

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import canonical_body
from wagtail_villes_internet.sync.models import Declaration

from .conftest import Engine, retitle

State = Declaration.State


@pytest.fixture
def declared(engine):
    """A service that both sides know, its echo read."""
    service = engine.service(title="Payer la cantine")
    engine.run()
    engine.run()
    return service


def agent_edits(engine: Engine, service, title="Titre de l'agent"):
    engine.registry.agent_edit(engine.siren, service.remote_id, title=title)


def during_the_next_write(engine, monkeypatch, act):
    """What happens at the registry between the feed and the write."""
    write = engine.registry.write

    def first_act(siren, attempt):
        monkeypatch.setattr(engine.registry, "write", write)
        act()
        return write(siren, attempt)

    monkeypatch.setattr(engine.registry, "write", first_act)


def test_a_change_made_there_only_is_kept_aside(engine, declared):
    agent_edits(engine, declared)

    assert engine.run().is_done

    row = engine.declaration(declared)
    assert row.state == State.SENT
    assert row.remote["title"] == "Titre de l'agent"
    assert row.acknowledged["title"] == "Payer la cantine"
    declared.refresh_from_db()
    assert declared.title == "Payer la cantine"
    assert engine.there() == {declared.remote_id: "Titre de l'agent"}


def test_a_change_on_both_sides_is_a_conflict_that_keeps_both(engine, declared):
    agent_edits(engine, declared)
    retitle(declared, "Titre du site")

    result = engine.run()

    assert result.plan.left == 1
    row = engine.declaration(declared)
    assert row.state == State.CONFLICT
    assert row.remote["title"] == "Titre de l'agent"
    assert row.acknowledged["title"] == "Payer la cantine"
    assert engine.there() == {declared.remote_id: "Titre de l'agent"}


def test_a_change_made_there_after_the_feed_was_read_is_not_overwritten(
    engine, declared, monkeypatch
):
    retitle(declared, "Titre du site")
    during_the_next_write(engine, monkeypatch, lambda: agent_edits(engine, declared))

    result = engine.run()

    assert result.plan.left == 1
    assert engine.state(declared) == State.CONFLICT
    assert engine.declaration(declared).remote["title"] == "Titre de l'agent"
    assert engine.there() == {declared.remote_id: "Titre de l'agent"}


def test_a_conflict_stays_until_a_person_settles_it(engine, declared):
    agent_edits(engine, declared)
    retitle(declared, "Titre du site")
    for _ in range(3):
        engine.run()
    assert engine.state(declared) == State.CONFLICT

    retitle(declared, "Titre de l'agent")
    assert engine.run().is_done
    row = engine.declaration(declared)
    assert (row.state, row.remote) == (State.SENT, None)

    retitle(declared, "Titre suivant")
    assert engine.run().is_done
    assert engine.there() == {declared.remote_id: "Titre suivant"}


def test_a_change_that_is_taken_back_there_is_no_conflict(engine, declared):
    agent_edits(engine, declared)
    engine.run()
    agent_edits(engine, declared, "Payer la cantine")
    retitle(declared, "Titre du site")

    assert engine.run().is_done
    assert engine.there() == {declared.remote_id: "Titre du site"}


def test_a_service_changed_there_is_not_withdrawn_unseen(engine, declared):
    agent_edits(engine, declared)
    declared.unpublish()
    assert engine.run().plan.left == 1
    assert engine.state(declared) == State.CONFLICT
    assert engine.there()


def test_a_service_withdrawn_there_is_not_created_again(engine, declared):
    engine.registry.agent_delete(engine.siren, declared.remote_id)
    for _ in range(2):
        assert engine.run().plan.left == 1
    assert engine.state(declared) == State.CONFLICT

    retitle(declared, "Titre du site")
    assert engine.run().plan.left == 1
    assert not engine.there()
    declared.refresh_from_db()
    assert declared.live


def test_a_service_withdrawn_on_both_sides_is_settled(engine, declared):
    engine.registry.agent_delete(engine.siren, declared.remote_id)
    declared.unpublish()
    assert engine.run().is_done
    assert engine.state(declared) == State.WITHDRAWN


def test_a_service_withdrawn_there_during_the_run_is_not_created_again(
    engine, declared, monkeypatch
):
    retitle(declared, "Titre du site")
    during_the_next_write(
        engine,
        monkeypatch,
        lambda: engine.registry.agent_delete(engine.siren, declared.remote_id),
    )
    assert engine.run().plan.left == 1
    assert engine.state(declared) == State.CONFLICT
    assert not engine.there()


def test_a_service_withdrawn_there_during_our_withdrawal_is_settled(engine, declared, monkeypatch):
    declared.unpublish()
    during_the_next_write(
        engine,
        monkeypatch,
        lambda: engine.registry.agent_delete(engine.siren, declared.remote_id),
    )
    assert engine.run().is_done
    assert engine.state(declared) == State.WITHDRAWN


def test_a_change_made_there_on_a_lost_creation_is_seen(engine):
    service = engine.service(title="Payer la cantine")
    engine.registry.lose_next_answer()
    engine.run()
    agent_edits(engine, service)

    assert engine.run().is_done

    row = engine.declaration(service)
    assert row.acknowledged["title"] == "Payer la cantine"
    assert row.remote["title"] == "Titre de l'agent"
    retitle(service, "Titre du site")
    assert engine.run().plan.left == 1
    assert engine.there() == {service.remote_id: "Titre de l'agent"}


def test_a_withdrawal_there_of_a_lost_creation_is_seen(engine):
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()
    engine.registry.agent_delete(engine.siren, service.remote_id)

    assert engine.run().plan.left == 1

    assert engine.state(service) == State.CONFLICT
    assert not engine.there()


def test_a_withdrawal_there_is_seen_however_often_answers_are_lost(engine):
    service = engine.service()
    engine.registry.lose_next_answer()
    engine.run()
    engine.registry.agent_delete(engine.siren, service.remote_id)
    engine.registry.lose_next_answer()
    engine.run()

    assert engine.run().plan.left == 1

    assert engine.state(service) == State.CONFLICT
    assert not engine.there()


def test_a_change_made_there_before_a_lost_write_arrived_wins(engine, declared, monkeypatch):
    """The write never arrived, an agent edits, the write is sent again: its precondition fails."""
    retitle(declared, "Titre du site")
    write = engine.registry.write

    def lost(siren, attempt):
        raise errors.Unreachable

    monkeypatch.setattr(engine.registry, "write", lost)
    engine.run()
    monkeypatch.setattr(engine.registry, "write", write)
    agent_edits(engine, declared)

    assert engine.run().plan.left == 1
    assert engine.state(declared) == State.CONFLICT
    assert engine.there() == {declared.remote_id: "Titre de l'agent"}


def test_what_an_agent_enters_of_their_own_is_left_alone(engine, declared):
    theirs = "0b7d2f6e-1111-4222-8333-444455556666"
    body = canonical_body(title="Saisi par l'agent", reference_services=["p-rdv-titres"])
    engine.registry.agent_create(engine.siren, theirs, body)

    assert engine.run().is_done

    assert not Declaration.objects.filter(remote_id=theirs).exists()
    assert theirs in engine.there()


def test_a_site_that_forgot_what_it_declared_takes_what_is_equal(engine, declared):
    """A site restored from a backup of before its first transmission."""
    Declaration.objects.all().delete()
    engine.link.delete()
    engine.requests()

    assert engine.run().is_done

    assert engine.state(declared) == State.SENT
    assert "put" not in [call[0] for call in engine.requests()]


def test_a_site_that_forgot_what_it_declared_does_not_overwrite_what_differs(engine, declared):
    Declaration.objects.all().delete()
    engine.link.delete()
    retitle(declared, "Titre du site")

    assert engine.run().plan.left == 1

    assert engine.state(declared) == State.CONFLICT
    assert engine.there() == {declared.remote_id: "Payer la cantine"}


def test_a_registry_that_went_back_waits_for_one_decision(engine, declared):
    other = engine.service(title="Autre")
    restore = engine.registry.backup()
    engine.run()
    retitle(declared, "Titre suivant")
    engine.run()
    restore()

    result = engine.run()

    assert result.plan.left == 2
    assert engine.state(declared) == State.HELD
    assert engine.state(other) == State.HELD
    assert engine.there() == {declared.remote_id: "Payer la cantine"}, "nothing was sent"
    assert engine.run().plan.left == 2


def test_a_registry_that_went_back_without_a_new_epoch_is_noticed_too(engine, declared):
    epoch = engine.registry.store.epoch
    restore = engine.registry.backup()
    retitle(declared, "Titre suivant")
    engine.run()
    engine.run()
    restore()
    engine.registry.store.epoch = epoch

    assert engine.run().plan.left == 1
    assert engine.state(declared) == State.HELD


def test_a_page_of_another_epoch_begins_the_feed_again(engine, declared, monkeypatch):
    """A registry restored between its summary and its feed, that does not say 410."""
    restore = engine.registry.backup()
    retitle(declared, "Titre suivant")
    engine.run()
    agent_edits(engine, declared)
    feed = engine.registry.feed

    def restored(siren, **kwargs):
        monkeypatch.setattr(engine.registry, "feed", feed)
        page = feed(siren, **kwargs)
        restore()
        return replace(page, epoch=engine.registry.store.epoch, items=(), more=False)

    monkeypatch.setattr(engine.registry, "feed", restored)
    assert engine.run().plan.left == 1
    assert engine.state(declared) == State.HELD


def test_a_change_made_there_that_a_restored_registry_lost_is_no_proposal(engine, declared):
    restore = engine.registry.backup()
    engine.registry.store.towns[engine.siren].resources.clear()
    empty = engine.registry.backup()
    restore()
    agent_edits(engine, declared)
    engine.run()
    empty()
    for _ in range(2):
        assert engine.run().plan.left == 1
    assert engine.state(declared) == State.HELD


def test_a_restored_registry_that_lost_nothing_is_no_matter(engine, declared):
    restore = engine.registry.backup()
    restore()
    assert engine.run().is_done
    assert engine.state(declared) == State.SENT

    retitle(declared, "Titre suivant")
    assert engine.run().is_done


def test_half_a_feed_says_nothing_of_what_it_did_not_come_to(engine, declared, monkeypatch):
    restore = engine.registry.backup()
    restore()
    monkeypatch.setattr(engine.registry, "feed", lambda *a, **k: _raise(errors.Unreachable()))
    declared.unpublish()

    result = engine.run()

    assert result.error
    row = engine.declaration(declared)
    assert row.acknowledged is not None, "still to be withdrawn"
    monkeypatch.undo()
    assert engine.run().is_done
    assert not engine.there()


def _raise(error):
    raise error


def refused(engine, act):
    """The key of what the registry refused of what `act` asks for."""

    def refuse(*args):
        raise errors.Rejected(422)

    engine.registry._judged = engine.registry._withdraw = refuse
    act()
    engine.run()
    del engine.registry._judged, engine.registry._withdraw
    return engine.attempts.latest("pk").key


def says_it_wrote(engine, service, key):
    """The registry shows what stands there under the key of another write of ours."""
    town = engine.registry.store.towns[engine.siren]
    town.sequence += 1
    there = replace(
        town.resources[service.remote_id],
        key=key,
        sequence=town.sequence,
        etag=engine.registry.store.tag(),
    )
    town.resources[service.remote_id] = there


def test_a_service_under_the_key_of_its_refused_withdrawal_stops_no_run(engine, declared):
    says_it_wrote(engine, declared, refused(engine, declared.unpublish))

    assert engine.run().error is None

    assert engine.there() == {declared.remote_id: "Payer la cantine"}


def test_the_key_of_another_service_says_nothing_of_this_one(engine, declared):
    other = engine.service(title="Autre")
    engine.run()
    key = refused(engine, lambda: retitle(other, "Autre titre"))
    says_it_wrote(engine, declared, key)
    engine.requests()

    engine.run()

    assert not [call for call in engine.requests() if call[0] in ("put", "batch")]
    assert engine.declaration(declared).acknowledged["title"] == "Payer la cantine"
