"""Which column of a flat matrix, or of a map of codes, says what, by the names people give them."""

from collections.abc import Mapping, Sequence

from ..tables.columns import Columns

SERVICE = ("service", "service de reference", "service numerique", "reference service")

# The names of each field, folded: small letters, no accents, one space between words.
MATRIX = {
    "axis_code": ("code axe", "axe code", "code de l axe", "code domaine", "axis code", "axe id"),
    "axis": (
        *("axe", "axes", "domaine", "domaines", "libelle axe", "axe libelle", "libelle de l axe"),
        *("nom de l axe", "intitule de l axe", "axis", "axis label", "label of the axis"),
    ),
    "theme_code": (
        *("code enjeu", "enjeu code", "code de l enjeu", "code theme", "theme code"),
        *("code du theme", "enjeu id", "theme id"),
    ),
    "theme": (
        *("enjeu", "enjeux", "theme", "themes", "libelle enjeu", "enjeu libelle"),
        *("libelle de l enjeu", "nom de l enjeu", "intitule de l enjeu", "libelle theme"),
        *("theme libelle", "libelle du theme", "theme label", "label of the theme"),
    ),
    "service_code": (
        *("code", "code service", "service code", "code du service", "code de reference"),
        *("code service de reference", "code du service de reference", "reference", "id"),
        *("identifiant", "service id", "reference code"),
    ),
    "service": (
        *SERVICE,
        *("libelle", "libelle service", "service libelle", "libelle du service", "intitule"),
        *("intitule du service", "nom du service", "libelle du service de reference"),
        *("libelle service de reference", "label", "service label", "label of the service"),
    ),
    "replaces": (
        *("remplace", "remplace les codes", "remplace le code", "codes remplaces"),
        *("anciens codes", "ancien code", "replaces", "replaced codes", "former codes"),
    ),
}

MAP = {
    "old": (
        *("ancien", "ancien code", "anciens codes", "code ancien", "code provisoire"),
        *("provisoire", "de", "avant", "old", "old code", "former", "former code", "from"),
    ),
    "new": (
        *("nouveau", "nouveau code", "nouveaux codes", "code nouveau", "code officiel"),
        *("officiel", "remplace par", "vers", "apres", "new", "new code", "new codes"),
        *("replaced by", "to"),
    ),
}


class MatrixColumns(Columns):
    def assign(self, headers: Sequence[str], chosen: Mapping[str, str]) -> dict[str, list[int]]:
        """Two columns that say a label and none the code: the first, « Axe », holds the code."""
        positions = super().assign(headers, chosen)
        for label in ("axis", "theme", "service"):
            found = positions.get(label, [])
            if len(found) > 1 and not positions.get(f"{label}_code") and label not in chosen:
                positions[f"{label}_code"], positions[label] = found[:1], found[1:]
        return positions


MATRIX_COLUMNS = MatrixColumns(MATRIX)
MAP_COLUMNS = Columns(MAP)
