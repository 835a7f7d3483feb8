"""The table of communes and EPCI: every authority of France by SIREN, INSEE code or name.

The package bundles one vintage of it (`data/SOURCES.md` says from where); `cog_build` makes such
files, and the command `villes_internet_update_cog` installs a later one.

The file is UTF-8 text compressed with xz: a line of `#` and JSON that says what it is (`format`,
`vintage`, `version`, `source`, `licence`, the number of `rows`, the names of `departments` and
`regions` by code), then CSV with the columns `COLUMNS`.
"""

import csv
import heapq
import io
import json
import lzma
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..conf import get_settings
from .names import fold

FORMAT = 1
COMMUNE, EPCI = "commune", "epci"
COLUMNS = (
    "kind",
    "nature",
    "siren",
    "insee",
    "name",
    "department",
    "region",
    "population",
    "former",
)
DATA = Path(__file__).resolve().parent.parent / "data"


class CogError(ValueError):
    """A table, or the package it is made from, cannot be used; the message is fit to be shown."""


@dataclass(frozen=True, slots=True)
class CogEntry:
    """One commune or one EPCI, as the table has it.

    `kind` is `commune` or `epci`; `nature` is the code of the DGCL for an EPCI (`CC`, `CA`, `CU`,
    `METRO`, `MET69`, `EPT`), empty for a commune. Codes are strings: `01004`, `2A004`. `population`
    is the municipal population; None is unknown, and 0 is a commune where nobody lives.
    """

    kind: str
    nature: str
    siren: str | None
    insee: str | None
    name: str
    department: str
    department_name: str
    region: str
    region_name: str
    population: int | None

    def __str__(self) -> str:
        return f"{self.name} ({self.insee or self.siren}, {self.department_name})"


@dataclass(frozen=True)
class CogTable:
    """One vintage of the table.

    `vintage` is the year whose 1 January it describes, `version` that of the package it was made
    from; `departments` and `regions` give names by code; `former` gives, for the INSEE code that
    a merged commune had, the one of the commune it is part of now.
    """

    vintage: int
    version: str
    source: str
    licence: str
    entries: tuple[CogEntry, ...]
    departments: Mapping[str, str]
    regions: Mapping[str, str]
    former: Mapping[str, str]

    @property
    def age(self) -> tuple[int, list[int]]:
        """Greater for the newer of two tables: the vintage, then the version of the package."""
        return _age(self.vintage, self.version)

    def by_siren(self, siren: str) -> CogEntry | None:
        """The commune or EPCI of this SIREN."""
        return self._by_siren.get(siren)

    def by_insee(self, insee: str) -> CogEntry | None:
        """The commune that has this INSEE code today: not the delegated one of the same code."""
        return self._by_insee.get(insee)

    def successor(self, insee: str) -> CogEntry | None:
        """The commune of today into which the one that had this code was merged, if it was."""
        return self.by_insee(self.former.get(insee, ""))

    def find(self, text: str, limit: int = 20) -> list[CogEntry]:
        """The entries to offer to somebody who types `text`: a SIREN, an INSEE code or a name.

        A name is found when each word typed begins one of its words (see `fold`). The same name
        comes first, then names that begin so, then the others; in each, the most populated first.
        Territories without inhabitants are not offered.
        """
        code = text.strip().upper().replace(" ", "")
        named = self.by_siren(code) or self.by_insee(code)
        matches = [(0, named)] if named else self._matches(fold(text))
        offered = [(rank, entry) for rank, entry in matches if entry.population]
        best = heapq.nsmallest(limit, offered, key=_order)
        return [entry for _rank, entry in best]

    def _matches(self, typed: str) -> Iterator[tuple[int, CogEntry]]:
        starts = [f" {word}" for word in typed.split()]
        if not starts:
            return
        whole = f" {typed}"
        for key, entry in zip(self._names, self.entries, strict=True):
            if all(start in key for start in starts):
                yield 0 if key == whole else 1 if key.startswith(whole) else 2, entry

    @cached_property
    def _by_siren(self) -> dict[str, CogEntry]:
        return {entry.siren: entry for entry in self.entries if entry.siren}

    @cached_property
    def _by_insee(self) -> dict[str, CogEntry]:
        return {entry.insee: entry for entry in self.entries if entry.insee}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        # A space before each word: « a word begins with » is then « contains ».
        return tuple(f" {fold(entry.name)}" for entry in self.entries)


