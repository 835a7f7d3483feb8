"""A registry that fails is left alone: by all its towns, for as long as it takes, and no longer."""

import pytest
from django.test import override_settings

from tests.factories import AuthorityFactory
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.sync import backoff
from wagtail_villes_internet.sync.errors import Paused
from wagtail_villes_internet.sync.models import Backoff, SyncRun
from wagtail_villes_internet.sync.runner import run

HOUR = 3600


class Towns:
    """Several towns of one operator, at one registry in memory."""

    def __init__(self, count):
        MemoryRegistry.forget_all()
        self.registry = MemoryRegistry()
        self.all = [AuthorityFactory() for _ in range(count)]
        for town in self.all:
            self.registry.add_authority(town.siren)

    def run(self, town, **kwargs):
        return run(self.all[town], self.registry, **kwargs)

    def requests(self):
        calls, self.registry.store.calls[:] = list(self.registry.store.calls), []
        return len(calls)


@pytest.fixture
def towns(db, fixed_clock, monkeypatch):
    # Without jitter: the longest of the delays that it chooses among.
    monkeypatch.setattr("random.random", lambda: 1.0)
    monkeypatch.setattr(backoff, "next_delay", lambda failures: 5.0 * 2 ** (failures - 1))
    return Towns(5)


def go_down(towns, times=100):
    towns.registry.fail_next(errors.Unreachable(), times)


def come_back(towns):
    towns.registry.store.faults.clear()
    towns.requests()


def test_a_town_whose_registry_failed_asks_nobody_before_its_time(towns, fixed_clock):
    go_down(towns)
    towns.run(0)
    towns.requests()

    early = towns.run(0)

    assert isinstance(early.error, Paused)
    assert towns.requests() == 0
    fixed_clock.forward(seconds=6)
    assert isinstance(towns.run(0).error, errors.Unreachable)


def test_what_is_not_tried_leaves_no_line_in_the_journal(towns):
    go_down(towns)
    towns.run(0)
    runs = list(SyncRun.objects.values())

    towns.run(0)

    assert list(SyncRun.objects.values()) == runs


def test_a_registry_that_is_down_is_met_by_three_towns_and_left_alone_by_the_others(towns):
    go_down(towns)

    for town in range(5):
        towns.run(town)

    assert towns.requests() == 3


def test_past_its_time_one_town_tries_for_all(towns, fixed_clock):
    go_down(towns)
    for town in range(3):
        towns.run(town)
    fixed_clock.forward(seconds=HOUR)
    towns.requests()

    assert isinstance(towns.run(3).error, errors.Unreachable)
    assert isinstance(towns.run(4).error, Paused)
    assert towns.requests() == 1


def test_once_it_answers_all_go_on_at_once(towns, fixed_clock):
    go_down(towns)
    for town in range(3):
        towns.run(town)
    come_back(towns)
    fixed_clock.forward(seconds=HOUR)

    for town in range(5):
        assert towns.run(town).error is None

    assert not Backoff.objects.exists()


def test_a_town_that_fails_by_itself_does_not_keep_the_others_from_trying(towns, fixed_clock):
    summary = towns.registry.summary
    at_fault = towns.all[0].siren

    def failing(siren):
        if siren == at_fault:
            raise errors.Unreachable
        return summary(siren)

    towns.registry.summary = failing

    for _hour in range(6):
        fixed_clock.forward(seconds=HOUR)
        assert isinstance(towns.run(0).error, errors.Unreachable)
        for town in range(1, 5):
            assert towns.run(town).error is None


def test_an_answer_that_cannot_be_read_is_the_towns_own(towns):
    towns.registry.fail_next(errors.Unparsable())
    towns.run(0)

    assert isinstance(towns.run(0).error, Paused)
    assert towns.run(1).error is None


def test_the_delay_that_the_registry_asks_for_holds_for_all_its_towns(towns, fixed_clock):
    towns.registry.fail_next(errors.Busy(2 * HOUR))
    towns.run(0)

    fixed_clock.forward(seconds=2 * HOUR - 1)
    assert isinstance(towns.run(1).error, Paused)
    fixed_clock.forward(seconds=2)
    assert towns.run(1).error is None


