"""A live row that breaks the contract's rules is « à compléter », with its reasons."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.services.rules import (
    Shortcoming,
    is_web_address,
    shortcomings,
    status_on,
)

COMPLETE = {
    "title": "Réservation des salles",
    "summary": "",
    "url": "",
    "offline_alternative": "",
    "started_on": None,
    "ended_on": None,
    "latitude": None,
    "longitude": None,
}


def lacks(references=("p-rdv-titres",), **changes):
    return shortcomings(SimpleNamespace(**COMPLETE | changes), references)


def test_a_title_and_a_reference_service_are_enough():
    assert lacks() == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "  "}, Shortcoming.NO_TITLE),
        ({"references": ()}, Shortcoming.NO_REFERENCE_SERVICE),
        ({"references": range(51)}, Shortcoming.TOO_MANY_REFERENCE_SERVICES),
        ({"summary": "x" * 501}, Shortcoming.SUMMARY_TOO_LONG),
        ({"url": "ftp://ville.example/"}, Shortcoming.NOT_A_WEB_ADDRESS),
        ({"url": "ville.example"}, Shortcoming.NOT_A_WEB_ADDRESS),
        ({"url": "https://[ville"}, Shortcoming.NOT_A_WEB_ADDRESS),
        (
            {"started_on": date(2024, 2, 1), "ended_on": date(2024, 1, 31)},
            Shortcoming.ENDED_BEFORE_STARTED,
        ),
        ({"latitude": "43.674"}, Shortcoming.HALF_A_PLACE),
        ({"offline_alternative": "x" * 501}, Shortcoming.OFFLINE_TOO_LONG),
    ],
)
def test_each_fault_is_named_and_explained(changes, expected):
    assert lacks(**changes) == (expected,)
    assert expected.message


def test_none_and_too_many_are_told_apart():
    [none], [too_many] = lacks(references=()), lacks(references=range(51))

    assert "50" not in none.message
    assert "50" in too_many.message


@pytest.mark.parametrize(
    "changes",
    [
        {"references": range(50)},
        {"summary": "x" * 500},
        {"url": "http://ville.example/démarches?x=1"},
        {"started_on": date(2024, 2, 1), "ended_on": date(2024, 2, 1)},
        {"latitude": "43.674", "longitude": "4.135"},
    ],
)
def test_the_limits_themselves_are_allowed(changes):
    assert lacks(**changes) == ()


def test_a_web_address_is_absolute():
    assert is_web_address("https://ville.example")
    assert not is_web_address("//ville.example")
    assert not is_web_address("https://")


FIRST, LAST = date(2024, 3, 1), date(2024, 9, 30)
DAY = timedelta(days=1)
STATUSES = st.sampled_from(["planned", "active", "ended"])
DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("status", "today", "expected"),
    [
        ("planned", FIRST - DAY, "planned"),
        ("planned", FIRST, "active"),
        ("active", FIRST - DAY, "active"),
        ("active", LAST, "active"),
        ("active", LAST + DAY, "ended"),
        ("planned", LAST + DAY, "ended"),
        ("ended", FIRST, "ended"),
    ],
)
def test_dates_come_true_by_themselves(status, today, expected):
    assert status_on(status, FIRST, LAST, today) == expected


@given(STATUSES, DAYS)
def test_without_dates_it_is_what_the_editor_said(status, today):
    assert status_on(status, None, None, today) == status


@given(STATUSES, st.none() | DAYS, st.none() | DAYS, DAYS, DAYS)
def test_a_service_never_goes_back(status, first, last, one, other):
    order = ["planned", "active", "ended"]
    before, after = (status_on(status, first, last, day) for day in sorted((one, other)))

    assert order.index(status) <= order.index(before) <= order.index(after)