def _order(match: tuple[int, CogEntry]) -> tuple[int, int, str]:
    rank, entry = match
    return rank, -(entry.population or 0), entry.insee or entry.siren or ""


def table() -> CogTable:
    """The table in force: the newest of the bundled one and the one at `COG_FILE`, if it is there.

    Read once a process, and again when the file changes. Raises `CogError` when `COG_FILE` is
    there and cannot be read.
    """
    return _table(*_in_force())


def place_names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of departments and of regions by code: what a menu offers, without the rows.

    Raises `CogError` as `table` does.
    """
    meta = _meta(*_in_force())
    return meta["departments"], meta["regions"]


def updated() -> Path | None:
    """Where a later table is kept, by the setting `COG_FILE`; nothing need be there yet."""
    return get_settings().cog_file


def bundled() -> Path:
    """The file that comes with the package."""
    return max(DATA.glob("cog-*.csv.xz"))


def load(path: Path) -> CogTable:
    """Read a whole file of the form above. Raises `CogError` when it is damaged or of another."""
    with _readable(path):
        return parse(path.read_bytes())


def parse(data: bytes) -> CogTable:
    """The table that the bytes of a file hold. Raises `ValueError`, `KeyError` or `LZMAError`."""
    lines = io.StringIO(lzma.decompress(data).decode(), newline="")
    meta = _read_meta(lines.readline())
    departments, regions = meta["departments"], meta["regions"]
    rows = csv.reader(lines, strict=True)
    if tuple(next(rows)) != COLUMNS:
        raise ValueError("columns")
    entries, former = [], {}
    for kind, nature, siren, insee, name, department, region, population, codes in rows:
        # Interned: 36,000 rows share a few hundred codes.
        entry = CogEntry(
            kind=sys.intern(kind),
            nature=sys.intern(nature),
            siren=siren or None,
            insee=insee or None,
            name=name,
            department=sys.intern(department),
            department_name=departments[department],
            region=sys.intern(region),
            region_name=regions[region],
            population=int(population) if population else None,
        )
        entries.append(entry)
        former.update(dict.fromkeys(codes.split(), insee))
    if len(entries) != meta["rows"]:
        raise ValueError("rows")
    return CogTable(
        vintage=meta["vintage"],
        version=meta["version"],
        source=meta["source"],
        licence=meta["licence"],
        entries=tuple(entries),
        departments=departments,
        regions=regions,
        former=former,
    )


def _read_meta(line: str) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(line.removeprefix("#"))
    if meta["format"] != FORMAT:
        raise ValueError("format")
    return meta


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say of which file, in words fit to be shown, what could not be read of it."""
    try:
        yield
    except (OSError, EOFError, lzma.LZMAError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise CogError(
            _(
                "%(path)s is not a table of communes that can be used: it is damaged, or was made "
                "for another version of this package. Make it again with "
                "villes_internet_update_cog, or unset COG_FILE."
            )
            % {"path": path}
        ) from error


def _in_force() -> tuple[Path, int, int]:
    files = [_stamped(path) for path in (updated(), bundled()) if path and path.exists()]
    return max(files, key=lambda file: _age(**_meta(*file)))


def _age(vintage: int, version: str, **_others: Any) -> tuple[int, list[int]]:
    return vintage, [int(number) for number in re.findall("[0-9]+", version)]


def _stamped(path: Path) -> tuple[Path, int, int]:
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=2)
def _meta(path: Path, changed: int, size: int) -> dict[str, Any]:
    with _readable(path), lzma.open(path, "rt", encoding="utf-8") as file:
        return _read_meta(file.readline())


@lru_cache(maxsize=2)
def _table(path: Path, changed: int, size: int) -> CogTable:
    return load(path)
