"""Reads a version of the matrix from a file: the contract's JSON, or a flat list.

A flat list, in CSV, XLSX or JSON, has a line for each reference service, with its axis and its
theme. Nothing is kept of a file that cannot be used whole.
"""

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext as _

from ..tables.columns import Line, Table
from ..tables.errors import TableError
from ..tables.rows import file_rows
from .data import (
    LONGEST_CODE,
    LONGEST_LABEL,
    AxisData,
    MatrixData,
    MatrixError,
    Places,
    ReferenceServiceData,
    ThemeData,
    check_text,
    parse_matrix,
)
from .headers import MATRIX_COLUMNS
from .known import KnownCodes

# A whole referential is some hundred kilobytes.
MOST_OCTETS = 20_000_000
SEVERAL = re.compile(r"[\s,;]+")


def read_matrix(
    path: Path,
    *,
    name: str = "",
    official: bool = False,
    chosen: Mapping[str, str] | None = None,
    known: KnownCodes | None = None,
) -> MatrixData:
    """The version in the file at `path`, checked whole.

    `name`: that of the version, which a flat list does not say; `official`: that it is, whatever
    the file says; `chosen`: fields by header, for columns that are not known by theirs. A theme or
    an axis without a code has the one that `known` gives its label, else one made of its label. An
    axis or a theme is said once for the lines
    under it, as in merged cells. Raises `MatrixError`, which names the place.
    """
    if is_json_object(path):
        data = parse_matrix(read_json(path))
        return replace(
            data,
            version=check_text(name or data.version, LONGEST_CODE, "--name"),
            official=official or data.official,
        )
    if not name:
        raise MatrixError(_("A list does not say which version it is: give it with --name."))
    version = check_text(name, LONGEST_CODE, "--name")
    try:
        table = Table(file_rows(path, MATRIX_COLUMNS.is_header), MATRIX_COLUMNS, chosen or {})
        for needed, said in (
            ("axis", _("the axis")),
            ("theme", _("the theme")),
            ("service_code", _("the code of the reference service")),
            ("service", _("the reference service")),
        ):
            table.require(needed, said)
        flat = _Flat(table, known or KnownCodes())
        for line in table:
            flat.take(line)
    except TableError as error:
        raise MatrixError(str(error)) from error
    if not flat.axes:
        raise MatrixError(_("The file holds no line."))
    return MatrixData(version, official, tuple(axis.data() for axis in flat.axes))


def is_json_object(path: Path) -> bool:
    """Whether the file holds one JSON object, and no list. Raises `MatrixError`."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise MatrixError(
            _("%(path)s cannot be read: %(reason)s.")
            % {"path": path, "reason": error.strerror or error}
        ) from None
    return start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")


def read_json(path: Path) -> object:
    """What a JSON file says. Raises `MatrixError`, which names the line and the column."""
    if path.stat().st_size > MOST_OCTETS:
        raise MatrixError(_("The file is too long for a matrix."))
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise MatrixError(
            _("Line %(line)s, column %(column)s: the JSON is malformed or cut short.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    except UnicodeDecodeError as error:
        raise MatrixError(_("Octet %(n)s is not UTF-8.") % {"n": error.start}) from None
    except RecursionError:
        raise MatrixError(_("The JSON is nested too deeply.")) from None
    except ValueError:
        # A number of thousands of digits, which Python does not read.
        raise MatrixError(_("The JSON holds a number that is too long.")) from None


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of a cell, parted by commas, semicolons or spaces; each once."""
    return tuple(dict.fromkeys(filter(None, SEVERAL.split(text))))


@dataclass
class _Theme:
    code: str
    label: str
    services: list[ReferenceServiceData] = field(default_factory=list)

    def data(self) -> ThemeData:
        return ThemeData(self.code, self.label, tuple(self.services))


