"""Where every authority of this installation stands, for whoever watches over it.

From what the last runs left in the database, in a number of queries that does not grow with the
authorities nor with their services: a probe may ask every minute for a thousand towns. What one
authority wants at this very moment, body by body, is `report.status`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..services.models import DigitalService
from . import clock, filings
from .backoff import HOST, circuits_of, host_of
from .differences import CHANGED_THERE
from .models import Attempt, Backoff, Declaration, Link
from .report import transmits_by_hand

LATE = timedelta(hours=24)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

State = Declaration.State
PENDING = (State.TO_SEND, State.TO_WITHDRAW)
WAITING = {
    State.CONFLICT: "conflicts",
    State.REJECTED: "rejected",
    State.UNKNOWN_CODE: "unknown_codes",
    State.HELD: "held",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One authority's counts of services and dossiers, and dates. By hand, nothing is counted or
    ever late.

    `pending` are on their way: to transmit, to withdraw, or sent without an answer. `unseen` were
    published since the last run that succeeded. `oldest_pending`: since when the oldest of both
    waits, as far as is known. `conflicts`, `rejected`, `unknown_codes`, `held` and `proposals` wait
    for a person, and so do `dossiers_waiting`; `dossiers_to_send` are on their way, the oldest
    since `oldest_filing`. Nothing is tried before `retry_at`, after that many `failures` in a row.
    `refused`: the registry does not take the token. `late`: something is pending or unseen, and no
    run succeeded for `LATE`; or a dossier waits for that long, whatever else gets through.
    """

    siren: str | None
    insee: str | None
    name: str
    automatic: bool
    pending: int = 0
    unseen: int = 0
    oldest_pending: datetime | None = None
    conflicts: int = 0
    proposals: int = 0
    rejected: int = 0
    unknown_codes: int = 0
    held: int = 0
    dossiers_to_send: int = 0
    dossiers_waiting: int = 0
    oldest_filing: datetime | None = None
    last_run_at: datetime | None = None
    last_success_at: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    refused: bool = False
    late: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values; dates as in RFC 3339, no title of a service."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


def figures_of_all(backend: RegistryBackend) -> list[Figures]:
    """The figures of every authority with the registry behind `backend`, which is not asked."""
    authorities = list(LocalAuthority.objects.order_by("name", "pk"))
    named = {
        one.pk: Figures(one.siren, one.insee, one.name, not transmits_by_hand(one, backend))
        for one in authorities
    }
    automatic = [one for one in authorities if named[one.pk].automatic]
    if automatic:
        found = _counted(backend.address)
        now = clock.now()
        waits = _waits(automatic, backend, now)
        for one in automatic:
            values = {**found[one.pk], **waits.get(one.pk, {})}
            named[one.pk] = _judged(replace(named[one.pk], **values), now)
    return list(named.values())


def are_healthy(figures: Iterable[Figures]) -> bool:
    """Whether nobody need be called: no authority is late, and none has its token refused."""
    return not any(one.late or one.refused for one in figures)


def _judged(figures: Figures, now: datetime) -> Figures:
    since = figures.last_success_at or figures.oldest_pending
    is_late = bool(figures.pending or figures.unseen) and since is not None and since < now - LATE
    filing = figures.oldest_filing
    return replace(figures, late=is_late or (filing is not None and filing < now - LATE))


def _counted(address: str) -> Mapping[int, dict[str, Any]]:
    """Columns of `Figures`, by authority: five queries."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    links = Link.objects.filter(registry__address=address)
    for pk, *dates in links.values_list(
        "authority", "last_run_at", "last_success_at", "retry_at", "failures"
    ):
        found[pk].update(
            zip(("last_run_at", "last_success_at", "retry_at", "failures"), dates, strict=True)
        )
    for pk, counts in _declared(address):
        found[pk].update(counts)
    for pk, oldest, others in _unanswered(address):
        found[pk]["oldest_pending"] = oldest
        found[pk]["pending"] = found[pk].get("pending", 0) + others
    for pk, oldest, published in _unseen(links):
        found[pk]["unseen"] = published
        found[pk]["oldest_pending"] = min(oldest, found[pk].get("oldest_pending", oldest))
    for pk, counts in _filed(address):
        found[pk].update(counts)
    return found


def _filed(address: str) -> Iterable[tuple[int, dict[str, Any]]]:
    is_to_send, waits = Q(state=filings.State.TO_SEND), Q(state__in=filings.WAITING)
    rows = (
        filings.last_of_each(address)
        .order_by()
        .values("dossier__authority")
        .annotate(
            dossiers_to_send=Count("dossier", distinct=True, filter=is_to_send),
            dossiers_waiting=Count("dossier", distinct=True, filter=waits),
            oldest_filing=Min("frozen_at", filter=is_to_send),
        )
    )
    for row in rows:
        yield row.pop("dossier__authority"), row


def _declared(address: str) -> Iterable[tuple[int, dict[str, int]]]:
    rows = (
        Declaration.objects.filter(registry__address=address)
        .order_by()
        .values("authority")
        .annotate(
            pending=Count("pk", filter=Q(state__in=PENDING)),
            proposals=Count("pk", filter=CHANGED_THERE & Q(state=State.SENT)),
            **{name: Count("pk", filter=Q(state=state)) for state, name in WAITING.items()},
        )
    )
    for row in rows:
        yield row.pop("authority"), row


def _unanswered(address: str) -> Iterable[tuple[int, datetime, int]]:
    """Authority, the oldest of its attempts without an answer, and how many services they are of
    that are not counted as pending already."""
    return (
        Attempt.objects.filter(answered_at=None, declaration__registry__address=address)
        .order_by()
        .values_list("declaration__authority")
        .annotate(
            oldest=Min("created_at"),
            others=Count("declaration", distinct=True, filter=~Q(declaration__state__in=PENDING)),
        )
    )


def _unseen(links: Any) -> Iterable[tuple[int, datetime, int]]:
    """Authority, and what was published there since the last success: when first, how many."""
    last_success = links.filter(authority=OuterRef("authority")).values("last_success_at")
    return (
        DigitalService.objects.live()
        .filter(counted=True)
        .annotate(seen_at=Coalesce(Subquery(last_success[:1]), NEVER))
        .filter(last_published_at__gt=F("seen_at"))
        .order_by()
        .values_list("authority")
        .annotate(oldest=Min("last_published_at"), published=Count("pk"))
    )


def _waits(
    authorities: Iterable[LocalAuthority], backend: RegistryBackend, now: datetime
) -> dict[int, dict[str, Any]]:
    """What keeps authorities from being tried. No token is looked up where nothing does."""
    # The host's own row counts the failures of all before it stops any.
    rows = list(Backoff.objects.filter(~Q(token=HOST) | Q(retry_at__gt=now), host=host_of(backend)))
    if not rows:
        return {}
    waits = {}
    for one in authorities:
        circuits = circuits_of(one, backend)
        mine = [row for row in rows if row.token in circuits.names]
        if mine:
            waits[one.pk] = {
                "retry_at": max(row.retry_at for row in mine),
                "failures": max(row.failures for row in mine),
                "refused": any(map(circuits.refuses_token, mine)),
            }
    return waits
