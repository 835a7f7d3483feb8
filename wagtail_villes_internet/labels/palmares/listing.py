"""Reads the list of one edition, as residents may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ...words import alphabetical
from ..models import VILLES_INTERNET, Award, Edition
from .entries import DEDUCED
from .models import PalmaresRow

Standing = Award.Standing
# Who has a level comes first, highest first; then those who have none.
LAST = (Standing.OUT_OF_COMPETITION, Standing.LEVEL_UNKNOWN, Standing.MENTION_ONLY)
SHOWN = (Standing.LABELLED, *LAST)


@dataclass(frozen=True, slots=True)
class ListedTown:
    """One line. `place`: its department as the source prints it, which may be a region."""

    name: str
    place: str
    siren: str
    insee: str
    department: str
    region: str
    level: int | None
    mentions: tuple[str, ...]
    deduced: bool
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Everyone of one standing and level, in alphabetical order."""

    standing: str
    level: int | None
    towns: tuple[ListedTown, ...]


@dataclass(frozen=True, slots=True)
class PalmaresList:
    """The list of one edition. `labelled`: how many were, as far as that is stated."""

    programme: str
    unit: str
    unit_plural: str
    highest: int
    year: int
    complete: bool
    labelled: int | None
    source_url: str
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        return sum(len(group.towns) for group in self.groups)


def palmares_list(year: int | None = None) -> PalmaresList | None:
    """The list of that edition, or of the latest that has one, in two queries; else None."""
    editions = Edition.objects.filter(programme__slug=VILLES_INTERNET)
    if year is not None:
        editions = editions.filter(year=year)
    rows = PalmaresRow.objects.filter(standing__in=SHOWN)
    edition = (
        editions.filter(pk__in=rows.values("edition"))
        .select_related("programme")
        .order_by("-year")
        .first()
    )
    if edition is None:
        return None
    programme = edition.programme
    return PalmaresList(
        programme=programme.name,
        unit=programme.unit,
        unit_plural=programme.unit_plural,
        highest=programme.max_level,
        year=edition.year,
        complete=edition.palmares_complete,
        labelled=edition.labelled_count,
        source_url=edition.source_url,
        groups=_groups(rows.filter(edition=edition)),
    )


def _groups(rows: Iterable[PalmaresRow]) -> tuple[Group, ...]:
    ordered = sorted(rows, key=lambda row: (_rank(row), alphabetical(row.name), row.place))
    return tuple(
        Group(
            standing=standing,
            level=-level or None,
            towns=tuple(map(_town, grouped)),
        )
        for (_last, level, standing), grouped in groupby(ordered, _rank)
    )


def _rank(row: PalmaresRow) -> tuple[int, int, str]:
    if row.standing == Standing.LABELLED:
        return 0, -(row.level or 0), row.standing
    return 1 + LAST.index(Standing(row.standing)), 0, row.standing


def _town(row: PalmaresRow) -> ListedTown:
    return ListedTown(
        name=row.name,
        place=row.place,
        siren=row.siren,
        insee=row.insee,
        department=row.department,
        region=row.region,
        level=row.level,
        mentions=tuple(row.mentions),
        deduced=row.basis == DEDUCED,
        source=row.source,
    )
