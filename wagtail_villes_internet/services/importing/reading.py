"""Reads the lines of a file or of a pasted list, and refuses in bounded time what is none.

Whoever may add services may send anything here: a bomb, a hundred thousand lines, a picture.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from ...tables.columns import Line, Table
from ...tables.errors import TableError
from ...tables.rows import Row, file_rows
from .columns import COLUMNS
from .errors import ImportingError, TooManyLines

MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 5_000
"""Lines of one import; a town has some hundreds of services."""
MOST_ROWS = 50_000
"""Rows of a sheet, empty ones included."""
MOST_COLUMNS = 2_000
MOST_CELLS = 150_000
MOST_UNPACKED = 40 * 1024 * 1024
MOST_TEXTS = 12 * 1024 * 1024
"""Of the texts of a workbook, which are read whole."""
MOST_STYLES = 1024 * 1024
"""Of all else that is read whole: fifty times as slow to read, and as big in memory."""
MOST_PARTS = 1_000
MOST_JSON_VALUES = 100_000
LONGEST_CELL = 50_000
CHUNK = 1 << 16

# Parts of a workbook that are read as they come, have their own bound, or are not read at all.
READ_APART = ("xl/worksheets/sheet", "xl/sharedStrings.xml", "xl/media/", "xl/drawings/")
READ_APART += ("xl/charts/", "xl/pivotCache/", "xl/printerSettings/", "xl/embeddings/")

BULLET = re.compile(r"^\s*(?:[-*•·–—]|\d{1,3}[.)])\s+")
DOCTYPE = re.compile(rb"(?i)<!(?:DOCTYPE|ENTITY)")


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file holds. `headers`: what it calls the column of a field; `ignored`: the others."""

    lines: tuple[Line, ...]
    headers: Mapping[str, str]
    ignored: tuple[str, ...] = ()


def read_file(path: Path, chosen: Mapping[str, str] | None = None) -> Lines:
    """The lines of the CSV, XLSX or JSON file at `path`; `chosen`: as `--column` gives them.

    Raises `TableError` for what is no list of services, `ImportingError` for one that is too big.
    """
    try:
        _check(path)
        # Closed at once: a refused file is not left open until its memory is wanted.
        with closing(file_rows(path, COLUMNS.is_header)) as rows:
            table = Table(_bounded(rows), COLUMNS, chosen or {}, LONGEST_CELL)
            table.require("title", _("the title of the service"))
            lines = _no_more_than_lines(table)
    except (TableError, ImportingError):
        raise
    except OSError as error:
        raise TableError(
            _("The file cannot be read: %(reason)s.") % {"reason": error.strerror or error}
        ) from error
    except Exception as error:
        # A workbook may be broken in any of its parts, and openpyxl raises whatever it meets.
        raise TableError(_("The file is damaged: it cannot be read.")) from error
    headers = {
        name: " ".join(str(table.headers[found[0]]).split())[:60]
        for name, found in table.positions.items()
    }
    return Lines(lines, headers, tuple(table.ignored))


def read_titles(text: str) -> Lines:
    """One title a line, as pasted: bullets and numbers before them are left out."""
    if len(text) > MOST_BYTES:
        raise _too_big()
    numbered = enumerate(text.splitlines(), 1)
    titles = ((number, BULLET.sub("", line).strip()) for number, line in numbered)
    lines = _no_more_than_lines(
        Line(number, {"title": title[:LONGEST_CELL]}) for number, title in titles if title
    )
    if not lines:
        raise TableError(_("The list holds no title."))
    return Lines(lines, {})


def read_bounded(file: IO[bytes]) -> str:
    """The text of an open file, in UTF-8 or, as older spreadsheets write, in Windows-1252.

    Raises `ImportingError` for one that is too big, `TableError` for one that is no text.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_big()
    if b"\0" in content:
        raise TableError(_("The file holds no text."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _no_more_than_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    found = []
    for line in lines:
        found.append(line)
        if len(found) > MOST_LINES:
            raise TooManyLines(
                _("More than %(most)d lines: share them out among several files.")
                % {"most": MOST_LINES}
            )
    return tuple(found)


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    cells = 0
    for seen, (number, row) in enumerate(rows, 1):
        cells += len(row)
        if seen > MOST_ROWS or number > 2 * MOST_ROWS:
            raise TooManyLines(
                _("The sheet goes on for more than %(most)d rows: delete those under the list.")
                % {"most": MOST_ROWS}
            )
        if len(row) > MOST_COLUMNS or cells > MOST_CELLS:
            raise TooManyLines(_("The sheet has too many columns: delete those beside the list."))
        yield number, row


def _check(path: Path) -> None:
    """Refuse what would take long to read, before it is read."""
    if path.stat().st_size > MOST_BYTES:
        raise _too_big()
    with path.open("rb") as file:
        start = file.read(CHUNK)
        if start.startswith(b"PK"):
            file.seek(0)
            with zipfile.ZipFile(file) as parts:
                _check_workbook(parts)
        elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
            content = start + file.read()
            if content.count(b"{") + content.count(b"[") > MOST_JSON_VALUES:
                raise _too_big()


def _check_workbook(parts: zipfile.ZipFile) -> None:
    infos = parts.infolist()
    if "[Content_Types].xml" not in parts.namelist():
        raise TableError(_("This is no XLSX workbook: save it as .xlsx or .csv."))
    # No more than these sizes is ever unpacked, whatever the archive holds.
    whole = texts = styles = 0
    for info in infos:
        whole += info.file_size
        texts += info.file_size * info.filename.endswith("sharedStrings.xml")
        styles += info.file_size * (not info.filename.startswith(READ_APART))
    is_too_big = whole > MOST_UNPACKED or texts > MOST_TEXTS or styles > MOST_STYLES
    if len(infos) > MOST_PARTS or is_too_big:
        raise _too_big()
    for info in infos:
        if info.filename.endswith((".xml", ".rels")):
            with parts.open(info) as part:
                _refuse_entities(part)


def _refuse_entities(part: IO[bytes]) -> None:
    """A workbook has no document type (ISO/IEC 29500-2, 8.1.4), hence no entities to unfold."""
    before = b""
    while chunk := part.read(CHUNK):
        # Whatever its encoding.
        if DOCTYPE.search(seen := before + chunk.replace(b"\0", b"")):
            raise TableError(_("The file is damaged: it cannot be read."))
        before = seen[-9:]


def _too_big() -> ImportingError:
    return ImportingError(
        _("The file is too big: %(most)d MB at most, and %(lines)d lines.")
        % {"most": MOST_BYTES // 1024 // 1024, "lines": MOST_LINES}
    )
