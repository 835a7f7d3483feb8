"""From the cells of a line to what it says. Pure; every doubt is an error of that line alone."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from ...tables.columns import Line
from ...words import plain_words
from .entries import DEDUCED, STATED, Entry
from .errors import LineError
from .levels import settle

FIRST_YEAR, LAST_YEAR = 1999, 2100
# The ceremony of December 2009 gave the label 2010: no sign bears 2009.
NO_SUCH_YEAR = 2009

YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
PARTS = re.compile(r"[;|,\n]")
SPACES = re.compile(r"\s+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
BASES = {
    "": STATED,
    "stated": STATED,
    "annonce": STATED,
    "annoncee": STATED,
    "enonce": STATED,
    "enoncee": STATED,
    "constate": STATED,
    "deduced": DEDUCED,
    "deduit": DEDUCED,
    "deduite": DEDUCED,
}
LONGEST = {"name": 255, "place": 255, "mentions": 255, "source": 500}


def parse(line: Line, *, year: int | None = None) -> Entry:
    """What `line` says; `year`: the edition of every line of a file that names none.

    Raises `LineError`.
    """
    if line.fault:
        raise LineError(line.fault)
    cells = {**dict.fromkeys(("year", "level", "standing", "note"), ""), **line.cells}
    standing, level = settle(cells["level"], cells["standing"])
    return Entry(
        number=line.number,
        year=read_year(cells["year"]) if cells["year"] or year is None else year,
        name=_name(cells),
        place=_short(cells, "place"),
        standing=standing,
        level=level,
        mentions=_mentions(cells.get("mentions", "")),
        note=cells["note"].replace("\0", ""),
        source=_short(cells, "source"),
        basis=_basis(cells.get("basis", "")),
        siren=_digits(cells.get("siren", ""), 9),
        insee=_digits(cells.get("insee", "").upper(), 5),
    )


def read_year(text: str) -> int:
    """The one edition that a cell names: `2024`, « label 2024 », « 2024 (25e) »."""
    years = {int(found) for found in YEAR.findall(text)}
    if len(years) != 1:
        raise LineError(_("“%(text)s” names no single edition.") % {"text": text[:60]})
    [year] = years
    return check_year(year)


def check_year(year: int) -> int:
    if year == NO_SUCH_YEAR:
        raise LineError(
            _("There is no label 2009: the ceremony of 15 December 2009 gave the label 2010.")
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise LineError(_("%(year)d is no edition of the label.") % {"year": year})
    return year


def _name(cells: Mapping[str, str]) -> str:
    raw = cells.get("name", "")
    if "\n" in raw:
        raise LineError(
            _("The name runs over several lines: a quotation mark is probably left open.")
        )
    name = _short(cells, "name")
    if "@" in name:
        raise LineError(_("The name holds an “@”: the level belongs in a column of its own."))
    if not name and not cells.get("siren") and not cells.get("insee"):
        raise LineError(_("The line names nobody."))
    return name


def _short(cells: Mapping[str, str], field: str) -> str:
    text = _plain(cells.get(field, ""))
    if len(text) > LONGEST[field]:
        raise LineError(
            _("“%(text)s…” is too long: %(most)d characters at most.")
            % {"text": text[:60], "most": LONGEST[field]}
        )
    return text


def _plain(text: str) -> str:
    return SPACES.sub(" ", CONTROLS.sub(" ", text)).strip()


def _mentions(text: str) -> tuple[str, ...]:
    parts = [_short({"mentions": part}, "mentions") for part in PARTS.split(text)]
    return tuple(sorted(filter(None, dict.fromkeys(parts))))


def _basis(text: str) -> str:
    try:
        return BASES[" ".join(plain_words(text))]
    except KeyError:
        raise LineError(
            _("“%(text)s” is neither “stated” nor “deduced”.") % {"text": text[:60]}
        ) from None


def _digits(text: str, length: int) -> str:
    """A number as typed or as a spreadsheet made of it: without its spaces, with its zeros."""
    plain = SPACES.sub("", text)
    return plain.zfill(length) if plain else ""
