"""Keeps the lines of published lists, many at once, and never the same one twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ...authorities.catalogue import touch_all
from ...authorities.models import LocalAuthority
from ...authorities.names import fold
from ..editions import villes_internet
from ..models import VILLES_INTERNET, Edition
from .awards import AwardCounts, give_awards
from .entries import Entry
from .matching import Match
from .models import PalmaresRow

# Few enough that no database finds the questions too long, many enough to ask few.
BATCH = 200
FACTS = (
    "name",
    "place",
    "siren",
    "insee",
    "department",
    "region",
    "authority_id",
    "standing",
    "level",
    "mentions",
    "note",
    "source",
    "basis",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A line, and whom it is about if that is known."""

    entry: Entry
    match: Match

    @property
    def key(self) -> str:
        """Whom the line is about, the same at each import of the same line."""
        if self.match.siren:
            return f"siren:{self.match.siren}"
        if self.match.insee:
            return f"insee:{self.match.insee}"
        return _name_key(self.entry.name, self.entry.place)

    @property
    def digest(self) -> int:
        """Which line of which edition it is, in few octets: 64 bits tell a million lines apart."""
        return hash((self.entry.year, self.key))

    @property
    def former_keys(self) -> tuple[str, ...]:
        """Under which the same line may stand from an import that did not match it."""
        if self.match.why:
            return ()
        name, place = self.entry.name, self.entry.place
        return _name_key(name, place), _name_key(name, "")


@dataclass(slots=True)
class Counts:
    """What one batch changed, or would change."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    awards: AwardCounts = AwardCounts()


class Store:
    """The lists in the database. With `dry_run` it compares and counts, and writes nothing."""

    def __init__(self, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self._seen: set[int] = set()

    def keep(self, batch: Sequence[Found]) -> Counts:
        """Add or correct one line for each of `batch`, all or none, and their towns' awards.

        A line deduced from a source never takes the place of a stated one.
        """
        with transaction.atomic():
            editions = self._editions({found.entry.year for found in batch})
            there = self._rows(batch, editions)
            authorities = _authorities(batch)
            self._seen.update(found.digest for found in batch)
            counts, new, changed, standing = Counts(), [], [], []
            for found in batch:
                row = self._take(there, found) or PalmaresRow(
                    edition=editions[found.entry.year], key=found.key
                )
                different = _differences(row, _facts(found, authorities))
                for name, value in different.items():
                    setattr(row, name, value)
                if row.pk is None:
                    new.append(row)
                elif different:
                    changed.append(row)
                standing.append(row)
            counts.added, counts.changed = len(new), len(changed)
            counts.unchanged = len(batch) - len(new) - len(changed)
            if not self.dry_run:
                PalmaresRow.objects.bulk_create(new, batch_size=BATCH)
                PalmaresRow.objects.bulk_update(changed, ["key", *FACTS], batch_size=BATCH)
                if new or changed:
                    # The list of an edition is on every town's pages.
                    touch_all(LocalAuthority.objects.all())
            mine = [row for row in standing if row.authority_id]
            counts.awards = give_awards(mine, dry_run=self.dry_run)
        return counts

    def mark_complete(self, years: Iterable[int]) -> list[int]:
        """Say of these editions that their list names everyone; returns those that changed."""
        partial = Edition.objects.filter(
            programme__slug=VILLES_INTERNET, year__in=list(years), palmares_complete=False
        )
        changed = sorted(partial.values_list("year", flat=True))
        if changed and not self.dry_run:
            with transaction.atomic():
                partial.update(palmares_complete=True)
                touch_all(LocalAuthority.objects.all())
        return changed

    def _editions(self, years: set[int]) -> dict[int, Edition]:
        wanted = Edition.objects.filter(programme__slug=VILLES_INTERNET, year__in=years)
        known = {edition.year: edition for edition in wanted}
        for year in sorted(years - known.keys()):
            known[year] = Edition(year=year)
            if not self.dry_run:
                known[year].programme = villes_internet()
                known[year].save()
        return known

    def _rows(
        self, batch: Sequence[Found], editions: dict[int, Edition]
    ) -> dict[tuple[int, str], PalmaresRow]:
        keys = {key for found in batch for key in (found.key, *found.former_keys)}
        known = [edition for edition in editions.values() if edition.pk]
        rows = PalmaresRow.objects.filter(edition__in=known, key__in=keys)
        years = {edition.pk: year for year, edition in editions.items()}
        there = {(years[row.edition_id], row.key): row for row in rows}
        for (year, _key), row in there.items():
            row.edition = editions[year]
        return there

    def _take(self, there: dict[tuple[int, str], PalmaresRow], found: Found) -> PalmaresRow | None:
        """The row of that line. One that stood unmatched is taken over, unless the same file
        still has it: it is then somebody else of that name."""
        year = found.entry.year
        if row := there.get((year, found.key)):
            return row
        for former in found.former_keys:
            if hash((year, former)) in self._seen:
                continue
            if row := there.pop((year, former), None):
                row.key = found.key
                return row
        return None


def _name_key(name: str, place: str) -> str:
    return f"name:{fold(name) or name.casefold()}|{fold(place) or place.casefold()}"[:255]


def _facts(found: Found, authorities: dict[str, int]) -> dict[str, Any]:
    entry, match = found.entry, found.match
    return {
        "name": entry.name or match.siren or match.insee,
        "place": entry.place,
        "siren": match.siren,
        "insee": match.insee,
        "department": match.department,
        "region": match.region,
        "authority_id": authorities.get(match.siren) or authorities.get(match.insee),
        "standing": entry.standing,
        "level": entry.level,
        "mentions": list(entry.mentions),
        "note": entry.note,
        "source": entry.source,
        "basis": entry.basis,
    }


def _differences(row: PalmaresRow, facts: dict[str, Any]) -> dict[str, Any]:
    if row.pk and not row.is_deduced and facts["basis"] == PalmaresRow.Basis.DEDUCED:
        # What was stated stands; only whom it is about may have become known.
        facts = {"authority_id": facts["authority_id"]}
    return {name: value for name, value in facts.items() if getattr(row, name) != value}


def _authorities(batch: Sequence[Found]) -> dict[str, int]:
    """The keys of the authorities of this installation, by SIREN and by INSEE code."""
    sirens = {found.match.siren for found in batch} - {""}
    insees = {found.match.insee for found in batch} - {""}
    known: dict[str, int] = {}
    by_siren = LocalAuthority.objects.filter(siren__in=sirens)
    by_insee = LocalAuthority.objects.filter(insee__in=insees)
    for pk, siren, insee in (by_siren | by_insee).values_list("pk", "siren", "insee"):
        known |= {number: pk for number in (siren, insee) if number}
    return known
