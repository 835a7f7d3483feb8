"""Where the versions of the yearly dossiers of an authority stand with one registry.

Of each dossier its last version counts: what became of the earlier ones is history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from ..authorities.models import LocalAuthority
from ..dossiers.models import Dossier, Filing
from ..labels.models import VILLES_INTERNET, Edition
from ..registry.types import FiledReceipt, StoredDossier
from .filing_outcomes import Reading, Version, read
from .models import FilingAttempt, Registry, RemoteDossier

State = Filing.State
# Of these, a person has to do something, or at least to know.
WAITING = (State.REJECTED, State.TOO_LATE, State.CONFLICT, State.DISPUTED)
COUNTED = {
    State.TO_SEND: "dossiers_to_send",
    State.REJECTED: "dossiers_refused",
    State.TOO_LATE: "dossiers_refused",
    State.CONFLICT: "dossiers_conflicts",
    State.DISPUTED: "dossiers_disputed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One version: the year and number it is known by, and what became of it."""

    pk: int
    dossier_id: int
    year: int
    number: int
    state: str
    frozen_at: datetime

    @property
    def is_left(self) -> bool:
        """Whether it is to be sent or decided on; not what was filed and then changed there."""
        return self.state in COUNTED


def last_versions(authority: LocalAuthority, address: str) -> list[Standing]:
    """The versions that are to be sent to the registry of that address, that wait for a person
    there, or that were filed and then replaced or lost there (`State.FILED`); one query.

    Once the results of an edition are out nobody has anything to decide about it any more.
    """
    rows = last_of_each(address).filter(dossier__authority=authority).order_by("dossier__year")
    columns = ("pk", "dossier", "dossier__year", "number", "state", "frozen_at")
    return [Standing(*row) for row in rows.values_list(*columns)]


def last_of_each(address: str) -> QuerySet[Filing]:
    """The same of every authority."""
    now = timezone.now()
    over = Edition.objects.filter(
        Q(closes_at=None) | Q(closes_at__lt=now),
        programme__slug=VILLES_INTERNET,
        state=Edition.State.PUBLISHED,
        year=OuterRef("dossier__year"),
    )
    later = Filing.objects.filter(dossier=OuterRef("dossier"), number__gt=OuterRef("number"))
    concerns = Q(state__in=WAITING) | (Q(state=State.FILED) & ~Q(message=""))
    waits = concerns & ~Exists(over) & ~Exists(later)
    return Filing.objects.filter(Q(state=State.TO_SEND) | waits, registry_address=address).exclude(
        registry_address=""
    )


def counts(rows: Iterable[Standing]) -> dict[str, int]:
    """How many dossiers have a version in each kind of state, by the names of `report.Status`."""
    found: dict[str, set[int]] = {name: set() for name in COUNTED.values()}
    for row in rows:
        if row.is_left:
            found[COUNTED[row.state]].add(row.dossier_id)
    return {name: len(dossiers) for name, dossiers in found.items()}


def versions_of(authority: LocalAuthority, year: int) -> list[Version]:
    """Every version frozen here, wherever it was to go, with its keys; two queries."""
    mine = {"dossier__authority": authority, "dossier__year": year}
    keys: dict[int, set[str]] = {}
    attempts = FilingAttempt.objects.filter(
        filing__dossier__authority=authority, filing__dossier__year=year
    )
    for number, key in attempts.values_list("filing__number", "key"):
        keys.setdefault(number, set()).add(key)
    frozen = Filing.objects.filter(**mine).order_by("number")
    return [
        Version(number, sha256, frozenset(keys.get(number, ())))
        for number, sha256 in frozen.values_list("number", "sha256")
    ]


def remote_of(authority: LocalAuthority, registry: Registry, year: int) -> RemoteDossier | None:
    """What was last read of that year; None where it never was."""
    return RemoteDossier.objects.filter(authority=authority, registry=registry, year=year).first()


def known_there(authority: LocalAuthority, registry: Registry, year: int) -> Reading:
    """What the registry holds for that year, as last read there."""
    row = remote_of(authority, registry, year)
    return read(stored_of(row) if row else None, versions_of(authority, year))


def stored_of(row: RemoteDossier) -> StoredDossier | None:
    """What was read, but for its text; None where nothing is filed."""
    if not row.etag:
        return None
    receipts = tuple(
        FiledReceipt(
            number=receipt["number"],
            received_at=datetime.fromisoformat(receipt["received_at"]),
            sha256=receipt["sha256"],
            key=receipt["key"],
        )
        for receipt in row.receipts
    )
    return StoredDossier(row.etag, row.key or None, {}, receipts)


def receipts_json(receipts: Sequence[FiledReceipt]) -> list[dict[str, Any]]:
    """Receipts in the contract's shape."""
    return [
        {
            "number": receipt.number,
            "received_at": receipt.received_at.isoformat(),
            "sha256": receipt.sha256,
            "key": receipt.key,
        }
        for receipt in receipts
    ]


def is_last(filing: Filing) -> bool:
    """Whether no later version was frozen."""
    rows = Filing.objects.filter(dossier=filing.dossier_id)
    return rows.aggregate(last=Max("number"))["last"] == filing.number


def years_that_matter(authority: LocalAuthority) -> list[int]:
    """Those with a dossier of ours, and of the open editions; none whose results are out, unless a
    version still has to go; two queries."""
    editions = Edition.objects.filter(programme__slug=VILLES_INTERNET)
    states = dict(editions.values_list("year", "state"))
    opened = Dossier.objects.filter(authority=authority).annotate(
        is_waiting=Exists(Filing.objects.filter(dossier=OuterRef("pk"), state=State.TO_SEND))
    )
    years = {
        year
        for year, is_waiting in opened.values_list("year", "is_waiting")
        if is_waiting or states.get(year) != Edition.State.PUBLISHED
    }
    return sorted(years | {year for year, state in states.items() if state == Edition.State.OPEN})


def unanswered(authority: LocalAuthority, address: str) -> QuerySet[FilingAttempt]:
    """The attempts that went out, or are to, and whose answer is not known."""
    return FilingAttempt.objects.filter(
        answered_at=None,
        filing__dossier__authority=authority,
        filing__registry_address=address,
    ).order_by(F("sent_at").asc(nulls_last=True), "pk")
