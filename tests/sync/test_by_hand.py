"""Without a registry, a person copies exactly what changed, and not a line more."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import AuthorityFactory, DigitalServiceFactory, UserFactory
from wagtail_villes_internet.declared.bodies import bodies_of
from wagtail_villes_internet.registry.canonical import canonical_body
from wagtail_villes_internet.sync import by_hand
from wagtail_villes_internet.sync.errors import NotAsShown
from wagtail_villes_internet.sync.models import BY_HAND, Declaration

from .conftest import retitle


@pytest.fixture
def authority(db):
    return AuthorityFactory(siren=None)


@pytest.fixture
def user(db):
    return UserFactory()


def service_of(authority, **fields):
    return DigitalServiceFactory(authority=authority, **fields)


def copy_everything(authority, user):
    left = by_hand.differences(authority)
    for line in (*left.new, *left.changed, *left.gone):
        by_hand.mark_copied(authority, line.remote_id, user, shown=line.hash)


def test_everything_is_new_at_first(authority):
    service_of(authority, title="Réserver")
    service_of(authority, title="Payer")
    left = by_hand.differences(authority)
    assert [line.title for line in left.new] == ["Payer", "Réserver"]
    assert len(left) == by_hand.count_left(authority) == 2
    assert left.new[0].fields["reference_services"] == ["p-rdv-titres"]


def test_a_planned_service_is_to_be_copied_again_on_its_day(authority, user):
    service_of(authority, status="planned", started_on=date(2024, 3, 1))
    with time_machine.travel("2024-02-29 12:00 +0100", tick=False):
        copy_everything(authority, user)
        assert by_hand.count_left(authority) == 0

    with time_machine.travel("2024-03-01 12:00 +0100", tick=False):
        (line,) = by_hand.differences(authority).changed

    assert line.fields["status"] == "active"


def test_after_a_full_pass_only_the_differences_are_left(authority, user):
    services = [service_of(authority, title=f"Service {n:02}") for n in range(38)]
    copy_everything(authority, user)
    assert by_hand.count_left(authority) == 0

    retitle(services[0], "Nouveau titre")
    services[1].summary = "Un résumé"
    services[1].save()
    services[2].unpublish()

    left = by_hand.differences(authority)
    assert len(left) == by_hand.count_left(authority) == 3
    assert [line.title for line in left.gone] == ["Service 02"]
    (title,) = next(line for line in left.changed if line.title == "Nouveau titre").changes
    assert (title.field, title.before, title.after) == ("title", "Service 00", "Nouveau titre")
    (summary,) = next(line for line in left.changed if line.title == "Service 01").changes
    assert (summary.field, summary.before, summary.after) == ("summary", "", "Un résumé")


def test_a_service_taken_out_is_no_longer_listed(authority, user):
    service = service_of(authority)
    copy_everything(authority, user)
    service.delete()
    copy_everything(authority, user)
    assert by_hand.count_left(authority) == 0
    assert Declaration.objects.get().state == Declaration.State.WITHDRAWN


def test_who_copied_and_when_is_kept(authority, user):
    service = service_of(authority, title="Payer")
    copy_everything(authority, user)
    (tick,) = by_hand.copied(authority)
    assert (tick.title, tick.user, tick.withdrawn) == ("Payer", user, False)
    assert tick.at == Declaration.objects.get(remote_id=service.remote_id).acknowledged_at


def test_a_tick_can_be_undone_and_the_one_before_counts_again(authority, user):
    service = service_of(authority, title="Premier")
    copy_everything(authority, user)
    retitle(service, "Second")
    copy_everything(authority, user)

    by_hand.unmark(authority, service.remote_id)
    (line,) = by_hand.differences(authority).changed
    assert (line.changes[0].before, line.changes[0].after) == ("Premier", "Second")

    by_hand.unmark(authority, service.remote_id)
    assert [line.title for line in by_hand.differences(authority).new] == ["Second"]
    by_hand.unmark(authority, service.remote_id)
    assert by_hand.copied(authority) == []


def test_taking_out_can_be_undone(authority, user):
    service = service_of(authority, title="Payer")
    copy_everything(authority, user)
    service.unpublish()
    copy_everything(authority, user)
    by_hand.unmark(authority, service.remote_id)
    assert [line.title for line in by_hand.differences(authority).gone] == ["Payer"]


def test_a_line_that_changed_since_it_was_shown_is_not_ticked(authority, user):
    service = service_of(authority)
    (line,) = by_hand.differences(authority).new
    retitle(service, "Autre titre")
    with pytest.raises(NotAsShown):
        by_hand.mark_copied(authority, line.remote_id, user, shown=line.hash)
    assert by_hand.count_left(authority) == 1
    assert not Declaration.objects.exists()


def test_ticking_twice_counts_once(authority, user):
    service_of(authority)
    (line,) = by_hand.differences(authority).new
    for _ in range(2):
        by_hand.mark_copied(authority, line.remote_id, user, shown=line.hash)
    by_hand.unmark(authority, line.remote_id)
    assert by_hand.count_left(authority) == 1


def test_the_ticks_of_another_town_are_not_ours(authority, user):
    other = AuthorityFactory(siren=None)
    service_of(other)
    service_of(authority)
    copy_everything(other, user)
    assert by_hand.count_left(authority) == 1
    by_hand.unmark(authority, Declaration.objects.get().remote_id)
    assert by_hand.count_left(other) == 0


class TestARegistryLater:
    """Ticks say what a person copied into another tool: a registry says itself what it holds."""

    def body_of(self, service):
        return bodies_of(service.authority, [service.remote_id])[service.remote_id]

    def test_what_was_ticked_off_is_sent_all_the_same(self, engine, user):
        service = engine.service(title="Payer")
        copy_everything(engine.authority, user)

        engine.run()

        assert engine.there() == {service.remote_id: "Payer"}

    def test_what_stands_there_as_it_is_wanted_is_not_sent_again(self, engine):
        service = engine.service(title="Payer")
        body = self.body_of(service)
        there = engine.registry.agent_create(engine.siren, service.remote_id, body)

        engine.run()

        assert engine.registry.services(engine.siren) == {service.remote_id: there}

    def test_what_stands_there_otherwise_is_not_overwritten_because_it_was_ticked_off(
        self, engine, user
    ):
        service = engine.service(title="Payer")
        body = replace(self.body_of(service), title="Titre du registre")
        engine.registry.agent_create(engine.siren, service.remote_id, body)
        copy_everything(engine.authority, user)

        engine.run()

        assert engine.there() == {service.remote_id: "Titre du registre"}
        row = Declaration.objects.exclude(registry__address=BY_HAND).get()
        assert row.state == Declaration.State.CONFLICT

    def test_what_was_ticked_off_and_is_gone_is_no_withdrawal_there(self, engine, user):
        service = engine.service()
        copy_everything(engine.authority, user)
        service.delete()

        engine.run()

        assert engine.registry.services(engine.siren) == {}
        assert not Declaration.objects.exclude(registry__address=BY_HAND).exists()

    def test_by_hand_again_what_was_ticked_off_still_is(self, engine, user):
        service = engine.service(title="Payer")
        copy_everything(engine.authority, user)
        engine.run()
        retitle(service, "Payer en ligne")
        engine.run()

        [line] = by_hand.differences(engine.authority).changed
        assert [(change.before, change.after) for change in line.changes] == [
            ("Payer", "Payer en ligne")
        ]


bodies = st.builds(
    canonical_body,
    title=st.sampled_from(["Payer", "Réserver"]),
    summary=st.sampled_from(["", "Court"]),
    public=st.booleans(),
    reference_services=st.just(["p-x"]),
)
sides = st.dictionaries(st.sampled_from("1234"), bodies)


@given(sides, sides)
def test_copying_the_differences_leaves_none(wanted, copied_before):
    copied = {id: body.as_json() for id, body in copied_before.items()}
    left = by_hand.compare(wanted, copied)
    for line in (*left.new, *left.changed):
        copied[line.remote_id] = dict(line.fields)
    for line in left.gone:
        del copied[line.remote_id]
    assert copied == {id: body.as_json() for id, body in wanted.items()}
    assert len(by_hand.compare(wanted, copied)) == 0


@given(sides, sides)
def test_a_change_names_only_what_differs(wanted, copied_before):
    copied = {id: body.as_json() for id, body in copied_before.items()}
    for line in by_hand.compare(wanted, copied).changed:
        assert line.changes
        for change in line.changes:
            assert change.before != change.after
            assert copied[line.remote_id][change.field] == change.before
