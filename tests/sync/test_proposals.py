"""What changed on both sides, as the two sides see it after a run."""

from dataclasses import replace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from wagtail_villes_internet.declared.bodies import bodies_of
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.registry.types import ServiceBody
from wagtail_villes_internet.sync.decisions import send_again
from wagtail_villes_internet.sync.merge import decided
from wagtail_villes_internet.sync.models import Attempt, Declaration
from wagtail_villes_internet.sync.planning import make_plan
from wagtail_villes_internet.sync.report import status

from .conftest import retitle

State = Declaration.State


def there(engine, service):
    return engine.registry.services(engine.siren)[service.remote_id].body


def declared(engine, **fields):
    service = engine.service(**fields)
    engine.run()
    engine.run()
    return service


def decide(engine, service, *fields):
    """As an editor would who keeps the site's version of `fields`."""
    row = engine.declaration(service)
    base = decided(row.acknowledged, row.remote, fields)
    # What a decision writes is tested with the decisions; here, what comes of it.
    Declaration.objects.filter(pk=row.pk).update(acknowledged=base, acknowledged_hash=hash_of(base))


def hash_of(body):
    return content_hash(ServiceBody.from_json(body))


def test_what_changed_there_only_is_proposed_and_stays_there(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")

    result = engine.run()

    assert result.is_done
    assert there(engine, service).summary == "Au guichet aussi"
    assert status(engine.authority, engine.registry).proposals == 1
    assert engine.state(service) == State.SENT


def test_a_change_here_goes_out_and_leaves_the_proposal_as_it_is_there(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    engine.run()

    retitle(service, "Nouveau titre")
    result = engine.run()

    assert result.is_done
    assert there(engine, service).title == "Nouveau titre"
    assert there(engine, service).summary == "Au guichet aussi"
    assert status(engine.authority, engine.registry).proposals == 1


def test_the_echo_of_a_merge_changes_nothing(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    retitle(service, "Nouveau titre")
    engine.run()
    engine.requests()

    for _ in range(3):
        assert engine.run().is_done

    assert not [call for call in engine.requests() if call[0] in ("put", "batch")]
    assert status(engine.authority, engine.registry).proposals == 1
    assert engine.state(service) == State.SENT


def test_a_change_here_after_a_merge_goes_out_too(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    retitle(service, "Nouveau titre")
    engine.run()

    retitle(service, "Encore un titre")
    assert engine.run().is_done

    assert there(engine, service).title == "Encore un titre"
    assert there(engine, service).summary == "Au guichet aussi"


def test_a_merge_whose_answer_was_lost_is_sent_again_unchanged(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    engine.run()
    retitle(service, "Nouveau titre")
    engine.registry.lose_next_answer()
    engine.run()
    keys = list(Attempt.objects.values_list("key", flat=True))

    assert engine.run().is_done

    assert list(Attempt.objects.values_list("key", flat=True)) == keys
    assert status(engine.authority, engine.registry).proposals == 1
    assert there(engine, service).summary == "Au guichet aussi"


def test_a_merge_denied_by_a_412_that_stands_there_is_the_base(engine, monkeypatch):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    engine.run()
    retitle(service, "Nouveau titre")
    write = engine.registry.write

    def denied(siren, attempt):
        write(siren, attempt)
        raise errors.PreconditionFailed(None)

    monkeypatch.setattr(engine.registry, "write", denied)
    engine.run()
    monkeypatch.setattr(engine.registry, "write", write)

    assert engine.run().is_done
    assert status(engine.authority, engine.registry).proposals == 1


def test_a_field_changed_on_both_sides_stops_the_service_and_no_other(engine):
    service, other = declared(engine), declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, title="Du registre")
    retitle(service, "Du site")
    retitle(other, "Autre")

    result = engine.run()

    assert not result.is_done
    assert engine.state(service) == State.CONFLICT
    assert there(engine, service).title == "Du registre"
    assert there(engine, other).title == "Autre"


def test_what_is_kept_is_sent_and_the_undecided_stays(engine):
    service = declared(engine)
    engine.registry.agent_edit(
        engine.siren, service.remote_id, title="Du registre", summary="Du registre aussi"
    )
    retitle(service, "Du site")
    engine.run()

    decide(engine, service, "title")
    assert engine.run().is_done

    assert there(engine, service).title == "Du site"
    assert there(engine, service).summary == "Du registre aussi"
    assert status(engine.authority, engine.registry).proposals == 1


def test_a_refused_proposal_is_overwritten(engine):
    service = declared(engine, summary="Du site")
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Du registre")
    engine.run()

    decide(engine, service, "summary")
    assert engine.run().is_done

    assert there(engine, service).summary == "Du site"
    assert status(engine.authority, engine.registry).proposals == 0
    assert engine.declaration(service).remote is None


def test_a_proposal_that_the_registry_takes_back_is_none(engine):
    service = declared(engine)
    before = there(engine, service)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    retitle(service, "Nouveau titre")
    engine.run()

    engine.registry.agent_edit(engine.siren, service.remote_id, summary=before.summary)
    assert engine.run().is_done

    assert status(engine.authority, engine.registry).proposals == 0
    assert there(engine, service).title == "Nouveau titre"


def test_the_agent_changing_it_again_is_another_proposal(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Une fois")
    retitle(service, "Nouveau titre")
    engine.run()

    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Deux fois")
    assert engine.run().is_done

    assert there(engine, service).summary == "Deux fois"
    assert engine.declaration(service).remote["summary"] == "Deux fois"
    assert status(engine.authority, engine.registry).proposals == 1


def test_after_a_restore_of_the_registry_a_merge_that_still_stands_there_is_no_old_state(engine):
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, summary="Au guichet aussi")
    retitle(service, "Nouveau titre")
    engine.run()
    engine.run()
    engine.registry.backup()()

    assert engine.run().is_done

    assert engine.state(service) == State.SENT
    assert status(engine.authority, engine.registry).proposals == 1


def test_a_conflict_over_what_the_registry_lost_is_settled_with_all_that_it_lost(engine):
    restore = engine.registry.backup()
    service = declared(engine)
    engine.registry.agent_edit(engine.siren, service.remote_id, title="Du registre")
    retitle(service, "Du site")
    engine.run()
    assert engine.state(service) == State.CONFLICT
    restore()

    engine.run()

    assert engine.state(service) == State.HELD
    assert send_again(engine.authority, engine.declaration(service).registry)
    assert engine.run().is_done
    assert there(engine, service).title == "Du site"


def test_what_was_never_agreed_on_is_declared_once_the_registry_lost_the_other_version(engine):
    restore = engine.registry.backup()
    service = engine.service(title="Du site")
    other = replace(bodies_of(engine.authority, [service.remote_id])[service.remote_id], title="?")
    engine.registry.agent_create(engine.siren, service.remote_id, other)
    engine.run()
    assert engine.state(service) == State.CONFLICT
    restore()

    assert engine.run().is_done
    assert there(engine, service).title == "Du site"


def test_a_merge_takes_as_many_queries_for_many_as_for_few(engine):
    def planned(services):
        for _ in range(services):
            service = engine.service()
            engine.run()
            engine.run()
            engine.registry.agent_edit(engine.siren, service.remote_id, title="Du registre")
            retitle(service, "Du site")
        engine.run()
        registry = Declaration.objects.first().registry
        with CaptureQueriesContext(connection) as queries:
            make_plan(engine.authority, registry)
        return len(queries)

    assert planned(1) == planned(6)
