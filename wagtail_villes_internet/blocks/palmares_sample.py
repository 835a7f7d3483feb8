"""The list that the block picker shows: a few lines of the palmarès of 2024, as the press gave it.

Source: https://www.tendanceouest.com/actualite-416242-normandie-douze-collectivites-labellisees-territoires-villes-et-villages-internet-ca-veut-dire-quoi
(Normandy, February 2024); 241 were labelled that year.
"""

from ..labels.models import Award
from ..labels.palmares.listing import Group, ListedTown, PalmaresList


def _group(level: int, *towns: tuple[str, str]) -> Group:
    return Group(
        Award.Standing.LABELLED,
        level,
        tuple(
            ListedTown(name, place, "", "", "", "28", level, (), False, "Tendance Ouest, 2024")
            for name, place in towns
        ),
    )


SAMPLE_PALMARES = PalmaresList(
    programme="Villes Internet",
    unit="arobase",
    unit_plural="arobases",
    highest=5,
    year=2024,
    complete=False,
    labelled=241,
    source_url="",
    groups=(
        _group(
            5,
            ("Fleury-sur-Orne", "Calvados"),
            ("Longchamps", "Eure"),
            ("Pont-Audemer", "Eure"),
            ("Val-de-Reuil", "Eure"),
        ),
        _group(4, ("CC du Vexin Normand", "Eure")),
        _group(3, ("Elbeuf", "Seine-Maritime"), ("Trévières", "Calvados")),
        _group(2, ("Les Grandes-Ventes", "Seine-Maritime"), ("Ménilles", "Eure")),
        _group(1, ("Le Trait", "Seine-Maritime")),
    ),
)