@dataclass
class _Axis:
    code: str
    label: str
    themes: list[_Theme] = field(default_factory=list)

    def data(self) -> AxisData:
        return AxisData(self.code, self.label, tuple(theme.data() for theme in self.themes))


class _Flat:
    """Puts the lines of a flat list under their axes and themes, in the order of the file."""

    def __init__(self, table: Table, known: KnownCodes) -> None:
        self._known = known
        self.axes: list[_Axis] = []
        self._table = table
        self._places = Places()
        self._axes: dict[str, _Axis] = {}
        # With the axis that holds it.
        self._themes: dict[str, tuple[_Theme, _Axis]] = {}
        self._axis: _Axis | None = None
        self._theme: _Theme | None = None

    def take(self, line: Line) -> None:
        if line.fault:
            raise MatrixError(_("%(place)s: it cannot be read.") % {"place": self._place(line)})
        self._enter_axis(line)
        self._enter_theme(line)
        if not (line.cells.get("service_code") or line.cells.get("service")):
            # A line that only opens an axis or a theme.
            return
        if self._theme is None:
            raise MatrixError(
                _("%(place)s: a text is expected.") % {"place": self._place(line, "theme")}
            )
        code = self._text(line, "service_code", LONGEST_CODE)
        self._theme.services.append(
            ReferenceServiceData(
                self._places.take("services", code, self._place(line, "service_code")),
                self._text(line, "service", LONGEST_LABEL),
                self._places.take_former(
                    codes_in(line.cells.get("replaces", "")), self._place(line, "replaces")
                ),
            )
        )

    def _enter_axis(self, line: Line) -> None:
        code, label = self._named(line, "axis")
        if not code:
            if self._axis is None:
                self._text(line, "axis", LONGEST_LABEL)
            return
        known = self._axes.get(code)
        if known is None:
            self._places.take("axes", code, self._place(line, "axis"))
            known = self._axes[code] = _Axis(code, self._text(line, "axis", LONGEST_LABEL))
            self.axes.append(known)
        self._check_label(line, "axis", known.label, label)
        if known is not self._axis:
            self._axis, self._theme = known, None

    def _enter_theme(self, line: Line) -> None:
        code, label = self._named(line, "theme")
        if not code:
            return
        if code not in self._themes:
            self._places.take("themes", code, self._place(line, "theme"))
            theme = _Theme(code, self._text(line, "theme", LONGEST_LABEL))
            self._axis.themes.append(theme)
            self._themes[code] = theme, self._axis
        theme, axis = self._themes[code]
        self._check_label(line, "theme", theme.label, label)
        if axis is not self._axis:
            raise MatrixError(
                _("%(place)s: the theme %(code)s stands under the axis “%(axis)s” already.")
                % {"place": self._place(line, "theme"), "code": code, "axis": axis.label}
            )
        self._theme = theme

    def _named(self, line: Line, field_name: str) -> tuple[str, str]:
        label = line.cells.get(field_name, "")
        code = (
            line.cells.get(f"{field_name}_code", "")
            or self._known.code(field_name, label)
            or slugify(label)[:LONGEST_CODE]
        )
        if code:
            check_text(code, LONGEST_CODE, self._place(line, field_name))
        return code, label

    def _check_label(self, line: Line, field_name: str, known: str, said: str) -> None:
        if said and said != known:
            raise MatrixError(
                _("%(place)s: “%(said)s” has the code of “%(known)s”.")
                % {"place": self._place(line, field_name), "said": said, "known": known}
            )

    def _text(self, line: Line, field_name: str, longest: int) -> str:
        return check_text(line.cells.get(field_name, ""), longest, self._place(line, field_name))

    def _place(self, line: Line, field_name: str = "") -> str:
        found = self._table.positions.get(field_name)
        if not found:
            return _("Line %(n)s") % {"n": line.number}
        return _("Line %(n)s, column “%(column)s”") % {
            "n": line.number,
            "column": self._table.headers[found[0]].strip(),
        }
