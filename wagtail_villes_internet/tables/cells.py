"""What a cell of a workbook may hold."""

import re

# What XML 1.0 cannot hold, hence no XLSX: one such character and the whole workbook is « damaged ».
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(value: object) -> object:
    """The value without the characters that no XLSX holds: a title pasted from a word processor may
    have one."""
    return NOT_XML.sub("", value) if isinstance(value, str) else value
