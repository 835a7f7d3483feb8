"""What a town's services say now, to compare a file with. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..rules import status_on
from . import cells

ONE_LINE = frozenset(("title", "department"))


@dataclass(frozen=True, slots=True)
class Says:
    """What one version of a service says: values by field, and codes of reference services."""

    values: Mapping[str, Any] = field(default_factory=dict)
    references: frozenset[str] = frozenset()

    def differs(
        self, values: Mapping[str, Any], references: tuple[str, ...], today: date
    ) -> set[str]:
        """The names of the fields of which a file says something other."""
        now = self._now(today)
        found = {name for name, new in values.items() if not same(name, self.values[name], new)}
        if now and values.get("status") == now:
            # What lists and their exports say of a service whose date has come.
            found.discard("status")
        if references and set(references) != self.references:
            found.add("reference_services")
        return found

    def _now(self, today: date) -> str:
        has_dates = {"status", "started_on", "ended_on"} <= self.values.keys()
        if not has_dates:
            return ""
        dates = self.values["started_on"], self.values["ended_on"]
        return status_on(self.values["status"], *dates, today)


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it stands. `draft`: what its latest version says, where that is not the row's.

    `draft_is_ours`: an import wrote that version, and nobody touched it since. `obstacle`: why it
    may not be changed now, in words.
    """

    pk: int
    row: Says
    page: str = ""
    live: bool = True
    was_published: bool = True
    draft: Says | None = None
    draft_is_ours: bool = False
    obstacle: str = ""

    @property
    def titles(self) -> set[str]:
        return {says.values["title"] for says in (self.row, self.draft) if says}

    @property
    def latest(self) -> Says:
        return self.draft or self.row


def same(name: str, value: Any, new: Any) -> bool:
    """Whether `value`, as it is kept, says what `new`, as a cell was read, says."""
    if value == new:
        return True
    if isinstance(new, list):
        return sorted(value or []) == new
    if not isinstance(new, str):
        return False
    if name == "description":
        return cells.allowed_html(value) == new
    plain = cells.plain(value or "")
    return (" ".join(plain.split()) if name in ONE_LINE else plain) == new
