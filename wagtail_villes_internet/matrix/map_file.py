"""A map of codes: what a person says that former codes have become.

It adds to what a version says that its codes replace, and comes before it: a code that is in the
map becomes what the map says and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from ..tables.columns import Table
from ..tables.errors import TableError
from ..tables.rows import file_rows
from .data import (
    LONGEST_CODE,
    MatrixData,
    MatrixError,
    ReferenceServiceData,
    check_text,
)
from .headers import MAP_COLUMNS
from .reading import codes_in, is_json_object, read_json

Map = Mapping[str, tuple[str, ...]]


def read_map(path: Path, placed: MatrixData) -> dict[str, tuple[str, ...]]:
    """The new codes of each former one, for the version `placed`; none for one that is removed.

    CSV, XLSX or a JSON list with a column for each, or a JSON object of codes by former code.
    Several codes stand in one cell or on several lines. Raises `MatrixError`, which names the
    place, for what cannot be read and for a new code that the version does not have.
    """
    known = {service.code for service in placed.services()}
    found: dict[str, tuple[str, ...]] = {}
    for place, old, new in _lines(path):
        if not old:
            raise MatrixError(_("%(place)s: the former code is missing.") % {"place": place})
        check_text(old, LONGEST_CODE, place)
        for code in new:
            if code not in known:
                raise MatrixError(
                    _("%(place)s: the version %(version)s has no code %(code)s.")
                    % {"place": place, "version": placed.version, "code": code}
                )
        found[old] = tuple(dict.fromkeys((*found.get(old, ()), *new)))
    if not found:
        raise MatrixError(_("The map holds no code."))
    return found


def with_map(data: MatrixData, mapped: Map) -> MatrixData:
    """`data`, each of whose services replaces what `mapped` says, and nothing else of the map."""

    def changed(service: ReferenceServiceData) -> ReferenceServiceData:
        kept = [old for old in service.replaces if old not in mapped]
        said = [old for old, new in mapped.items() if service.code in new and old != service.code]
        return replace(service, replaces=(*kept, *said))

    return data.with_services(changed)


def _lines(path: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The place, the former code and the new ones of each line of the file."""
    if is_json_object(path):
        document = read_json(path)
        for old, new in document.items():
            place = f"/{old}"
            new = [new] if isinstance(new, str) else new
            if not isinstance(new, list) or not all(isinstance(code, str) for code in new):
                raise MatrixError(_("%(place)s: a list of codes is expected.") % {"place": place})
            yield place, old, tuple(new)
        return
    try:
        table = Table(file_rows(path, MAP_COLUMNS.is_header), MAP_COLUMNS, {})
        if table.positions.keys() != {"old", "new"}:
            raise MatrixError(
                _("A map has two columns: “ancien”, the former code, and “nouveau”, the new ones.")
            )
        for line in table:
            place = _("Line %(n)s") % {"n": line.number}
            if line.fault:
                raise MatrixError(_("%(place)s: it cannot be read.") % {"place": place})
            for old in codes_in(line.cells.get("old", "")) or ("",):
                yield place, old, codes_in(line.cells.get("new", ""))
    except TableError as error:
        raise MatrixError(str(error)) from error
