"""Until when an award is current, and how it is told."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.standing import Scale, is_current, last_current_day, wording

AROBASES = Scale("Villes Internet", "arobase", "arobases", 5)
Standing = Award.Standing

ceremonies = st.lists(st.dates(date(1999, 1, 1), date(2040, 12, 31)), max_size=6)
years = st.integers(2000, 2035)


@pytest.mark.parametrize(
    ("later_ceremonies", "last_day"),
    [
        ([], date(2025, 6, 30)),
        ([date(2025, 2, 6)], date(2025, 4, 7)),
        ([date(2025, 6, 30)], date(2025, 6, 30)),
        ([date(2026, 1, 29)], date(2025, 6, 30)),
        # The first ceremony counts, in whatever order they are given.
        ([date(2026, 1, 29), date(2025, 2, 6)], date(2025, 4, 7)),
        # The label 2010 was handed over in December 2009.
        ([date(2024, 12, 15)], date(2025, 2, 13)),
    ],
)
def test_last_day_of_the_label_2024(later_ceremonies, last_day):
    assert last_current_day(2024, later_ceremonies) == last_day
    assert is_current(2024, later_ceremonies, last_day)
    assert not is_current(2024, later_ceremonies, last_day + timedelta(days=1))


@given(years, ceremonies)
def test_current_until_the_earlier_of_60_days_and_30_june(year, later):
    last = last_current_day(year, later)

    assert last <= date(year + 1, 6, 30)
    assert all(last <= day + timedelta(days=60) for day in later)
    assert last == date(year + 1, 6, 30) or last - timedelta(days=60) in later


@given(years, ceremonies, st.dates(date(1999, 1, 1), date(2041, 12, 31)))
def test_an_award_never_becomes_current_again(year, later, today):
    if not is_current(year, later, today):
        assert not is_current(year, later, today + timedelta(days=1))


@given(years, ceremonies, st.dates(date(1999, 1, 1), date(2041, 12, 31)), st.dates())
def test_one_more_ceremony_never_lengthens_an_award(year, later, today, ceremony):
    if is_current(year, [*later, ceremony], today):
        assert is_current(year, later, today)


@pytest.mark.parametrize(
    ("standing", "level", "current", "spoken"),
    [
        (Standing.LABELLED, 5, True, "Label Villes Internet 2024 : 5 arobases sur 5"),
        (Standing.LABELLED, 5, False, "Label obtenu en 2024 : 5 arobases sur 5"),
        (Standing.LABELLED, 1, True, "Label Villes Internet 2024 : 1 arobase sur 5"),
        (Standing.LABELLED, 1, False, "Label obtenu en 2024 : 1 arobase sur 5"),
        # A bulk action may put a labelled award online without its level.
        (Standing.LABELLED, None, False, "Label obtenu en 2024 : niveau non précisé"),
        (Standing.LEVEL_UNKNOWN, None, True, "Label Villes Internet 2024 : niveau non précisé"),
        (Standing.LEVEL_UNKNOWN, None, False, "Label obtenu en 2024 : niveau non précisé"),
        (
            Standing.OUT_OF_COMPETITION,
            5,
            True,
            "Label Villes Internet 2024 : 5 arobases sur 5, hors concours",
        ),
        (
            Standing.OUT_OF_COMPETITION,
            4,
            False,
            "Label obtenu en 2024 : 4 arobases sur 5, hors concours",
        ),
        (Standing.OUT_OF_COMPETITION, None, True, "Villes Internet 2024 : hors concours"),
        (Standing.OUT_OF_COMPETITION, None, False, "Villes Internet 2024 : hors concours"),
        (Standing.MENTION_ONLY, None, True, "Villes Internet 2024 : mention sans niveau"),
        (Standing.MENTION_ONLY, None, False, "Villes Internet 2024 : mention sans niveau"),
        (Standing.NOT_PARTICIPATING, None, True, "Villes Internet 2024 : n’a pas participé"),
        (Standing.NOT_PARTICIPATING, None, False, "Villes Internet 2024 : n’a pas participé"),
    ],
)
def test_what_is_spoken(standing, level, current, spoken):
    assert wording(AROBASES, 2024, standing, level, current=current).spoken == spoken


@given(
    st.sampled_from(Standing.values),
    st.none() | st.integers(1, 5),
    st.booleans(),
    years,
)
def test_the_year_is_always_said_and_an_arobase_never_spelt(standing, level, current, year):
    spoken = wording(AROBASES, year, standing, level, current=current).spoken

    assert str(year) in spoken
    assert "@" not in spoken
    assert not re.search(r"None|%|  ", spoken)


def test_another_label_is_told_in_its_own_words():
    flowers = Scale("Villes et villages fleuris", "fleur", "fleurs", 4)

    told = wording(flowers, 2023, Standing.LABELLED, 3, current=True)

    assert told.spoken == "Label Villes et villages fleuris 2023 : 3 fleurs sur 4"
