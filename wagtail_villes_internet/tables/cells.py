"""What a cell of a spreadsheet may hold."""

import re

# What XML 1.0 cannot hold, hence no XLSX: one such character and the whole workbook is « damaged ».
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What makes a spreadsheet program take a text for a formula (OWASP, « CSV injection »); the last
# four are the full-width signs, which some take for the others.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

# The mark itself is marked as well, so that what is read back is what was written.
MARK = "'"
MARKED = (*FORMULA_STARTS, MARK)


def writable(value: object) -> object:
    """The value without the characters that no XLSX holds: a title pasted from a word processor may
    have one."""
    return NOT_XML.sub("", value) if isinstance(value, str) else value


def inert(text: str) -> str:
    """`text` for a CSV file: what a spreadsheet would run as a formula begins with an
    apostrophe."""
    return f"{MARK}{text}" if text.startswith(MARKED) else text


def text_of(cell: str) -> str:
    """The text that was written in `cell`: one apostrophe at its beginning is not part of it."""
    return cell.removeprefix(MARK)
