"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.retry import DAY, next_delay, parse_retry_after

from .values import calm

NOW = 1_700_000_000.0
# Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, 5.6.7.
RFC_DATE = 784_111_777.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("86400", DAY),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("", None),
        (None, None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("soon", None),
        ("٣", None),
        ("120, 130", None),
        ("Sun, 06 Nov 1994", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
    ],
)
def test_seconds(value, expected):
    assert parse_retry_after(value, date=None, now=NOW) == expected


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 06 Nov 1994 08:51:37 GMT",
        "Sunday, 06-Nov-94 08:51:37 GMT",
        "Sun Nov  6 08:51:37 1994",
    ],
)
def test_a_date_is_relative_to_the_answers_own_date(value):
    """The three forms of RFC 9110, 5.6.7; the clock here is of no account."""
    sent = "Sun, 06 Nov 1994 08:49:37 GMT"

    assert parse_retry_after(value, date=sent, now=NOW) == 120.0


def test_without_a_date_of_its_own_the_answers_arrival_counts():
    value = "Sun, 06 Nov 1994 08:51:37 GMT"

    assert parse_retry_after(value, date=None, now=RFC_DATE) == 120.0
    assert parse_retry_after(value, date="yesterday", now=RFC_DATE) == 120.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Sun, 06 Nov 1994 08:00:00 GMT", 0.0), ("Sun, 06 Nov 2094 08:00:00 GMT", DAY)],
)
def test_a_date_past_or_far_away_is_kept_within_a_day(value, expected):
    sent = "Sun, 06 Nov 1994 08:49:37 GMT"

    assert parse_retry_after(value, date=sent, now=NOW) == expected


@calm
@given(st.text(), st.none() | st.text(), st.floats(0, 4e9))
def test_no_header_makes_one_wait_more_than_a_day_or_fail(value, date, now):
    delay = parse_retry_after(value, date=date, now=now)

    assert delay is None or 0 <= delay <= DAY


@pytest.mark.parametrize(
    ("failures", "longest"),
    [(0, 5), (1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (10**9, 3600)],
)
def test_the_delay_doubles_up_to_one_hour(failures, longest):
    assert next_delay(failures, lambda: 1.0) == longest
    assert next_delay(failures, lambda: 0.0) == 0
    assert next_delay(failures, lambda: 0.5) == longest / 2


@calm
@given(st.integers(1, 10**6))
def test_by_default_the_delay_is_drawn_at_random(failures):
    assert 0 <= next_delay(failures) <= 3600
