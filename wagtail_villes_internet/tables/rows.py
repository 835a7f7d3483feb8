"""Reads a file row by row: CSV, XLSX or JSON, whichever it is.

Nothing here knows what a row means. A file of any length takes the same memory, but for JSON,
which is read whole.
"""

import codecs
import csv
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .errors import TableError

SEPARATORS = ",;\t"
CHUNK = 1 << 16
# A title or two may stand above the headers of a sheet.
MOST_LINES_ABOVE = 10

# The number of the row as a spreadsheet shows it, and its cells as one would have typed them.
Row = tuple[int, Sequence[str]]
IsHeader = Callable[[str], bool]
# The first cell of a row that could not even be taken apart; the second says why.
BROKEN = "\0"


def file_rows(
    path: Path,
    is_header: IsHeader,
    flat: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> Iterator[Row]:
    """The rows of the file at `path`, headers and what stands above them included.

    `is_header` knows the header of a column, which tells the separator of a CSV; `flat` makes one
    level of a JSON object. Raises `TableError`, now or while the rows are read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(CHUNK)
    except OSError as error:
        raise TableError(
            _("%(path)s cannot be read: %(reason)s.")
            % {"path": path, "reason": error.strerror or error}
        ) from None
    if start.startswith(b"PK"):
        return _xlsx_rows(path)
    if start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{"):
        return _json_rows(path, flat)
    return _csv_rows(path, is_header)


# CSV.


def _csv_rows(path: Path, is_header: IsHeader) -> Iterator[Row]:
    # An octet that is no letter makes one name unreadable, not the file.
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        tops = (file.readline(CHUNK) for _line in range(MOST_LINES_ABOVE))
        separator = next(filter(None, (_separator(top, is_header) for top in tops)), ",")
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
                    raise TableError(_("The file is neither CSV, XLSX nor JSON."))
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(line: str, is_header: IsHeader) -> str:
    """The separator that makes most of a line of headers; empty where none parts it."""
    best, most = "", (0, 1)
    for separator in SEPARATORS:
        row = next(csv.reader([line], delimiter=separator), [])
        found = (sum(map(is_header, row)), len(row))
        if len(row) > 1 and found > most:
            best, most = separator, found
    return best


# XLSX.


def _xlsx_rows(path: Path) -> Iterator[Row]:
    # An open file may bear any name, and is closed whatever a broken workbook leaves open.
    with path.open("rb") as file:
        yield from _first_sheet(file)


def _first_sheet(file: BinaryIO) -> Iterator[Row]:
    """The rows of the first sheet that has any."""
    unusable = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError)
    try:
        with warnings.catch_warnings():
            # What openpyxl does not keep of a workbook holds no cell.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(file, read_only=True, data_only=True)
    except unusable as error:
        raise TableError(
            _("The spreadsheet cannot be opened: %(error)s.") % {"error": error}
        ) from (error)
    try:
        for sheet in book.worksheets:
            # What a file says of its own size is often wrong.
            sheet.reset_dimensions()
            some = False
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [as_typed(value) for value in row]
                some = some or any(cells)
                yield number, cells
            if some:
                return
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise TableError(_("The spreadsheet cannot be read: %(error)s.") % {"error": error}) from (
            error
        )
    finally:
        book.close()


def as_typed(value: Any) -> str:
    """A cell as one would have typed it: `2024`, not `2024.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# JSON.


def _json_rows(path: Path, flat: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Iterator[Row]:
    """A list of objects, or one under the name `items`; the members' names are the headers."""
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TableError(_("The file is not JSON: %(error)s.") % {"error": error}) from None
    items = data.get("items") if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TableError(_("A JSON list is expected, of one object for each line."))
    items = [flat(item) for item in items]
    headers = list(dict.fromkeys(name for item in items for name in item))
    if headers:
        yield 0, headers
    for number, item in enumerate(items, 1):
        yield number, [_json_text(item.get(name)) for name in headers]


def _json_text(value: Any) -> str:
    if isinstance(value, list):
        return " ; ".join(_json_text(item) for item in value)
    if isinstance(value, dict):
        return _json_text(value.get("name"))
    return as_typed(value)
