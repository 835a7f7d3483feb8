"""What is left to copy into the association's tool, in the words of the service's form.

Read from this site's own rows, in a number of queries that does not grow with the services.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..authorities.models import LocalAuthority
from ..registry.types import SERVICE_FIELDS
from ..services.association_pages import page_addresses
from ..sync import by_hand
from .contents import Words

MARKED_UP = "description"


@dataclass(frozen=True, slots=True)
class FieldToCopy:
    """One field, its value a text fit to be pasted; `before` is what was last copied.

    `markup` is the same value in HTML where it has some, for a tool that takes formatted text.
    """

    label: str
    value: str
    before: str = ""
    markup: str = ""

    @property
    def only_looks_different(self) -> bool:
        """Whether the words are those that were copied, and their formatting is not."""
        return self.before == self.value


@dataclass(frozen=True, slots=True)
class LineToCopy:
    """One service. `hash` goes back with « C'est recopié »; `page` is the address of its page in
    the association's tool, empty where it is not known."""

    remote_id: str
    title: str
    hash: str
    page: str
    fields: tuple[FieldToCopy, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The first lines of a list of `count`."""

    count: int
    lines: tuple[LineToCopy, ...]


@dataclass(frozen=True, slots=True)
class ToCopy:
    """`new` lines hold every field that is filled in; `changed` ones those that differ, with what
    they were; `gone` ones the fields by which a service that is to be taken out is known."""

    new: Lines
    changed: Lines
    gone: Lines

    def __len__(self) -> int:
        return self.new.count + self.changed.count + self.gone.count


def to_copy(
    authority: LocalAuthority, pages: Mapping[str, str], limit: int | None = None
) -> ToCopy:
    """What differs from what was last copied; `limit`: how many lines of each list, None for all.

    `pages` are the addresses in the association's tool, by remote id.
    """
    left = by_hand.differences(authority)
    lists = [left.new, left.changed, left.gone]
    words = Words(code for lines in lists for line in lines[:limit] for code in _codes(line))
    return ToCopy(
        *(
            Lines(len(lines), tuple(_line(line, words, pages) for line in lines[:limit]))
            for lines in lists
        )
    )


def standing_by_hand(authority: LocalAuthority, limit: int, recent: int) -> dict[str, Any]:
    """What the screen « Transmission » says by hand, with the last `recent` lines ticked off."""
    pages = page_addresses(authority)
    return {
        "to_copy": to_copy(authority, pages, limit),
        "recent": [
            (done, pages.get(done.remote_id, "")) for done in by_hand.copied(authority, recent)
        ],
    }


def _codes(line: by_hand.Line) -> list[str]:
    before = next((c.before for c in line.changes if c.field == "reference_services"), None)
    return [*line.fields["reference_services"], *(before or [])]


def _line(line: by_hand.Line, words: Words, pages: Mapping[str, str]) -> LineToCopy:
    fields = _changed(line, words) if line.changes else _filled_in(line, words)
    page = pages.get(line.remote_id, "")
    return LineToCopy(line.remote_id, line.title, line.hash, page, tuple(fields))


def _changed(line: by_hand.Line, words: Words) -> list[FieldToCopy]:
    return [
        FieldToCopy(
            words.label(change.field),
            words.value(change.field, change.after),
            words.value(change.field, change.before),
            _markup(change.field, change.after),
        )
        for change in line.changes
    ]


def _filled_in(line: by_hand.Line, words: Words) -> list[FieldToCopy]:
    return [
        FieldToCopy(words.label(field), value, markup=_markup(field, line.fields[field]))
        for field in SERVICE_FIELDS
        if (value := words.value(field, line.fields.get(field)))
    ]


def _markup(field: str, value: Any) -> str:
    return value if field == MARKED_UP else ""
