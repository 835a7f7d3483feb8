"""Which column of a file says what, by the names people give them. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from ...authorities.names import plain_words
from .errors import FileError

# The names of each field, folded: small letters, no accents, one space between words.
NAMES = {
    "year": ("annee", "edition", "millesime", "annee du label", "label annee", "an", "year"),
    "name": (
        "collectivite",
        "collectivites",
        "collectivite territoriale",
        "nom",
        "nom de la collectivite",
        "nom de la commune",
        "commune",
        "communes",
        "ville",
        "villes",
        "territoire",
        "laureat",
        "laureats",
        "libelle",
        "name",
        "authority",
        "local authority",
        "town",
        "city",
    ),
    "place": (
        "departement",
        "departements",
        "departement ou region",
        "dep",
        "dept",
        "dpt",
        "code departement",
        "numero de departement",
        "no departement",
        "n departement",
        "region",
        "regions",
        "reg",
        "lieu",
        "place",
        "department",
        "department or region",
    ),
    "level": (
        "niveau",
        "niveau du label",
        "label",
        "labels",
        "label obtenu",
        "arobase",
        "arobases",
        "nombre d arobases",
        "nb arobases",
        "nb d arobases",
        "resultat",
        "level",
    ),
    "standing": ("status", "statut", "situation", "standing"),
    "mentions": ("mention", "mentions", "distinction", "distinctions", "mention speciale"),
    "note": ("note", "notes", "remarque", "remarques", "commentaire", "observation"),
    "source": ("source", "sources", "source url", "url", "lien", "adresse de la source"),
    "basis": ("basis", "base", "fondement", "nature de la source"),
    "siren": ("siren", "numero siren", "code siren", "n siren"),
    "insee": ("insee", "code insee", "code commune", "code commune insee", "codgeo"),
}
FIELDS = tuple(NAMES)
_BY_NAME = {name: field for field, names in NAMES.items() for name in names}


def folded(header: str) -> str:
    return " ".join(plain_words(header))


def recognised(header: str) -> str | None:
    """The field of a column by its usual names; None for one that says nothing to us."""
    if set(header.strip()) == {"@"}:
        return "level"
    return _BY_NAME.get(folded(header))


def parse_options(options: Iterable[str]) -> dict[str, str]:
    """`NAME=FIELD` as given to `--column`. Raises `FileError` for another form or field."""
    chosen = {}
    for option in options:
        name, equals, field = option.rpartition("=")
        if not equals or not name.strip() or field.strip() not in FIELDS:
            raise FileError(
                _("“%(option)s” is not NAME=FIELD, where FIELD is one of: %(fields)s.")
                % {"option": option, "fields": ", ".join(FIELDS)}
            )
        chosen[name.strip()] = field.strip()
    return chosen


def assign(headers: Sequence[str], chosen: Mapping[str, str]) -> dict[str, list[int]]:
    """The positions of the columns of each field, in the order of the file.

    What was chosen for a field stands alone; two columns of one field are read in turn, a
    department before a region. Raises `FileError` where a chosen column is not there.
    """
    positions: dict[str, list[int]] = {}
    for name, field in chosen.items():
        positions.setdefault(field, []).append(_position(headers, name))
    taken = {position for found in positions.values() for position in found}
    by_hand = set(positions)
    for position, header in enumerate(headers):
        field = recognised(header)
        if field and field not in by_hand and position not in taken:
            positions.setdefault(field, []).append(position)
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
    raise FileError(
        _("There is no column “%(name)s”. Columns of the file: %(columns)s.")
        % {"name": name, "columns": ", ".join(filter(None, plain)) or "-"}
    )


def missing(positions: Mapping[str, Sequence[int]], *, year_is_given: bool) -> str | None:
    """A field without which no line means anything, if it has no column."""
    if not any(positions.get(field) for field in ("name", "siren", "insee")):
        return "name"
    if not year_is_given and not positions.get("year"):
        return "year"
    return None
