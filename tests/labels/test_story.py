"""What a history amounts to, against a slow and obvious reference."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.record import LabelRecord, Mention, Unstated, Won
from wagtail_villes_internet.labels.standing import Scale
from wagtail_villes_internet.labels.story import (
    at_level,
    in_words,
    longest_streak,
    may_be_excellent,
    sentence,
    steps,
    streaks,
    times_at_the_top,
    took_part,
)

Standing = Award.Standing
AROBASES = Scale("Villes Internet", "arobase", "arobases", 5)
# There is no edition 2009.
YEARS = [year for year in range(2006, 2027) if year != 2009]
TODAY = date(2026, 11, 22)


def record(*told, name="Lunel") -> LabelRecord:
    """A record of what is told from one edition to the next, oldest first: (year, what), where
    what is a level, a standing, or None for nothing stated."""
    rows = []
    for year, what in told:
        if what is None:
            before = rows[-1] if rows else None
            if isinstance(before, Unstated):
                rows[-1] = Unstated(before.first, year)
            elif rows:
                rows.append(Unstated(year, year))
        elif isinstance(what, int):
            rows.append(Won(year, Standing.LABELLED, what, "declared"))
        else:
            rows.append(Won(year, what, None, "declared"))
    return LabelRecord(AROBASES, tuple(reversed(rows)), name=name)


def levels(first, *what) -> LabelRecord:
    start = YEARS.index(first)
    return record(*zip(YEARS[start:], what, strict=False))


everything = st.none() | st.integers(1, 5) | st.sampled_from(Standing.values[1:])
histories = st.lists(everything, min_size=1, max_size=len(YEARS)).map(
    lambda what: list(zip(YEARS, what, strict=False))
)


def slow_streaks(told, level):
    """Every longest stretch of editions in a row, each with that level, newest first."""
    while told and told[0][1] is None:
        told = told[1:]
    unknown = {None, Standing.LEVEL_UNKNOWN, Standing.OUT_OF_COMPETITION}
    found = []
    for start in range(len(told)):
        for end in range(start, len(told)):
            inside = all(what == level for _, what in told[start : end + 1])
            before = told[start - 1][1] if start else None
            after = told[end + 1][1] if end + 1 < len(told) else "nothing yet"
            if inside and before != level and after != level:
                open_ended = before in unknown or after in unknown
                found.append((end - start + 1, told[start][0], told[end][0], open_ended))
    return found[::-1]


@given(histories, st.integers(1, 5))
def test_streaks_are_those_of_the_reference(told, level):
    found = streaks(record(*told).rows, at_level(level))

    assert [(s.count, s.first, s.last, s.at_least) for s in found] == slow_streaks(told, level)


@given(histories)
def test_every_history_is_told_without_a_hole(told):
    told = record(*told)
    said = sentence(told)

    assert bool(said) == (told.shown is not None)
    assert not any(word in said for word in ("None", "%(", "@@"))
    assert all(in_words(step) is not None for step in steps(told.rows).values())


@given(histories)
def test_the_sentence_ends_on_the_latest_level_it_can_vouch_for(told):
    told = record(*told)
    latest = next((won for won in told.awards if won.level), None)
    if latest:
        assert str(latest.year) in sentence(told)
        assert f"{latest.level} arobase" in sentence(told)


@given(histories)
def test_a_step_compares_with_the_level_before(told):
    rows = record(*told).rows
    found = steps(rows)
    stated = [row for row in reversed(rows) if isinstance(row, Won) and row.level]

    for before, after in pairwise(stated):
        assert found[after.year].before == before
        assert found[after.year].direction == (after.level > before.level) - (
            after.level < before.level
        )
    assert [year for year, step in found.items() if step.first] == [
        row.year for row in reversed(rows) if took_part(row)
    ][:1]


@given(histories)
def test_times_at_the_top_are_counted_one_by_one(told):
    count = sum(what == 5 for _, what in told)

    assert times_at_the_top(record(*told)) == count
    assert may_be_excellent(record(*told), TODAY) == (count >= 6)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (levels(2022, 3, 4, 5), "Lunel : de 3 à 5 arobases en trois éditions (2022-2024)"),
        (levels(2022, 3, 4, 5, None), "Lunel : de 3 à 5 arobases en trois éditions (2022-2024)"),
        (levels(2024, 5), "Lunel : 5 arobases en 2024"),
        (levels(2024, 1), "Lunel : 1 arobase en 2024"),
        (levels(2023, 2, 1), "Lunel : de 2 à 1 arobase en deux éditions (2023-2024)"),
        (levels(2022, 5, 4, 5), "Lunel : de 4 à 5 arobases en deux éditions (2023-2024)"),
        (levels(2022, 3, 5, 4), "Lunel : de 5 à 4 arobases en deux éditions (2023-2024)"),
        (levels(2023, 4, 4), "Lunel : 4 arobases, au moins 2 éditions de suite (2023-2024)"),
        (
            levels(2020, 3, 5, 5, 5),
            "Lunel : 5 arobases, 3 éditions de suite (2021-2023)",
        ),
        (levels(2022, 5, None, 4), "Lunel : 4 arobases en 2024"),
        (
            levels(2008, 4, 5),
            "Lunel : de 4 à 5 arobases en deux éditions (2008-2010)",
        ),
        (
            levels(2014, Standing.LEVEL_UNKNOWN),
            "Lunel : Villes Internet 2014, niveau non précisé",
        ),
        (levels(2006, Standing.MENTION_ONLY), "Lunel : Villes Internet 2006, mention sans niveau"),
        (levels(2006, Standing.NOT_PARTICIPATING), ""),
        (
            levels(2010, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5),
            "Lunel : 5 arobases, 3 éditions de suite (2017-2019)",
        ),
        (
            levels(2010, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5),
            "Lunel : de 1 à 5 arobases en 10 éditions (2010-2019)",
        ),
    ],
)
def test_the_sentence_to_quote(told, said):
    assert sentence(told).replace("\xa0", " ") == said


class TestVannes:
    """Five arobases ten times in a row from 2007 to 2017: there was no label 2009."""

    def told(self, *unstated):
        years = [year for year in YEARS if year >= 2007]
        return record(
            *((year, 5 if year <= 2017 and year not in unstated else None) for year in years),
            name="Vannes",
        )

    def test_ten_in_a_row_once_every_edition_is_stated(self):
        [streak] = streaks(self.told().rows, at_level(5))

        assert (streak.count, streak.first, streak.last) == (10, 2007, 2017)

    def test_at_least_seven_while_2010_is_not(self):
        newest, oldest = streaks(self.told(2010).rows, at_level(5))

        assert (newest.count, newest.first, newest.at_least) == (7, 2011, True)
        assert (oldest.count, oldest.at_least) == (2, True)
        assert longest_streak(self.told(2010)).replace("\xa0", " ") == (
            "Vannes : 5 arobases, au moins 7 éditions de suite (2011-2017)"
        )


def test_rises_drops_and_returns_are_told():
    told = levels(2014, 5, 5, 4, Standing.NOT_PARTICIPATING, 5)

    said = {year: in_words(step).replace("\xa0", " ") for year, step in steps(told.rows).items()}

    assert said == {
        2014: "Première participation renseignée",
        2015: "",
        2016: "En baisse par rapport à 2015 (5)",
        2018: "De retour dans le label, en hausse par rapport à 2016 (4)",
    }


def test_who_came_back_after_an_edition_of_which_nothing_is_stated_may_never_have_left():
    told = levels(2014, 5, None, 5)

    assert not any(step.back for step in steps(told.rows).values())


def test_excellence_is_not_told_again_to_who_holds_it():
    held = levels(2018, 5, 5, 5, 5, 5, 5)
    newest = held.rows[0]
    mention = Mention("Territoire d’Excellence numérique", date(2027, 2, 8))
    held = LabelRecord(
        AROBASES,
        (Won(newest.year, newest.standing, 5, "declared", mentions=(mention,)), *held.rows[1:]),
    )

    assert not may_be_excellent(held, TODAY)
    assert may_be_excellent(held, date(2027, 2, 9))