def test_whoever_asks_for_it_tries_at_once(towns):
    go_down(towns, times=1)
    towns.run(0)

    assert towns.run(0, now=True).error is None
    assert not Backoff.objects.exists()


class WithTokens(MemoryRegistry):
    needs_token = True


def with_tokens(towns, *tokens):
    towns.registry = WithTokens()
    sirens = [town.siren for town in towns.all]
    return override_settings(
        WAGTAIL_VILLES_INTERNET={"REGISTRY_TOKENS": dict(zip(sirens, tokens, strict=True))}
    )


def test_a_refused_token_stops_what_shares_it_and_nobody_else(towns):
    with with_tokens(towns, "shared", "shared", "own-1", "own-2", "own-3"):
        towns.registry.fail_next(errors.Unauthorized())
        towns.run(0)
        towns.requests()

        assert isinstance(towns.run(1).error, Paused)
        assert towns.requests() == 0
        assert towns.run(2).error is None


def test_a_refused_token_is_tried_once_an_hour(towns, fixed_clock):
    with with_tokens(towns, "shared", "shared", "own-1", "own-2", "own-3"):
        towns.registry.fail_next(errors.Unauthorized(), times=2)
        towns.run(0)
        fixed_clock.forward(seconds=HOUR - 1)
        assert isinstance(towns.run(0).error, Paused)

        fixed_clock.forward(seconds=2)
        assert isinstance(towns.run(1).error, errors.Unauthorized)
        assert isinstance(towns.run(0).error, Paused)


@pytest.mark.parametrize("error", [errors.Unauthorized, errors.Forbidden])
def test_another_token_is_tried_at_once(towns, error):
    with with_tokens(towns, "old", "b", "c", "d", "e"):
        towns.registry.fail_next(error())
        towns.run(0)
        assert isinstance(towns.run(0).error, Paused)

    with with_tokens(towns, "new", "b", "c", "d", "e"):
        assert towns.run(0).error is None


def test_a_token_that_does_not_cover_a_town_serves_the_others(towns):
    with with_tokens(towns, *["shared"] * 5):
        towns.registry.fail_next(errors.Forbidden())
        towns.run(0)

        assert isinstance(towns.run(0).error, Paused)
        assert towns.run(1).error is None


def test_no_token_stands_in_a_row(towns):
    with with_tokens(towns, *["a-very-secret-token"] * 5):
        towns.registry.fail_next(errors.Unauthorized())
        towns.run(0)

    (row,) = Backoff.objects.values()
    assert "secret" not in str(row)


def test_what_the_registry_is_still_handling_is_asked_for_soon(towns, fixed_clock):
    towns.registry.fail_next(errors.InProgress())
    towns.run(0)

    fixed_clock.forward(seconds=6)

    assert towns.run(0).error is None


def test_a_clock_that_was_ahead_keeps_nobody_waiting_for_years(towns, fixed_clock):
    fixed_clock.forward(days=365)
    go_down(towns)
    for town in range(3):
        towns.run(town)
    come_back(towns)
    fixed_clock.forward(days=-365)

    for town in range(5):
        assert towns.run(town).error is None

    assert not Backoff.objects.exists()


def test_a_delay_of_a_day_is_waited_for_and_no_more(towns, fixed_clock):
    towns.registry.fail_next(errors.Busy(72 * HOUR))
    towns.run(0)

    fixed_clock.forward(seconds=24 * HOUR - 1)
    assert isinstance(towns.run(1).error, Paused)
    fixed_clock.forward(seconds=1)
    assert towns.run(1).error is None


def test_a_failure_while_another_town_finds_the_registry_well_is_only_a_failure(towns, monkeypatch):
    def recovered_meanwhile(error, failures):
        Backoff.objects.all().delete()
        return 5.0

    monkeypatch.setattr(backoff, "delay_after", recovered_meanwhile)
    go_down(towns, times=1)

    assert isinstance(towns.run(0).error, errors.Unreachable)
    assert SyncRun.objects.get().outcome == SyncRun.Outcome.FAILED
    assert towns.run(0).error is None
