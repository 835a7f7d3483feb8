"""Joins reading, matching and keeping: one line after the other, and what is said of each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ...authorities.cog import CogEntry
from ...tables.columns import Line
from .entries import DEDUCED, Entry
from .errors import LineError
from .matching import Gazetteer, Match, Why
from .parsing import parse
from .store import BATCH, Found, Store

UNREADABLE, CONTRADICTION = "unreadable", "contradiction"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that says nothing that could be kept."""

    number: int
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Reported:
    """Something for a person to look at. `why`: a value of `Why`, or one of the two above."""

    number: int
    name: str
    why: str
    message: str
    candidates: tuple[CogEntry, ...] = ()


@dataclass(slots=True)
class Tally:
    """What an import did, or would do."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    unmatched: int = 0
    refused: int = 0
    contradicted: int = 0
    awards_added: int = 0
    awards_changed: int = 0
    years: set[int] = field(default_factory=set)
    completed: list[int] = field(default_factory=list)

    @property
    def reported(self) -> int:
        return self.unmatched + self.refused + self.contradicted


def entries(lines: Iterable[Line], *, year: int | None = None) -> Iterator[Entry | Refused]:
    """What each line says, or why it cannot be used; `year`: where the file names no edition."""
    for line in lines:
        try:
            yield parse(line, year=year)
        except LineError as error:
            yield Refused(line.number, line.cells.get("name", ""), str(error))


class Import:
    """One import. `report` is told of each line that somebody should look at, as it comes.

    Only what tells a line from the others is kept in memory, so that a list may be long.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        store: Store,
        report: Callable[[Reported], None],
        progress: Callable[[int], None] = lambda read: None,
    ) -> None:
        self.tally = Tally()
        self._gazetteer, self._store = gazetteer, store
        self._report, self._progress = report, progress
        self._waiting: list[Found] = []
        # By edition and whom: the line, what it says, and whether that is deduced.
        self._said: dict[int, tuple[int, int, bool]] = {}

    def run(self, items: Iterable[Entry | Refused]) -> Tally:
        """Import every item."""
        for item in items:
            self.tally.read += 1
            if isinstance(item, Refused):
                self._refuse(item)
            else:
                self._take(item)
            self._progress(self.tally.read)
        self._flush()
        return self.tally

    def complete(self) -> None:
        """Say that what was imported names everyone; a list of which a line is missing does not."""
        if not self.tally.refused:
            self.tally.completed = self._store.mark_complete(self.tally.years)

    def _refuse(self, item: Refused) -> None:
        self.tally.refused += 1
        self._report(Reported(item.number, item.name, UNREADABLE, item.message))

    def _take(self, entry: Entry) -> None:
        match = self._gazetteer.match(entry)
        found = Found(entry, match)
        who = found.digest
        says = hash((entry.standing, entry.level, entry.mentions))
        if who in self._said:
            number, before, deduced = self._said[who]
            if before != says:
                self.tally.contradicted += 1
                self._report(
                    Reported(entry.number, entry.name, CONTRADICTION, _contradiction(number))
                )
                return
            if not deduced or entry.basis == DEDUCED:
                self.tally.repeated += 1
                return
            # The same fact, stated this time: it comes after the deduced line and replaces it.
            self._flush()
        self._said[who] = (entry.number, says, entry.basis == DEDUCED)
        self.tally.years.add(entry.year)
        if match.why:
            self.tally.unmatched += 1
            self._report(
                Reported(entry.number, entry.name, match.why, _unmatched(match), match.candidates)
            )
        self._waiting.append(found)
        if len(self._waiting) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        counts = self._store.keep(self._waiting)
        self._waiting.clear()
        self.tally.added += counts.added
        self.tally.changed += counts.changed
        self.tally.unchanged += counts.unchanged
        self.tally.awards_added += counts.awards.added
        self.tally.awards_changed += counts.awards.changed


def _contradiction(number: int) -> str:
    return _("It does not say what line %(number)d says of the same; the first one stands.") % {
        "number": number
    }


def _unmatched(match: Match) -> str:
    names = ", ".join(map(str, match.candidates))
    match match.why:
        case Why.AMBIGUOUS:
            line = _("Several local authorities bear this name: %(names)s. Give the department.")
        case Why.UNKNOWN_PLACE if names:
            line = _("This place is not in the table. Of that name elsewhere: %(names)s.")
        case Why.UNKNOWN_PLACE:
            line = _("This place is not in the table, nor is the name.")
        case Why.UNKNOWN_NUMBER:
            line = _("This number is in the table of nobody.")
        case _ if names:
            line = _("Nobody bears this name there. Perhaps: %(names)s.")
        case _:
            line = _("Nobody bears this name.")
    return line % {"names": names} if names else line
