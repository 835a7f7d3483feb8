"""Reads a list from a file, line by line: CSV, XLSX or JSON, whichever it is.

Nothing here knows what a line means. A file of any length takes the same memory, but for JSON,
which is read whole.
"""

import codecs
import csv
import json
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .entries import Line
from .errors import FileError
from .headers import assign, missing, recognised

SEPARATORS = ",;\t"
CHUNK = 1 << 16
# A title or two may stand above the headers of a sheet.
MOST_LINES_ABOVE = 10
# Nobody writes so much in one cell of a list; a longer one is cut.
LONGEST_CELL = 4_000

Row = tuple[int, Sequence[str]]
BROKEN = "\0"


class Table:
    """The lines of one file. `columns`: fields by the headers read; `ignored`: other headers."""

    def __init__(self, rows: Iterator[Row], chosen: Mapping[str, str], *, year_is_given: bool):
        self._rows = rows
        headers = _headers(rows, chosen)
        self.positions = assign(headers, chosen)
        if field := missing(self.positions, year_is_given=year_is_given):
            raise FileError(_no_column(field, headers))
        used = {position for found in self.positions.values() for position in found}
        self.ignored = [
            header.strip()
            for position, header in enumerate(headers)
            if position not in used and header.strip()
        ]

    def __iter__(self) -> Iterator[Line]:
        for number, row in self._rows:
            if row[:1] == [BROKEN]:
                yield Line(number, {}, fault=row[1])
                continue
            cells = {field: _cell(row, found) for field, found in self.positions.items()}
            if any(cells.values()):
                yield Line(number, cells)


def read(path: Path, chosen: Mapping[str, str], *, year_is_given: bool = False) -> Table:
    """The lines of the file at `path`. `chosen`: fields by header, as `--column` gives them.

    Raises `FileError`, now or while the lines are read, when it is no list that can be used.
    """
    try:
        with path.open("rb") as file:
            start = file.read(CHUNK)
    except OSError as error:
        raise FileError(
            _("%(path)s cannot be read: %(reason)s.")
            % {"path": path, "reason": error.strerror or error}
        ) from None
    if start.startswith(b"PK"):
        rows = _xlsx_rows(path)
    elif start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{"):
        rows = _json_rows(path)
    else:
        rows = _csv_rows(path)
    return Table(rows, chosen, year_is_given=year_is_given)


def _headers(rows: Iterator[Row], chosen: Mapping[str, str]) -> Sequence[str]:
    """The first line that holds a header we know, or were told of; else the first of all."""
    first: Sequence[str] | None = None
    for _number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if any(recognised(cell) or cell.strip() in chosen for cell in row):
            return row
        first = first or row
        if _number > MOST_LINES_ABOVE:
            break
    if first is None:
        raise FileError(_("The file holds no line."))
    return first


def _cell(row: Sequence[str], positions: Sequence[int]) -> str:
    for position in positions:
        if position < len(row) and (text := row[position].strip()):
            return text[:LONGEST_CELL]
    return ""


def _no_column(field: str, headers: Sequence[str]) -> str:
    what = {"name": _("the local authority"), "year": _("the edition")}[field]
    columns = ", ".join(header.strip() for header in headers if header.strip())
    return _(
        "No column says %(what)s. Columns of the file: %(columns)s. "
        "Name one with --column NAME=%(field)s."
    ) % {"what": what, "columns": columns[:500] or "-", "field": field}


# CSV.


def _csv_rows(path: Path) -> Iterator[Row]:
    # An octet that is no letter makes one name unreadable, not the file.
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        tops = (file.readline(CHUNK) for _line in range(MOST_LINES_ABOVE))
        separator = next(filter(None, map(_separator, tops)), ",")
        file.seek(0)
        reader = csv.reader(file, delimiter=separator)
        while True:
            # The line where the row begins: what a text editor shows, and people look for.
            number = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row = [BROKEN, str(error)]
            yield number, row


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is; else Windows-1252, in which French spreadsheets write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    raise FileError(_("The file is neither CSV, XLSX nor JSON."))
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(line: str) -> str:
    """The separator that makes most of a line of headers; empty where none parts it."""
    best, most = "", (0, 1)
    for separator in SEPARATORS:
        row = next(csv.reader([line], delimiter=separator), [])
        found = (sum(recognised(cell) is not None for cell in row), len(row))
        if len(row) > 1 and found > most:
            best, most = separator, found
    return best


# XLSX.


def _xlsx_rows(path: Path) -> Iterator[Row]:
    """The rows of the first sheet that has any."""
    unusable = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError)
    try:
        with warnings.catch_warnings():
            # What openpyxl does not keep of a workbook holds no cell.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(path, read_only=True, data_only=True)
    except unusable as error:
        raise FileError(_("The spreadsheet cannot be opened: %(error)s.") % {"error": error}) from (
            error
        )
    try:
        for sheet in book.worksheets:
            # What a file says of its own size is often wrong.
            sheet.reset_dimensions()
            some = False
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [_text(value) for value in row]
                some = some or any(cells)
                yield number, cells
            if some:
                return
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise FileError(_("The spreadsheet cannot be read: %(error)s.") % {"error": error}) from (
            error
        )
    finally:
        book.close()


def _text(value: Any) -> str:
    """A cell as one would have typed it: `2024`, not `2024.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# JSON.


def _json_rows(path: Path) -> Iterator[Row]:
    """A list of objects, or one under the name `items`; the members' names are the headers."""
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileError(_("The file is not JSON: %(error)s.") % {"error": error}) from None
    items = data.get("items") if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise FileError(_("A JSON list is expected, of one object for each line."))
    items = [_flat(item) for item in items]
    headers = list(dict.fromkeys(name for item in items for name in item))
    if headers:
        yield 0, headers
    for number, item in enumerate(items, 1):
        yield number, [_json_text(item.get(name)) for name in headers]


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    """A line whose authority is an object of its own, as the contract has it, without it."""
    inner = item.get("authority")
    return {**item, **inner} if isinstance(inner, dict) else dict(item)


def _json_text(value: Any) -> str:
    if isinstance(value, list):
        return " ; ".join(_json_text(item) for item in value)
    if isinstance(value, dict):
        return _json_text(value.get("name"))
    return _text(value)
