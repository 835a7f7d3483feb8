"""When a campaign is open: around midnight, on the days the clocks change, whatever the server's
own time zone is, and with dates missing."""

import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.dossiers.calendar import (
    OVER,
    PARIS,
    Calendar,
    EditionFacts,
    Phase,
    StatedBy,
    TypedDates,
    calendar,
    days_left,
    end_of_second,
    paris_day,
)
from wagtail_villes_internet.dossiers.campaign import usual_year, year_of_work
from wagtail_villes_internet.dossiers.countdown import (
    THRESHOLDS,
    countdown_text,
    threshold_of,
    urgency,
)

SUMMER_TIME = date(2027, 3, 28)
WINTER_TIME = date(2027, 10, 31)
LEAP_DAY = date(2028, 2, 29)
STATES = ["", "upcoming", "open"]

days = st.dates(date(2001, 1, 1), date(2090, 12, 31))
odd_days = st.sampled_from([SUMMER_TIME, WINTER_TIME, LEAP_DAY, date(2027, 12, 31)])
any_day = st.one_of(days, odd_days)
maybe = st.one_of(st.none(), any_day)
instants = st.datetimes(datetime(2000, 12, 1), datetime(2091, 2, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
near = st.integers(-172_800, 172_800).map(lambda seconds: timedelta(seconds=seconds))


def closing_on(day: date, **edition) -> Calendar:
    return calendar(2028, EditionFacts(**edition), TypedDates(closes_on=day))


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Paris"])
def server(request, settings):
    """A server whose own clock, and Django's, read the time of somewhere."""
    settings.TIME_ZONE = request.param
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    with timezone.override(ZoneInfo(request.param)):
        yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


class TestTheEndsOfTime:
    """Some write « no end » as the last second there is; an hour east of it there is no day."""

    END = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    BEGINNING = datetime(1, 1, 1, tzinfo=timezone.get_fixed_timezone(14 * 60))

    def test_have_a_day(self):
        assert paris_day(self.END) == date.max
        assert paris_day(self.BEGINNING) == date.min

    def test_close_nothing_today(self):
        campaign = calendar(2028, EditionFacts(closes_at=self.END))

        assert campaign.phase(paris(2027, 6, 1)) == Phase.OPEN
        assert campaign.closes_on == date.max
        assert days_left(campaign, paris(2027, 6, 1)) > 2_000_000

    def test_are_no_urgency_and_are_told(self):
        campaign = calendar(2028, EditionFacts(closes_at=self.END))

        assert urgency(campaign, paris(2027, 6, 1)) is None
        assert "9999" in countdown_text(campaign, paris(2027, 6, 1))


class TestSittingOut:
    @given(any_day, instants, st.sampled_from(STATES))
    def test_nothing_presses(self, day, now, state):
        dates = TypedDates(closes_on=day)
        campaign = calendar(2028, EditionFacts(state=state), dates, sits_out=True)

        assert urgency(campaign, now) is None

    def test_moves_no_date(self):
        dates = TypedDates(date(2027, 3, 4), date(2027, 11, 10), date(2028, 2, 3))
        out = calendar(2028, None, dates, sits_out=True)

        assert replace(out, sits_out=False) == calendar(2028, None, dates)

    def test_is_said_until_the_campaign_is_over(self):
        campaign = calendar(2028, None, TypedDates(closes_on=date(2027, 11, 10)), sits_out=True)

        with translation.override("fr"):
            assert "n’y participe pas" in countdown_text(campaign, paris(2027, 11, 10))
            assert "close" in countdown_text(campaign, paris(2027, 11, 11))


class TestTheLastSecond:
    @pytest.mark.parametrize("day", [date(2027, 11, 10), SUMMER_TIME, WINTER_TIME, LEAP_DAY])
    def test_is_in_time_and_the_next_is_not(self, day):
        campaign = closing_on(day)
        midnight = paris(day.year, day.month, day.day) + timedelta(days=1)

        assert campaign.phase(midnight - timedelta(seconds=1)) == Phase.OPEN
        assert campaign.phase(midnight - timedelta(microseconds=1)) == Phase.OPEN
        assert campaign.phase(midnight) == Phase.CLOSED
        assert campaign.closes_on == day

    def test_is_told_by_paris_wherever_the_server_is(self, server):
        campaign = closing_on(date(2027, 11, 10))
        with time_machine.travel("2027-11-10T22:59:59Z", tick=False):
            assert campaign.phase(timezone.now()) == Phase.OPEN
            assert days_left(campaign, timezone.now()) == 0
        with time_machine.travel("2027-11-10T23:00:00Z", tick=False):
            assert campaign.phase(timezone.now()) == Phase.CLOSED
            assert days_left(campaign, timezone.now()) == -1

    def test_of_an_edition_is_that_of_its_instant(self):
        noon = datetime(2027, 11, 10, 11, 0, 0, tzinfo=UTC)
        campaign = calendar(2028, EditionFacts(closes_at=noon, state="open"))

        assert campaign.phase(noon + timedelta(milliseconds=999)) == Phase.OPEN
        assert campaign.phase(noon + timedelta(seconds=1)) == Phase.CLOSED
        assert days_left(campaign, noon + timedelta(hours=2)) == 0

    def test_of_an_instant_within_a_second_is_that_second(self):
        half_past = datetime(2027, 11, 10, 22, 59, 59, 500_000, tzinfo=UTC)
        midnight = datetime(2027, 11, 10, 23, 0, tzinfo=UTC)
        assert calendar(2028, EditionFacts(closes_at=half_past)).phase(midnight) == Phase.CLOSED

    @given(any_day)
    def test_of_a_typed_day_is_followed_by_the_next_day(self, day):
        closes_at = closing_on(day).closes_at

        assert paris_day(closes_at) == day
        assert paris_day(end_of_second(closes_at).astimezone(UTC)) == day + timedelta(days=1)

    @pytest.mark.parametrize(
        ("day", "hours"), [(SUMMER_TIME, 23), (WINTER_TIME, 25), (LEAP_DAY, 24)]
    )
    def test_of_a_day_on_which_the_clocks_change_ends_that_day(self, day, hours):
        campaign = calendar(2028, None, TypedDates(opens_on=day, closes_on=day))

        lasted = end_of_second(campaign.closes_at).astimezone(UTC) - campaign.opens_at.astimezone(
            UTC
        )
        assert lasted == timedelta(hours=hours)


class TestDaysLeft:
    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (paris(2027, 10, 29, 0, 0), 12),
            (paris(2027, 10, 29, 23, 59), 12),
            (paris(2027, 11, 9, 23, 59), 1),
            (paris(2027, 11, 10, 0, 0), 0),
            (paris(2027, 11, 11, 0, 0), -1),
        ],
    )
    def test_are_whole_days_of_paris(self, now, left):
        assert days_left(closing_on(date(2027, 11, 10)), now) == left

    def test_count_the_leap_day(self):
        campaign = closing_on(date(2028, 3, 1))
        assert days_left(campaign, paris(2028, 2, 28, 12)) == 2
        assert days_left(closing_on(date(2027, 3, 1)), paris(2027, 2, 28, 12)) == 1

    def test_are_not_known_without_a_closing(self):
        campaign = calendar(2028, None, TypedDates(opens_on=date(2027, 3, 1)))
        assert days_left(campaign, paris(2027, 5, 1)) is None
        assert urgency(campaign, paris(2027, 5, 1)) is None

    @given(any_day, instants, st.timedeltas(timedelta(0), timedelta(days=400)))
    def test_never_grow_as_time_goes(self, day, now, later):
        campaign = closing_on(day)
        assert days_left(campaign, now + later) <= days_left(campaign, now)

    @given(any_day, near)
    def test_are_at_least_0_as_long_as_it_is_open_and_less_after(self, day, delta):
        campaign = closing_on(day)
        now = campaign.closes_at.astimezone(UTC) + delta
        assert (days_left(campaign, now) >= 0) == (campaign.phase(now) == Phase.OPEN)

    @given(any_day, instants)
    def test_do_not_depend_on_the_zone_an_instant_is_written_in(self, day, now):
        campaign = closing_on(day)
        elsewhere = now.astimezone(ZoneInfo("America/Los_Angeles"))
        assert days_left(campaign, elsewhere) == days_left(campaign, now)
        assert campaign.phase(elsewhere) == campaign.phase(now)


