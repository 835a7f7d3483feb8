"""How a value is written in a cell of the CSV files, and read back.

What a cell holds is written for every program alike: dates in ISO 8601, `true` and `false`, values
of a list with `|` between them, nothing for nothing.
"""

from collections.abc import Iterable
from datetime import date

SEPARATOR = "|"
# What makes a spreadsheet program take a text for a formula (OWASP, « CSV injection »), and the
# mark itself, so that what is read back is what was written.
MARK = "'"
MARKED = ("=", "+", "-", "@", "\t", "\r", "\n", MARK)


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
        return f"{MARK}{value}" if value.startswith(MARKED) else value
    if isinstance(value, Iterable):
        return cell(SEPARATOR.join(f"{each}".replace(SEPARATOR, "/") for each in value))
    return f"{value}"


def text_of(cell: str) -> str:
    """The text that was written in `cell`: one apostrophe at its beginning is not part of it."""
    return cell.removeprefix(MARK)
