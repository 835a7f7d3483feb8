"""Which column of a published list says what, by the names people give them. Pure."""

from ...tables.columns import Columns

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


class PalmaresColumns(Columns):
    def recognised(self, header: str) -> str | None:
        if set(header.strip()) == {"@"}:
            return "level"
        return super().recognised(header)


COLUMNS = PalmaresColumns(NAMES)
