"""From the cells of a line to what it says of a service. Pure; every doubt refuses that line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from ...tables.columns import Line
from ...words import plain_words
from ..models import Audience, DigitalService, Interaction
from ..rules import MAX_REFERENCE_SERVICES
from . import cells
from .columns import HEADINGS
from .errors import CellError
from .referential import Referential

# What each cell becomes; the matrix and the page are read apart.
VALUES: Mapping[str, Callable[[str], Any]] = {
    "title": partial(cells.text, longest=255, one_line=True),
    "summary": partial(cells.text, longest=500),
    "url": cells.address,
    "started_on": cells.day,
    "ended_on": partial(cells.day, last=True),
    "audiences": partial(cells.choice_set, choices=Audience),
    "interactions": partial(cells.choice_set, choices=Interaction),
    "offline_alternative": partial(cells.text, longest=500),
    "description": cells.description,
    "status": partial(cells.choice, choices=DigitalService.Status),
    "public": cells.yes_no,
    "counted": cells.yes_no,
    "department": partial(cells.text, longest=255, one_line=True),
    "kind": partial(cells.choice, choices=DigitalService.Kind),
    "provider": partial(cells.choice, choices=DigitalService.Provider),
    "latitude": partial(cells.coordinate, bound=90),
    "longitude": partial(cells.coordinate, bound=180),
}
EXAMPLES = {("exemple", "non", "importe"), ("example", "not", "imported")}
"""How the title of the model's example begins, folded."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line is refused. `column`: as the file calls it, empty for the line as a whole."""

    column: str
    reason: str

    def said(self, number: int) -> str:
        """The problem with its place, in a sentence."""
        if not self.column:
            return _("line %(line)d: %(reason)s") % {"line": number, "reason": self.reason}
        return _("line %(line)d, column “%(column)s”: %(reason)s") % {
            "line": number,
            "column": self.column,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """What one line says. `values`: of the model's fields, by name, where the cell says something.

    `references` are codes, `themes` codes of themes, `page` the address of the page in the
    association's tool; each is empty where the line says nothing of it.
    """

    number: int
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    themes: frozenset[str] = frozenset()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be used, and all that is wrong with it."""

    number: int
    title: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The line of the model that only shows how to fill it in."""

    number: int
    title: str


class Parser:
    """Reads lines. `headers`: what the file calls the column of a field."""

    def __init__(self, referential: Referential, headers: Mapping[str, str] | None = None) -> None:
        self._referential = referential
        self._headers = headers or {}

    def run(self, lines: Iterable[Line]) -> Iterator[Facts | Refused | Example]:
        return map(self.parse, lines)

    def heading(self, name: str) -> str:
        return self._headers.get(name) or str(HEADINGS[name])

    def parse(self, line: Line) -> Facts | Refused | Example:
        """What `line` says, or all that is wrong with it."""
        title = cells.short(line.cells.get("title", ""))
        if line.fault:
            return Refused(line.number, title, (Problem("", line.fault),))
        if tuple(plain_words(title))[:3] in EXAMPLES:
            return Example(line.number, title)
        return _Reading(self, line, self._referential).outcome(title)


class _Reading:
    """The reading of one line: what was understood, and what was not."""

    def __init__(self, parser: Parser, line: Line, referential: Referential) -> None:
        self._parser, self._line, self._referential = parser, line, referential
        self._problems: list[Problem] = []

    def outcome(self, title: str) -> Facts | Refused:
        number = self._line.number
        values = {name: self._read(name, read) for name, read in VALUES.items()}
        values = {name: value for name, value in values.items() if value not in (None, "", [])}
        if not values.get("title") and not any(
            problem.column == self._parser.heading("title") for problem in self._problems
        ):
            self._refuse("title", _("It is empty: a service has a title."))
        themes = self._read("theme", self._referential.themes) or frozenset()
        references = self._read("reference_services", partial(self._codes, themes=themes)) or ()
        page = self._read("page", cells.address) or ""
        if self._problems:
            return Refused(number, title, tuple(self._problems))
        return Facts(number, values["title"], values, references, themes, page)

    def _codes(self, typed: str, themes: frozenset[str]) -> tuple[str, ...]:
        codes = self._referential.codes(typed, themes)
        if len(codes) > MAX_REFERENCE_SERVICES:
            raise CellError(
                _("%(n)d reference services: %(most)d at most.")
                % {"n": len(codes), "most": MAX_REFERENCE_SERVICES}
            )
        return codes

    def _read(self, name: str, read: Callable[[str], Any]) -> Any:
        typed = self._line.cells.get(name, "")
        if not typed or not cells.plain(typed):
            return None
        try:
            return read(typed)
        except CellError as error:
            self._refuse(name, str(error))
            return None

    def _refuse(self, name: str, reason: str) -> None:
        self._problems.append(Problem(self._parser.heading(name), reason))
