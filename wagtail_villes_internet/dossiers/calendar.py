"""When the campaign of an edition is open: pure, over the dates of the edition and the town's own.

Days are those of Paris, whatever `TIME_ZONE` the server has: a closing day lasts until its
23:59:59 there, that second included (registry contract, `GET editions`).

Our clock only warns. Nothing here forbids filing: the registry's answer decides.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

PARIS = ZoneInfo("Europe/Paris")
LAST_SECOND = time(23, 59, 59)
DATES = ("opens_at", "closes_at", "ceremony_on")


class Phase(StrEnum):
    """Where a campaign stands at an instant; `unknown` where no date and no word says it."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Phase.UPCOMING: _("upcoming"),
    Phase.OPEN: _("open"),
    Phase.CLOSED: _("closed"),
    Phase.PUBLISHED: _("published"),
    Phase.UNKNOWN: _("dates not known"),
}
OVER = frozenset({Phase.CLOSED, Phase.PUBLISHED})


class StatedBy(StrEnum):
    """Whose dates they are: shared with every authority, or a town's own. Nobody's is empty."""

    REGISTRY = "registry"
    TOWN = "town"
    NOBODY = ""


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What the shared edition says; `state` is the registry's word, instants are aware."""

    ordinal: int | None = None
    state: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    ceremony_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class TypedDates:
    """The days a town typed for itself, as they are read in Paris."""

    opens_on: date | None = None
    closes_on: date | None = None
    ceremony_on: date | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of one campaign, as one authority knows them; any may be unknown.

    `year` is the one printed on the sign. `opens_at` and `closes_at` are aware; the second of
    `closes_at` is in time. `state` is the registry's word for the edition, empty where no edition
    is listed. `by_town` names those of `DATES` that the town typed. `sits_out`: it files no dossier
    for this edition, and is reminded of nothing.
    """

    year: int
    ordinal: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    ceremony_on: date | None = None
    place: str = ""
    state: str = ""
    by_town: frozenset[str] = frozenset()
    sits_out: bool = False

    @property
    def opens_on(self) -> date | None:
        """The day of the opening, in Paris."""
        return paris_day(self.opens_at) if self.opens_at else None

    @property
    def closes_on(self) -> date | None:
        """The last day, in Paris."""
        return paris_day(self.closes_at) if self.closes_at else None

    @property
    def stated_by(self) -> StatedBy:
        """Who gives the closing or, where it is not known, the opening, then the ceremony."""
        for name in ("closes_at", "opens_at", "ceremony_on"):
            if getattr(self, name) is not None:
                return StatedBy.TOWN if name in self.by_town else StatedBy.REGISTRY
        return StatedBy.NOBODY

    def phase(self, now: datetime) -> Phase:
        """Where the campaign stands at `now` (aware).

        The registry's word wins where it says closed or published, whatever our clock says; and
        where it says open, until the closing is past. The rest is told by the dates.
        """
        if self.state in OVER:
            return Phase(self.state)
        if self.closes_at is not None and now >= end_of_second(self.closes_at):
            return Phase.CLOSED
        if self.state == Phase.OPEN:
            return Phase.OPEN
        if self.opens_at is not None:
            return Phase.UPCOMING if now < self.opens_at else Phase.OPEN
        if self.state == Phase.UPCOMING:
            return Phase.UPCOMING
        return Phase.OPEN if self.closes_at is not None else Phase.UNKNOWN

    def only_seems_closed(self, now: datetime) -> bool:
        """Whether it is our clock alone that says closed: the registry has not said so."""
        return self.phase(now) == Phase.CLOSED and self.state not in OVER


def calendar(
    year: int,
    edition: EditionFacts | None = None,
    typed: TypedDates | None = None,
    *,
    sits_out: bool = False,
) -> Calendar:
    """The calendar of one campaign: the edition's dates, field by field, and the town's own only
    where the edition gives none (design decision 17)."""
    shared = edition or EditionFacts()
    own = typed or TypedDates()
    from_town = {
        "opens_at": opening(own.opens_on),
        "closes_at": closing(own.closes_on),
        "ceremony_on": own.ceremony_on,
    }
    by_town = frozenset(
        name for name in DATES if getattr(shared, name) is None and from_town[name] is not None
    )
    dates: dict[str, Any] = {
        name: from_town[name] if name in by_town else getattr(shared, name) for name in DATES
    }
    return Calendar(
        year=year,
        ordinal=shared.ordinal,
        place=shared.place,
        state=shared.state,
        by_town=by_town,
        sits_out=sits_out,
        **dates,
    )


def opening(day: date | None) -> datetime | None:
    """The first instant of that day in Paris."""
    return datetime.combine(day, time.min, PARIS) if day else None


def closing(day: date | None) -> datetime | None:
    """The last second of that day in Paris."""
    return datetime.combine(day, LAST_SECOND, PARIS) if day else None


def end_of_second(instant: datetime) -> datetime:
    """The first instant that is too late, where what arrives in the second of `instant` is not.

    The last second of the year 9999 has none: it is its own end.
    """
    try:
        return instant.replace(microsecond=0) + timedelta(seconds=1)
    except OverflowError:
        return instant


def in_paris(instant: datetime) -> datetime:
    """`instant` (aware) by the clock of Paris; as it is written, where Paris has no such instant
    for want of a year 0 or 10000."""
    try:
        return instant.astimezone(PARIS)
    except OverflowError:
        return instant


def paris_day(instant: datetime) -> date:
    """The day it is in Paris at `instant` (aware)."""
    return in_paris(instant).date()


def days_left(calendar: Calendar, now: datetime) -> int | None:
    """Whole days of Paris from today to the last day: 0 on that day, less once it is past; None
    where no closing is known."""
    if calendar.closes_on is None:
        return None
    return (calendar.closes_on - paris_day(now)).days
