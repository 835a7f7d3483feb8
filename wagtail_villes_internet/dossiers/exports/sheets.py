"""The tables of a dossier, which the spreadsheet formats write: texts only, each of them whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext as _

from .facts import COLUMNS, heading, service_row, texts, theme_rows
from .marks import Export

Row = tuple[str, ...]
# What a cell of Excel holds, counted in UTF-16 units (« Excel specifications and limits »).
LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the label and the width, in characters, of each column, and the lines."""

    title: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterator[Row]


def sheets(export: Export) -> Iterator[Sheet]:
    """Who files what; one line a service; theme by theme; what was left out."""
    content = export.content
    yield Sheet(
        _("Dossier"),
        ((_("Item"), 30), (_("Text"), 100)),
        ((fact.label, fact.value) for fact in (*heading(export), *texts(content))),
    )
    yield Sheet(
        _("Services"),
        tuple((str(column.label), column.width) for column in COLUMNS),
        (tuple(service_row(content, each).values()) for each in content.included),
    )
    yield Sheet(
        _("By theme"),
        (
            (_("Axis"), 24),
            (_("Theme of the matrix"), 30),
            (_("Code"), 24),
            (_("Reference service"), 50),
            (_("Service"), 50),
        ),
        theme_rows(content),
    )
    yield Sheet(
        _("Left out"),
        ((_("Service"), 50), (_("Reason"), 80)),
        ((one.title, one.reason) for one in content.left_out),
    )


def lines_of(row: Sequence[str]) -> Iterator[Row]:
    """The row as its cells can hold it: one line, and one more for as long as a text goes on."""
    return zip_longest(*map(pieces, row), fillvalue="")


def pieces(text: str) -> Iterator[str]:
    """`text` in pieces that a cell holds, no character cut in two; at least one."""
    if 2 * len(text) <= LONGEST:
        yield text
        return
    start = units = 0
    for at, character in enumerate(text):
        width = 1 + (character > "\uffff")
        if units + width > LONGEST:
            yield text[start:at]
            start, units = at, 0
        units += width
    yield text[start:]
