"""A table as Excel in French opens it with a double click: UTF-8 with BOM, `;`, CRLF.

Rectangular: one line of labels, then lines of four kinds, told apart by their first column: what
is said of the whole dossier (label under « Titre », text in the last column), one line a service,
and what was left out (the reason in the last column). So that what a service needs is
one filter away, and the matrix, the date and the hash stay with it.
"""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from django.utils.translation import gettext as _

from ...tables.cells import inert
from .facts import COLUMNS, heading, service_row, texts
from .marks import Export
from .sheets import lines_of

NAMES = tuple(column.name for column in COLUMNS)


def write(export: Export, output: BinaryIO) -> None:
    text = TextIOWrapper(output, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in _rows(export):
        rows.writerows(map(inert, line) for line in lines_of(row))
    # The file stays open: whoever gave it closes it.
    text.detach()


def _rows(export: Export) -> Iterator[tuple[str, ...]]:
    content = export.content
    yield (_("Item"), *(str(column.label) for column in COLUMNS), _("Text"))
    for fact in (*heading(export), *texts(content)):
        yield _("Dossier"), *_said(fact.label, fact.value)
    for each in content.included:
        yield _("Service"), *service_row(content, each).values(), ""
    for one in content.left_out:
        yield _("Left out"), *_said(one.title, one.reason)


def _said(title: str, text: str) -> Iterator[str]:
    yield from (title if name == "title" else "" for name in NAMES)
    yield text