class TestWhoseDates:
    EDITION = EditionFacts(
        ordinal=29,
        state="open",
        closes_at=datetime(2027, 11, 10, 22, 59, 59, tzinfo=UTC),
        place="Albi",
    )
    TYPED = TypedDates(date(2027, 3, 4), date(2027, 11, 30), date(2028, 2, 3))

    def test_those_of_the_edition_come_first_field_by_field(self):
        campaign = calendar(2028, self.EDITION, self.TYPED)

        assert campaign.closes_on == date(2027, 11, 10)
        assert campaign.opens_on == date(2027, 3, 4)
        assert campaign.ceremony_on == date(2028, 2, 3)
        assert campaign.by_town == {"opens_at", "ceremony_on"}
        assert (campaign.stated_by, campaign.ordinal, campaign.place) == ("registry", 29, "Albi")

    def test_the_town_s_stand_where_nothing_else_is_known(self):
        campaign = calendar(2028, None, self.TYPED)
        assert campaign.closes_on == date(2027, 11, 30)
        assert campaign.stated_by == StatedBy.TOWN

    def test_nobody_s_are_unknown(self):
        campaign = calendar(2028)
        assert campaign.stated_by == StatedBy.NOBODY
        assert not campaign.stated_by
        assert campaign.phase(paris(2027, 6, 1)) == Phase.UNKNOWN

    @given(st.tuples(maybe, maybe, maybe), st.tuples(maybe, maybe, maybe))
    def test_each_is_the_edition_s_else_the_town_s_else_unknown(self, shared, own):
        edition = EditionFacts(
            opens_at=calendar(2028, None, TypedDates(opens_on=shared[0])).opens_at,
            closes_at=calendar(2028, None, TypedDates(closes_on=shared[1])).closes_at,
            ceremony_on=shared[2],
        )
        campaign = calendar(2028, edition, TypedDates(*own))

        kept = (campaign.opens_on, campaign.closes_on, campaign.ceremony_on)
        assert kept == tuple(one or other for one, other in zip(shared, own, strict=True))
        assert campaign.by_town == {
            name
            for name, one, other in zip(
                ("opens_at", "closes_at", "ceremony_on"), shared, own, strict=True
            )
            if other and not one
        }


