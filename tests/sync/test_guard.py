"""A mistake here does not empty the registry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.log_actions import LogContext, log

from tests.factories import Town, UserFactory
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.decisions import confirm_withdrawals, send_again
from wagtail_villes_internet.sync.errors import AnotherInstance
from wagtail_villes_internet.sync.guard import Recent, hold_back
from wagtail_villes_internet.sync.instance import is_copy
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link, Registry
from wagtail_villes_internet.sync.plan import Action, Plan, Step
from wagtail_villes_internet.sync.runner import run

from .conftest import retitle

State = Declaration.State


def withdrawals(n, *, first=0):
    return Plan(tuple(Step(str(i), Action.WITHDRAW) for i in range(first, first + n)))


def ids(n):
    return frozenset(map(str, range(n)))


@pytest.mark.parametrize(
    ("planned", "before", "held"),
    [
        (10, 10, 0),
        (11, 11, 11),
        (11, 55, 0),
        (11, 54, 11),
        (20, 100, 0),
        (21, 100, 21),
        (11, 0, 11),
    ],
)
def test_more_than_ten_and_more_than_a_fifth_wait(planned, before, held):
    made = hold_back(withdrawals(planned), Recent(day_before=ids(before)), 20)
    assert len(made.of(Action.HOLD)) == held
    assert len(made.of(Action.WITHDRAW)) == planned - held


def test_many_small_steps_count_as_one():
    recent = Recent(day_before=ids(38), gone=ids(6))
    assert hold_back(withdrawals(5, first=6), recent, 20).waiting
    assert not hold_back(withdrawals(4, first=6), recent, 20).waiting


def test_what_a_person_took_away_one_by_one_is_never_held():
    recent = Recent(day_before=ids(38), by_a_person=ids(15))
    assert not hold_back(withdrawals(15), recent, 20).waiting
    made = hold_back(withdrawals(30), recent, 20)
    assert {step.id for step in made.waiting} == ids(30) - ids(15)


def test_nothing_but_withdrawals_is_held():
    steps = (*withdrawals(20).steps, Step("x", Action.CREATE), Step("y", Action.REPLACE))
    made = hold_back(Plan(steps), Recent(day_before=ids(20)), 20)
    assert [step.id for step in made.sending] == ["x", "y"]


@given(st.integers(0, 60), st.sets(st.integers(0, 60)), st.integers(0, 100))
def test_the_guard_only_ever_holds_withdrawals(planned, free, percent):
    before = withdrawals(planned)
    recent = Recent(day_before=ids(60), by_a_person=set(map(str, free)))
    after = hold_back(before, recent, percent)
    assert [step.id for step in after.steps] == [step.id for step in before.steps]
    assert {step.id for step in after.of(Action.HOLD)}.isdisjoint(recent.by_a_person)


@pytest.fixture
def town(engine, fixed_clock):
    """Thirty services that were declared the day before yesterday."""
    for _ in range(30):
        engine.service()
    engine.run()
    fixed_clock.forward(days=2)
    engine.run()
    return engine


def take_away(engine, n):
    rows = list(DigitalService.objects.filter(live=True).order_by("pk")[:n])
    DigitalService.objects.filter(pk__in=[row.pk for row in rows]).update(live=False)
    return rows


def test_a_script_that_unpublishes_everything_empties_nothing(town):
    take_away(town, 30)
    result = town.run()
    assert result.plan.left == 30
    assert len(town.there()) == 30
    assert set(Declaration.objects.values_list("state", flat=True)) == {State.HELD}
    assert town.run().plan.left == 30


def test_a_few_withdrawals_pass(town):
    take_away(town, 10)
    assert town.run().is_done
    assert len(town.there()) == 20


def test_a_few_at_a_time_do_not_pass_unseen(town, fixed_clock):
    for _ in range(3):
        take_away(town, 6)
        town.run()
        fixed_clock.forward(hours=1)
    assert len(town.there()) == 24

    fixed_clock.forward(days=2)
    assert town.run().plan.left == 12, "held until somebody says so, not until tomorrow"


def test_withdrawals_that_a_person_confirms_go_with_the_next_run(town):
    take_away(town, 30)
    town.run()
    registry = Registry.objects.get()
    assert len(confirm_withdrawals(town.authority, registry)) == 30
    assert town.run().is_done
    assert not town.there()


def test_withdrawals_can_be_forced(town):
    take_away(town, 30)
    town.run()
    assert town.run(force_withdraw=True).is_done
    assert not town.there()


def test_a_held_service_that_is_published_again_is_no_matter(town):
    first, second, *_rest = take_away(town, 15)
    town.run()
    DigitalService.objects.filter(pk__in=[first.pk, second.pk]).update(live=True)
    first.live = True
    retitle(first, "Autre titre")
    assert town.run().plan.left == 13
    assert town.there()[first.remote_id] == "Autre titre"
    assert town.state(second) == State.SENT


def test_what_an_editor_unpublishes_or_deletes_one_by_one_goes_at_once(town):
    editor = UserFactory(is_superuser=True)
    for service in list(DigitalService.objects.order_by("pk")[:15]):
        with LogContext(user=editor):
            service.unpublish()
    for service in list(DigitalService.objects.order_by("pk")[15:20]):
        with LogContext(user=editor):
            log(service, "wagtail.delete", deleted=True)
            service.delete()
    assert town.run().is_done
    assert len(town.there()) == 10


def test_what_one_click_takes_away_at_once_waits(town):
    editor = UserFactory(is_superuser=True)
    with LogContext(user=editor):
        for service in list(DigitalService.objects.order_by("pk")[:15]):
            service.unpublish()
    assert town.run().plan.left == 15
    assert len(town.there()) == 30


def unpublish_at_once(client, editor, services):
    ids = "&".join(f"id={service.pk}" for service in services)
    client.force_login(editor)
    client.post(f"/admin/bulk/wagtail_villes_internet/digitalservice/unpublish/?{ids}")


def test_what_a_bulk_action_unpublishes_waits(town, client):
    services = list(DigitalService.objects.order_by("pk")[:15])

    unpublish_at_once(client, UserFactory(is_superuser=True), services)

    assert town.run().plan.left == 15
    assert len(town.there()) == 30


def test_many_small_bulk_actions_wait_as_well(town, client):
    services = list(DigitalService.objects.order_by("pk")[:16])
    editor = UserFactory(is_superuser=True)

    for pair in zip(services[::2], services[1::2], strict=True):
        unpublish_at_once(client, editor, pair)

    assert town.run().plan.left == 16


def test_what_somebody_once_unpublished_does_not_excuse_a_script(town, fixed_clock):
    editor = UserFactory(is_superuser=True)
    services = list(DigitalService.objects.order_by("pk")[:15])
    for service in services:
        with LogContext(user=editor):
            service.unpublish()
    town.run()
    fixed_clock.forward(days=2)
    DigitalService.objects.update(live=True)
    town.run()
    fixed_clock.forward(days=2)
    take_away(town, 15)
    assert town.run().plan.left == 15


def test_the_percentage_is_a_setting(town, settings):
    settings.WAGTAIL_VILLES_INTERNET = {"MAX_WITHDRAW_PERCENT": 100}
    take_away(town, 30)
    assert town.run().is_done


def test_after_a_registry_went_back_one_decision_sends_everything_again(engine):
    old, lost = engine.service(title="Ancien"), None
    engine.run()
    engine.run()
    restore = engine.registry.backup()
    retitle(old, "Récent")
    lost = engine.service(title="Perdu")
    engine.run()
    restore()
    assert engine.run().plan.left == 2

    assert len(send_again(engine.authority, Registry.objects.get())) == 2

    assert engine.run().is_done
    assert engine.there() == {old.remote_id: "Récent", lost.remote_id: "Perdu"}


def test_a_copy_of_the_database_sends_nothing(engine, settings):
    engine.service()
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "production"}
    engine.run()
    service = engine.service()
    engine.requests()

    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "staging"}
    result = engine.run()

    assert isinstance(result.error, AnotherInstance)
    assert engine.requests() == []
    assert not Attempt.objects.filter(declaration__remote_id=service.remote_id).exists()


def test_a_copy_that_takes_over_says_so_once(engine, settings):
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "production"}
    engine.run()
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "new"}
    engine.service()
    assert engine.run(adopt=True).is_done
    assert engine.run().is_done
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "production"}
    assert isinstance(engine.run().error, AnotherInstance)


def test_a_town_added_on_a_copy_sends_nothing_either(engine, settings):
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "production"}
    engine.run()
    settings.WAGTAIL_VILLES_INTERNET = {"INSTANCE": "staging"}

    added = Town().authority
    engine.registry.add_authority(added.siren)
    assert isinstance(run(added, engine.registry).error, AnotherInstance)


def test_without_a_setting_the_key_and_the_host_tell_a_copy(engine, settings):
    engine.run()
    assert engine.run().is_done
    assert Link.objects.get().instance
    settings.SECRET_KEY = "another"
    assert isinstance(engine.run().error, AnotherInstance)


def test_a_key_kept_as_a_fallback_makes_no_copy_of_the_site(engine, settings):
    engine.run()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    added = Town().authority
    engine.registry.add_authority(added.siren)

    assert not is_copy()
    assert engine.run().is_done
    assert run(added, engine.registry).is_done

    settings.SECRET_KEY_FALLBACKS = []
    assert engine.run().is_done
