"""Small versions of the matrix, made on the spot."""

from wagtail_villes_internet.matrix.data import parse_matrix
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.matrix.store import store


def document(version: str, themes: dict[str, dict[str, tuple]], *, official: bool = True) -> dict:
    """A version of one axis: by theme, the codes with their label and what they replace."""
    return {
        "version": version,
        "official": official,
        "axes": [
            {
                "code": "a",
                "label": "Axe",
                "themes": [
                    {
                        "code": theme,
                        "label": theme.capitalize(),
                        "services": [
                            {"code": code, "label": label, "replaces": list(replaces)}
                            for code, (label, *replaces) in services.items()
                        ],
                    }
                    for theme, services in themes.items()
                ],
            }
        ],
    }


# Replaces: `p-rdv-titres` by two, `p-formulaires` by one, and nothing else of the bundled one.
SPLIT = {
    "guichet": {
        "n-papiers": ("Papiers d’identité", "p-rdv-titres"),
        "n-passeports": ("Passeports", "p-rdv-titres"),
        "n-demarches": ("Démarches en ligne", "p-formulaires"),
    },
    "ecole": {"n-cantine": ("Restauration scolaire",)},
}


def stored(version: str = "2027", themes=None, **kwargs) -> Matrix:
    """A version beside the one in use."""
    data = parse_matrix(document(version, themes or SPLIT, **kwargs))
    return store(data, make_current=False)
