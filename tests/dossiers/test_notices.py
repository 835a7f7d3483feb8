"""Which notices of a closing are due: one a threshold, however often and whenever runs happen."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.dossiers.calendar import (
    PARIS,
    Calendar,
    EditionFacts,
    TypedDates,
    calendar,
    days_left,
)
from wagtail_villes_internet.dossiers.countdown import THRESHOLDS, threshold_of
from wagtail_villes_internet.dossiers.notices import Due, Told, due

DAY = date(2027, 11, 10)
START = datetime(2027, 6, 1, tzinfo=UTC)
BOTH = ["technical", "elected"]
closings = st.dates(date(2027, 6, 1), date(2028, 3, 31))
instants = st.datetimes(START.replace(tzinfo=None), datetime(2028, 4, 30), timezones=st.just(UTC))


def closing_on(day: date, state: str = "open") -> Calendar:
    return calendar(2028, EditionFacts(state=state), TypedDates(closes_on=day))


def days_before(day: date, n: int) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=PARIS) - timedelta(days=n)


class Mailboxes:
    """What the mailboxes of one town were told, run after run."""

    def __init__(self):
        self.told: list[Told] = []

    def run(self, campaign: Calendar, now: datetime, **kwargs) -> tuple[Due, ...]:
        coming = due(campaign, now, told=tuple(self.told), **kwargs)
        self.told += [Told(one.mailbox, one.closes_on, one.days, now) for one in coming]
        return coming


def test_each_threshold_is_told_once_to_each_mailbox_in_a_year_of_daily_runs():
    mailboxes, campaign = Mailboxes(), closing_on(DAY)
    told = [
        (one.left, one.days, one.mailbox)
        for n in range(200, -30, -1)
        for one in mailboxes.run(campaign, days_before(DAY, n))
    ]
    assert told == [(days, days, mailbox) for days in THRESHOLDS for mailbox in BOTH]


def test_a_first_run_near_the_end_tells_the_most_pressing_alone():
    mailboxes, campaign = Mailboxes(), closing_on(DAY)
    assert [one.days for one in mailboxes.run(campaign, days_before(DAY, 5))] == [7, 7]
    assert mailboxes.run(campaign, days_before(DAY, 4)) == ()
    assert [one.days for one in mailboxes.run(campaign, days_before(DAY, 0))] == [1, 1]


@pytest.mark.parametrize("n", [-1, -100, 91, 300])
def test_nothing_is_due_too_early_or_after_the_closing(n):
    assert due(closing_on(DAY), days_before(DAY, n)) == ()


def test_nothing_is_due_once_filed():
    assert due(closing_on(DAY), days_before(DAY, 5), is_filed=True) == ()


@pytest.mark.parametrize("state", ["closed", "published"])
def test_nothing_is_due_once_the_registry_says_it_is_over(state):
    assert due(closing_on(DAY, state), days_before(DAY, 5)) == ()


def test_nothing_is_due_without_a_closing():
    assert due(calendar(2028, EditionFacts(state="open")), days_before(DAY, 5)) == ()


def test_an_edition_that_is_not_open_yet_is_told_by_its_closing():
    assert len(due(closing_on(DAY, "upcoming"), days_before(DAY, 60))) == 2


def test_a_closing_that_is_moved_is_told_anew_and_as_moved():
    mailboxes = Mailboxes()
    assert not any(one.is_moved for one in mailboxes.run(closing_on(DAY), days_before(DAY, 5)))
    later = DAY + timedelta(days=20)
    moved = mailboxes.run(closing_on(later), days_before(DAY, 5))
    assert [(one.days, one.left, one.is_moved) for one in moved] == [(30, 25, True)] * 2
    assert not any(one.is_moved for one in mailboxes.run(closing_on(later), days_before(later, 7)))


def test_a_closing_that_is_moved_back_is_told_again_once():
    mailboxes, later = Mailboxes(), DAY + timedelta(days=10)
    mailboxes.run(closing_on(DAY), days_before(DAY, 26))
    mailboxes.run(closing_on(later), days_before(DAY, 19))
    back = mailboxes.run(closing_on(DAY), days_before(DAY, 18))
    assert [(one.days, one.left, one.is_moved) for one in back] == [(30, 18, True)] * 2
    assert mailboxes.run(closing_on(DAY), days_before(DAY, 17)) == ()
    assert not any(one.is_moved for one in mailboxes.run(closing_on(DAY), days_before(DAY, 6)))


def test_a_closing_moved_and_back_between_two_runs_is_told_of_no_move():
    mailboxes = Mailboxes()
    mailboxes.run(closing_on(DAY), days_before(DAY, 20))
    assert mailboxes.run(closing_on(DAY), days_before(DAY, 19)) == ()


def test_a_closing_moved_back_is_said_at_the_next_threshold_where_it_could_not_be_before():
    mailboxes, later = Mailboxes(), DAY + timedelta(days=10)
    mailboxes.run(closing_on(DAY), days_before(DAY, 26))
    mailboxes.run(closing_on(later), days_before(DAY, 19))
    [one] = mailboxes.run(closing_on(DAY), days_before(DAY, 6), mailboxes=["elected"])
    assert (one.days, one.is_moved) == (7, True)


def test_a_mailbox_given_later_is_told_what_presses_then():
    mailboxes, campaign = Mailboxes(), closing_on(DAY)
    mailboxes.run(campaign, days_before(DAY, 20), mailboxes=["technical"])
    assert [one.mailbox for one in mailboxes.run(campaign, days_before(DAY, 19))] == ["elected"]


def test_a_clock_that_goes_back_tells_nothing_less_pressing():
    mailboxes, campaign = Mailboxes(), closing_on(DAY)
    mailboxes.run(campaign, days_before(DAY, 7))
    assert mailboxes.run(campaign, days_before(DAY, 8)) == ()


@given(closings, st.lists(instants, max_size=30))
def test_whenever_runs_happen_each_threshold_is_told_at_most_once(day, runs):
    mailboxes, campaign = Mailboxes(), closing_on(day)
    for now in runs:
        mailboxes.run(campaign, now)

    told = Counter((one.mailbox, one.days) for one in mailboxes.told)
    assert all(count == 1 for count in told.values())


@given(closings, st.lists(instants, max_size=30))
def test_in_order_of_time_exactly_the_thresholds_that_a_run_fell_under_are_told(day, runs):
    mailboxes, campaign = Mailboxes(), closing_on(day)
    for now in sorted(runs):
        mailboxes.run(campaign, now)

    reached = {threshold_of(days_left(campaign, now)) for now in runs} - {None}
    assert {one.days for one in mailboxes.told if one.mailbox == "elected"} == reached
    assert len(mailboxes.told) == 2 * len(reached)


@given(st.lists(st.tuples(instants, closings, st.booleans()), max_size=30))
def test_with_a_closing_that_moves_nothing_is_told_twice_late_or_once_filed(runs):
    mailboxes, filed = Mailboxes(), False
    for now, day, is_filed in sorted(runs):
        filed = filed or is_filed
        campaign = closing_on(day)
        coming = mailboxes.run(campaign, now, is_filed=filed)

        assert not (filed and coming)
        assert all(0 <= one.left <= one.days and one.closes_on == day for one in coming)
        assert len({one.mailbox for one in coming}) == len(coming)
        if coming:
            assert campaign.phase(now) == "open"
    for mailbox in BOTH:
        told = [(one.closes_on, one.days) for one in mailboxes.told if one.mailbox == mailbox]
        assert all(one != after for one, after in pairwise(told))