class TestPhase:
    DATES = TypedDates(date(2027, 3, 4), date(2027, 11, 10), date(2028, 2, 3))

    @pytest.mark.parametrize(
        ("now", "phase"),
        [
            (paris(2027, 3, 3, 23, 59, 59), "upcoming"),
            (paris(2027, 3, 4), "open"),
            (paris(2027, 11, 10, 23, 59, 59), "open"),
            (paris(2027, 11, 11), "closed"),
        ],
    )
    def test_follows_the_dates(self, now, phase):
        assert calendar(2028, None, self.DATES).phase(now) == phase

    @pytest.mark.parametrize("word", ["closed", "published"])
    def test_is_what_the_registry_says_once_it_is_over(self, word):
        campaign = calendar(2028, EditionFacts(state=word), self.DATES)
        assert campaign.phase(paris(2027, 6, 1)) == word
        assert urgency(campaign, paris(2027, 11, 9)) is None

    def test_seems_closed_where_our_clock_alone_says_so(self):
        late = paris(2027, 11, 11)
        still_open = calendar(2028, EditionFacts(state="open"), self.DATES)
        closed = calendar(2028, EditionFacts(state="closed"), self.DATES)

        assert still_open.only_seems_closed(late)
        assert not still_open.only_seems_closed(paris(2027, 11, 10))
        assert not closed.only_seems_closed(late)

    def test_opens_by_the_clock_before_the_registry_is_read_again(self):
        campaign = calendar(2028, EditionFacts(state="upcoming"), self.DATES)
        assert campaign.phase(paris(2027, 3, 4)) == Phase.OPEN

    def test_is_open_where_the_registry_says_so_before_the_day_a_town_typed(self):
        campaign = calendar(2028, EditionFacts(state="open"), self.DATES)
        assert campaign.phase(paris(2027, 3, 1)) == Phase.OPEN

    def test_is_the_registry_s_word_without_a_date(self):
        for word in ("upcoming", "open", "closed", "published"):
            assert calendar(2028, EditionFacts(state=word)).phase(paris(2027, 6, 1)) == word

    def test_moves_with_the_closing(self):
        now = paris(2027, 11, 9, 12)
        before, sooner, later = (
            calendar(2028, EditionFacts(state="open", closes_at=paris(2027, 11, day, 23, 59, 59)))
            for day in (10, 8, 30)
        )
        assert [one.phase(now) for one in (before, sooner, later)] == ["open", "closed", "open"]
        assert [days_left(one, now) for one in (before, sooner, later)] == [1, -1, 21]
        assert [urgency(one, now) for one in (before, sooner, later)] == [1, None, 30]

    @given(st.sampled_from(STATES), maybe, maybe, instants, instants)
    def test_never_goes_back(self, word, opens_on, closes_on, one, other):
        campaign = calendar(2028, EditionFacts(state=word), TypedDates(opens_on, closes_on))
        order = [Phase.UNKNOWN, Phase.UPCOMING, Phase.OPEN, Phase.CLOSED, Phase.PUBLISHED]
        now, later = sorted([one, other])
        assert order.index(campaign.phase(now)) <= order.index(campaign.phase(later))


class TestUrgency:
    @pytest.mark.parametrize(
        ("left", "threshold"),
        [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1)],
    )
    def test_is_the_most_pressing_threshold_reached(self, left, threshold):
        assert threshold_of(left) == threshold

    @pytest.mark.parametrize("left", [None, -1, -400])
    def test_is_none_once_it_is_over_or_not_known(self, left):
        assert threshold_of(left) is None

    @given(any_day, instants, st.timedeltas(timedelta(0), timedelta(days=200)))
    def test_only_grows_until_the_closing(self, day, now, later):
        campaign = closing_on(day)
        before, after = urgency(campaign, now), urgency(campaign, now + later)
        if before is not None and campaign.phase(now + later) not in OVER:
            assert after is not None
            assert after <= before
        assert before in (None, *THRESHOLDS)


