"""What a history amounts to: rises and returns, streaks, the sentence that sums it up.

Pure. Counted in editions and not in years (there is no edition 2009), over stated editions only: an
edition of which nothing is stated ends what may be claimed, and a streak that touches one is « at
least » so long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .models import VILLES_INTERNET, Award
from .record import LabelRecord, Unstated, Won
from .standing import Scale

Standing = Award.Standing
Row = Won | Unstated

# Here none was given; elsewhere a level that is not there is not stated.
WITHOUT_ANY_LEVEL = {Standing.MENTION_ONLY, Standing.NOT_PARTICIPATING}
# How many times the highest level makes a town eligible for « Territoire d'excellence numérique »
# (règlement of the label; said to editors only, for the association decides).
EXCELLENCE_AFTER = 6
EXCELLENCE = "excellence numérique"
# A streak shorter than this is not worth a sentence where a rise can be told.
WORTH_TELLING = 3


@dataclass(frozen=True, slots=True)
class Streak:
    """Editions in a row of which the same holds; `at_least`: it may have begun before, or gone on
    after, in an edition of which nothing is stated."""

    count: int
    first: int
    last: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """What changed in one edition. `before`: the award with a level that came before."""

    first: bool = False
    back: bool = False
    before: Won | None = None
    direction: int = 0


def took_part(row: Row) -> bool | None:
    """Whether the town took part; None where nothing is stated."""
    if isinstance(row, Unstated):
        return None
    return row.standing != Standing.NOT_PARTICIPATING


def at_level(level: int) -> Callable[[Row], bool | None]:
    """Whether an edition gave `level`; unknown where no level is stated."""

    def holds(row: Row) -> bool | None:
        if isinstance(row, Unstated):
            return None
        if row.level is None and row.standing not in WITHOUT_ANY_LEVEL:
            return None
        return row.level == level

    return holds


def streaks(rows: Sequence[Row], holds: Callable[[Row], bool | None]) -> list[Streak]:
    """Every streak of `rows` (newest first) of which `holds`, newest first."""
    oldest_first = list(reversed(rows))
    found = []
    # Before the first row nothing is stated; after the last one there is nothing yet.
    known: bool | None = None
    for state, group in groupby(oldest_first, key=holds):
        run = list(group)
        if state:
            found.append(Streak(len(run), run[0].year, run[-1].year, at_least=known is None))
        elif state is None and known:
            last = found[-1]
            found[-1] = Streak(last.count, last.first, last.last, at_least=True)
        known = state
    return found[::-1]


def steps(rows: Sequence[Row]) -> dict[int, Steps]:
    """What changed in each edition where the town took part, by its year."""
    found: dict[int, Steps] = {}
    older: Row | None = None
    levelled: Won | None = None
    for row in reversed(rows):
        if isinstance(row, Won) and took_part(row):
            back = isinstance(older, Won) and not took_part(older) and bool(found)
            direction = 0
            if levelled and row.level and levelled.level:
                direction = (row.level > levelled.level) - (row.level < levelled.level)
            found[row.year] = Steps(not found, back, levelled, direction)
            levelled = row if row.level else levelled
        older = row
    return found


def in_words(steps: Steps) -> str:
    """« En hausse par rapport à 2023 (4) », « De retour »; empty where nothing changed."""
    said = []
    if steps.first:
        said.append(_("first stated participation"))
    if steps.back:
        said.append(_("back in the label"))
    if steps.before and steps.direction:
        compared = {"year": steps.before.year, "level": steps.before.level}
        if steps.direction > 0:
            said.append(_("up from %(year)d (%(level)d)") % compared)
        else:
            said.append(_("down from %(year)d (%(level)d)") % compared)
    return capfirst(", ".join(said))


def times_at_the_top(record: LabelRecord) -> int:
    """How many labels of the highest level are stated; what was out of competition is none."""
    return sum(
        won.standing == Standing.LABELLED and won.level == record.scale.highest
        for won in record.awards
    )


def may_be_excellent(record: LabelRecord, today: date) -> bool:
    """Whether six times five arobases may open « Territoire d'excellence numérique » to the town.

    False while it holds that mention. For editors: only the association gives it.
    """
    if record.slug != VILLES_INTERNET or times_at_the_top(record) < EXCELLENCE_AFTER:
        return False
    return not any(
        EXCELLENCE in mention.name.casefold() and not mention.has_expired(today)
        for won in record.awards
        for mention in won.mentions
    )


def sentence(record: LabelRecord) -> str:
    """The history in one sentence to quote: « Lunel : de 3 à 5 arobases en trois éditions
    (2022-2024) ». It tells the latest editions in a row of which the level is stated; empty where
    no participation is."""
    scale = record.scale
    newest = record.shown
    if newest is None:
        return ""
    run = _latest_levels(record.rows)
    if not run:
        return _without_level(record, newest)
    level = run[-1].level
    streak = streaks(record.rows, at_level(level))[0]
    rising = _one_way(run)
    if streak.count >= min(WORTH_TELLING, len(run)) and streak.count > 1:
        return _streak(record.name, scale, level, streak)
    if len(rising) > 1:
        return _("%(name)s: from %(before)d to %(level)d %(units)s in %(editions)s (%(span)s)") % {
            "name": record.name,
            "before": rising[0].level,
            "level": level,
            "units": scale.units(level),
            "editions": _editions(len(rising)),
            "span": _span(rising[0].year, rising[-1].year),
        }
    return _("%(name)s: %(level)d %(units)s in %(year)d") % {
        "name": record.name,
        "level": level,
        "units": scale.units(level),
        "year": run[-1].year,
    }


def longest_streak(record: LabelRecord) -> str:
    """The longest streak at the highest level, where it is worth telling; else empty."""
    found = streaks(record.rows, at_level(record.scale.highest)) if record.scale.highest else []
    best = max(found, key=lambda streak: (streak.count, streak.last), default=None)
    if best is None or best.count < WORTH_TELLING:
        return ""
    return _streak(record.name, record.scale, record.scale.highest, best)


def _latest_levels(rows: Sequence[Row]) -> list[Won]:
    """The latest awards with a level whose editions follow one another, oldest first."""
    run: list[Won] = []
    for row in rows:
        if isinstance(row, Won) and row.level:
            run.insert(0, row)
        elif run:
            break
    return run


def _one_way(run: Sequence[Won]) -> Sequence[Won]:
    """The end of `run` along which levels only rise, or only drop."""
    way, start = 0, len(run) - 1
    for later, earlier in pairwise(reversed(run)):
        step = (later.level > earlier.level) - (later.level < earlier.level)
        if way and step and step != way:
            break
        way = way or step
        start -= 1
    return run[start:]


def _streak(name: str, scale: Scale, level: int, streak: Streak) -> str:
    if streak.at_least:
        told = _("%(name)s: %(level)d %(units)s, at least %(count)d editions in a row (%(span)s)")
    else:
        told = _("%(name)s: %(level)d %(units)s, %(count)d editions in a row (%(span)s)")
    return told % {
        "name": name,
        "level": level,
        "units": scale.units(level),
        "count": streak.count,
        "span": _span(streak.first, streak.last),
    }


def _without_level(record: LabelRecord, won: Won) -> str:
    wording = record.lasting_wording(won)
    labelled = won.standing == Standing.LABELLED and not record.scale.highest
    return _("%(name)s: %(programme)s %(year)d, %(outcome)s") % {
        "name": record.name,
        "programme": record.scale.programme,
        "year": won.year,
        "outcome": _("label obtained") if labelled else wording.outcome,
    }


def _editions(count: int) -> str:
    """« trois éditions »: in letters up to nine, as French likes it."""
    letters = {
        2: _("two editions"),
        3: _("three editions"),
        4: _("four editions"),
        5: _("five editions"),
        6: _("six editions"),
        7: _("seven editions"),
        8: _("eight editions"),
        9: _("nine editions"),
    }
    return letters.get(count) or _("%(count)d editions") % {"count": count}


def _span(first: int, last: int) -> str:
    return f"{first}-{last}"
