"""Which column of a file says what, by the names people give them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..words import plain_words
from .errors import TableError
from .rows import BROKEN, MOST_LINES_ABOVE, Row

# Nobody writes so much in one cell of a list; a longer one is cut.
LONGEST_CELL = 4_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number as a spreadsheet shows it, and its cells by field.

    `fault`: why it could not even be taken apart, where that is so.
    """

    number: int
    cells: Mapping[str, str]
    fault: str = ""


def folded(header: str) -> str:
    return " ".join(plain_words(header))


class Columns:
    """The fields of a kind of list, each with the names its column is known to bear, folded."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self.fields = tuple(names)
        self._by_name = {name: field for field, known in names.items() for name in known}

    def recognised(self, header: str) -> str | None:
        """The field of a column by its usual names; None for one that says nothing to us."""
        return self._by_name.get(folded(header))

    def is_header(self, cell: str) -> bool:
        return self.recognised(cell) is not None

    def parse_options(self, options: Iterable[str]) -> dict[str, str]:
        """`NAME=FIELD` as given to `--column`. Raises `TableError` for another form or field."""
        chosen = {}
        for option in options:
            name, equals, field = option.rpartition("=")
            if not equals or not name.strip() or field.strip() not in self.fields:
                raise TableError(
                    _("“%(option)s” is not NAME=FIELD, where FIELD is one of: %(fields)s.")
                    % {"option": option, "fields": ", ".join(self.fields)}
                )
            chosen[name.strip()] = field.strip()
        return chosen

    def assign(self, headers: Sequence[str], chosen: Mapping[str, str]) -> dict[str, list[int]]:
        """The positions of the columns of each field, in the order of the file.

        What was chosen for a field stands alone; two columns of one field are read in turn, a
        department before a region. Raises `TableError` where a chosen column is not there.
        """
        positions: dict[str, list[int]] = {}
        for name, field in chosen.items():
            positions.setdefault(field, []).append(_position(headers, name))
        taken = {position for found in positions.values() for position in found}
        by_hand = set(positions)
        for position, header in enumerate(headers):
            known = self.recognised(header)
            if known and known not in by_hand and position not in taken:
                positions.setdefault(known, []).append(position)
        for found in positions.values():
            found.sort(key=lambda position: folded(headers[position]).startswith("reg"))
        return positions


def _position(headers: Sequence[str], name: str) -> int:
    plain = [header.strip() for header in headers]
    if name in plain:
        return plain.index(name)
    found = [at for at, header in enumerate(plain) if folded(header) == folded(name)]
    if len(found) == 1 and folded(name):
        return found[0]
    raise TableError(
        _("There is no column “%(name)s”. Columns of the file: %(columns)s.")
        % {"name": name, "columns": ", ".join(filter(None, plain)) or "-"}
    )


class Table:
    """The lines of one file. `positions`: columns by field; `ignored`: headers of no field.

    `longest`: the characters that are kept of a cell.
    """

    def __init__(
        self,
        rows: Iterator[Row],
        columns: Columns,
        chosen: Mapping[str, str],
        longest: int = LONGEST_CELL,
    ) -> None:
        self._rows, self._longest = rows, longest
        self.headers = _headers(rows, columns, chosen)
        self.positions = columns.assign(self.headers, chosen)
        used = {position for found in self.positions.values() for position in found}
        self.ignored = [
            header.strip()
            for position, header in enumerate(self.headers)
            if position not in used and header.strip()
        ]

    def require(self, field: str, said: str) -> None:
        """Raise `TableError` unless a column says `field`, which is called `said`."""
        if not self.positions.get(field):
            columns = ", ".join(header.strip() for header in self.headers if header.strip())
            raise TableError(
                _(
                    "No column says %(what)s. Columns of the file: %(columns)s. "
                    "Name one with --column NAME=%(field)s."
                )
                % {"what": said, "columns": columns[:500] or "-", "field": field}
            )

    def __iter__(self) -> Iterator[Line]:
        for number, row in self._rows:
            if row[:1] == [BROKEN]:
                yield Line(number, {}, fault=row[1])
                continue
            cells = {
                field: _cell(row, found, self._longest) for field, found in self.positions.items()
            }
            if any(cells.values()):
                yield Line(number, cells)


def _headers(rows: Iterator[Row], columns: Columns, chosen: Mapping[str, str]) -> Sequence[str]:
    """The first line that holds a header we know, or were told of; else the first of all."""
    first: Sequence[str] | None = None
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if any(columns.is_header(cell) or cell.strip() in chosen for cell in row):
            return row
        first = first or row
        if number > MOST_LINES_ABOVE:
            break
    if first is None:
        raise TableError(_("The file holds no line."))
    return first


def _cell(row: Sequence[str], positions: Sequence[int], longest: int) -> str:
    for position in positions:
        if position < len(row) and (text := row[position].strip()):
            return text[:longest]
    return ""
