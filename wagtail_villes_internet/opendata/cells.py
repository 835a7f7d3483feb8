"""How a value is written in a cell of the CSV files, and read back (`tables.cells.text_of`).

What a cell holds is written for every program alike: dates in ISO 8601, `true` and `false`, values
of a list with `|` between them, nothing for nothing.
"""

from collections.abc import Iterable
from datetime import date

from ..tables.cells import inert

SEPARATOR = "|"


def cell(value: object) -> str:
    """`value` as text. A text that a spreadsheet would run as a formula begins with an apostrophe;
    a number needs none, for it runs nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, Iterable):
        return cell(SEPARATOR.join(f"{each}".replace(SEPARATOR, "/") for each in value))
    return f"{value}"