class TestTheYearOfWork:
    NOW = paris(2027, 6, 1)

    def year(self, *known: Calendar, now=NOW) -> int:
        return year_of_work(known, now)

    def known(self, year: int, state: str = "", **typed) -> Calendar:
        return calendar(year, EditionFacts(state=state), TypedDates(**typed))

    def test_is_the_one_that_is_open(self):
        known = [self.known(2027, "published"), self.known(2028, "open")]
        assert self.year(*known, self.known(2029, "upcoming")) == 2028

    def test_is_else_the_next_announced(self):
        known = [self.known(2029, "upcoming"), self.known(2030, "upcoming")]
        assert self.year(self.known(2028, "closed"), *known) == 2029

    def test_is_else_the_last_one_closed_whose_results_are_awaited(self):
        known = [self.known(2027, "published"), self.known(2028, "closed")]
        assert self.year(*known) == 2028

    @pytest.mark.parametrize(("month", "year"), [(4, 2028), (12, 2028)])
    def test_waits_for_results_that_are_late_where_the_registry_says_closed(self, month, year):
        assert self.year(self.known(2028, "closed"), now=paris(2028, month, 1)) == year

    def test_is_the_latest_of_those_closed_even_ahead_of_the_usual_one(self):
        seems_closed = self.known(2029, "open", closes_on=date(2027, 5, 1))
        assert self.year(seems_closed) == 2029
        assert self.year(self.known(2028, "closed"), seems_closed) == 2029

    def test_waits_for_them_no_longer_than_the_year_on_the_sign(self):
        assert self.year(self.known(2028, "closed"), now=paris(2029, 1, 1)) == 2029

    def test_is_a_past_one_as_long_as_a_date_says_that_it_is_open_or_to_come(self):
        assert self.year(self.known(2026, "open", closes_on=date(2027, 7, 1))) == 2026
        assert self.year(self.known(2026, "upcoming", opens_on=date(2027, 7, 1))) == 2026
        both = {"opens_on": date(2027, 4, 1), "closes_on": date(2027, 7, 1)}
        assert self.year(self.known(2026, **both)) == 2026

    def test_is_else_the_one_after_the_last_published(self):
        assert self.year(self.known(2028, "published")) == 2029

    @pytest.mark.parametrize(
        ("now", "year"),
        [
            (paris(2027, 2, 28, 23, 59), 2027),
            (paris(2027, 3, 1), 2028),
            (paris(2027, 12, 31, 23, 59), 2028),
            (paris(2028, 1, 1), 2028),
            (paris(2028, 2, 29, 23, 59), 2028),
            (paris(2028, 3, 1), 2029),
        ],
    )
    def test_is_the_usual_one_where_nothing_is_known(self, now, year):
        assert self.year(now=now) == usual_year(paris_day(now)) == year
        assert self.year(self.known(2024, "published"), now=now) == year

    def test_follows_the_typed_dates_of_a_town_without_a_registry(self):
        typed = self.known(2028, opens_on=date(2027, 3, 4), closes_on=date(2027, 11, 10))
        assert self.year(typed, now=paris(2027, 6, 1)) == 2028
        assert self.year(typed, now=paris(2027, 12, 1)) == 2028
        assert self.year(typed, now=paris(2028, 2, 20)) == 2028
        assert self.year(typed, now=paris(2028, 3, 1)) == 2029

    @pytest.mark.parametrize("word", ["open", "upcoming", "closed"])
    def test_is_not_a_past_one_that_nobody_updates(self, word):
        assert self.year(self.known(2021, word)) == 2028

    def test_is_not_one_opened_by_typed_dates_that_nobody_closed(self):
        assert self.year(self.known(2021, opens_on=date(2020, 3, 4))) == 2028

    def test_does_not_change_as_the_campaign_closes_and_waits_for_its_results(self):
        known = [
            calendar(2028, EditionFacts(state="open", closes_at=paris(2027, 11, 10, 23, 59, 59)))
        ]
        assert self.year(*known, now=paris(2027, 11, 10, 12)) == 2028
        assert self.year(*known, now=paris(2027, 11, 11)) == 2028

    @given(
        st.lists(
            st.builds(
                calendar,
                st.integers(2000, 2090),
                st.builds(EditionFacts, state=st.sampled_from([*STATES, "closed", "published"])),
                st.builds(TypedDates, maybe, maybe, maybe),
            ),
            max_size=6,
            unique_by=lambda one: one.year,
        ),
        instants,
    )
    def test_is_always_one(self, known, now):
        assert self.year(*known, now=now) == self.year(*reversed(known), now=now)
