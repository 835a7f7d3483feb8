"""Where an authority's transmissions stand now: for the desk, the command and monitoring."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from ..authorities.models import LocalAuthority
from ..declared.bodies import Incomplete
from ..registry.base import RegistryBackend
from . import by_hand, filings
from .models import Attempt, Declaration, Link, Registry
from .plan import Action
from .planning import Planned, make_plan
from .wanted import wanted_for


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of services and dossiers, and dates.

    By hand (`automatic` is false) only `to_copy` and `incomplete` say something, and nothing is
    ever late. Otherwise: `declared` stand at the registry; `to_send` and `to_withdraw` go there
    with the next run; `conflicts`, `rejected`, `unknown_codes` and `held` wait for a person;
    `proposals` were changed at the registry only; `altered` are kept there otherwise than sent.
    `oldest_pending`: since when the oldest attempt, or version, waits for its answer.

    Of the yearly dossiers, by their last version: `dossiers_to_send` go with the next run;
    `dossiers_refused` (too late included), `dossiers_conflicts` and `dossiers_disputed` wait for a
    person.
    """

    automatic: bool
    to_copy: int = 0
    declared: int = 0
    to_send: int = 0
    to_withdraw: int = 0
    conflicts: int = 0
    rejected: int = 0
    unknown_codes: int = 0
    held: int = 0
    proposals: int = 0
    altered: int = 0
    dossiers_to_send: int = 0
    dossiers_refused: int = 0
    dossiers_conflicts: int = 0
    dossiers_disputed: int = 0
    incomplete: tuple[Incomplete, ...] = ()
    oldest_pending: datetime | None = None
    last_run_at: datetime | None = None
    last_success_at: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    last_error: str = ""

    @property
    def pending(self) -> int:
        """How many go to the registry with the next run."""
        return self.to_send + self.to_withdraw

    @property
    def left(self) -> int:
        """How many services do not stand at the registry as they are wanted."""
        return self.pending + self.waiting

    @property
    def waiting(self) -> int:
        """How many of them wait for a person."""
        return self.conflicts + self.rejected + self.unknown_codes + self.held

    @property
    def dossiers_left(self) -> int:
        """How many dossiers are to be sent, or wait for a person."""
        return self.dossiers_to_send + self.dossiers_waiting

    @property
    def dossiers_waiting(self) -> int:
        """How many of them wait for a person."""
        return self.dossiers_refused + self.dossiers_conflicts + self.dossiers_disputed

    def as_json(self) -> dict[str, Any]:
        """Plain values; the titles of services stay on the site."""
        values = asdict(self)
        values |= {"incomplete": len(self.incomplete), "pending": self.pending}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
        }


def transmits_by_hand(authority: LocalAuthority, backend: RegistryBackend) -> bool:
    """Whether a person transmits for `authority`: no registry, or no SIREN to be known by."""
    return not backend.automatic or not authority.siren


def planned_for(authority: LocalAuthority, backend: RegistryBackend) -> Planned:
    """What `status` and `intentions` are read from; whoever needs both makes it once, since it
    builds every body."""
    return make_plan(authority, Registry.objects.filter(address=backend.address).first())


def status(
    authority: LocalAuthority, backend: RegistryBackend, planned: Planned | None = None
) -> Status:
    """The status of `authority` with the registry behind `backend`, which is not asked.

    A number of queries that does not grow with the services. `planned`: see `planned_for`.
    """
    if transmits_by_hand(authority, backend):
        return Status(
            automatic=False,
            to_copy=by_hand.count_left(authority),
            incomplete=wanted_for(authority).incomplete,
        )
    registry = Registry.objects.filter(address=backend.address).first()
    link = Link.objects.filter(authority=authority, registry=registry).first() or Link()
    planned_now = planned or make_plan(authority, registry)
    filed = filings.last_versions(authority, backend.address)
    made, known = planned_now.plan, planned_now.standings.known
    counts = made.counts()
    resent = made.of(Action.RESEND)
    withdrawals = sum(step.id not in planned_now.wanted for step in resent)
    return Status(
        automatic=True,
        declared=sum(bool(one.acknowledged) for one in known.values()),
        to_send=counts.get(Action.CREATE, 0)
        + counts.get(Action.REPLACE, 0)
        + len(resent)
        - withdrawals,
        to_withdraw=counts.get(Action.WITHDRAW, 0) + withdrawals,
        conflicts=counts.get(Action.CONFLICT, 0),
        rejected=counts.get(Action.REJECTED, 0),
        unknown_codes=counts.get(Action.UNKNOWN_CODE, 0),
        held=counts.get(Action.HOLD, 0),
        proposals=len(planned_now.proposals),
        altered=sum(bool(one.stored and one.stored != one.acknowledged) for one in known.values()),
        **filings.counts(filed),
        incomplete=planned_now.incomplete,
        oldest_pending=_oldest_pending(authority, registry, filed),
        last_run_at=link.last_run_at,
        last_success_at=link.last_success_at,
        retry_at=link.retry_at,
        failures=link.failures,
        last_error=link.last_error,
    )


def _oldest_pending(
    authority: LocalAuthority, registry: Registry | None, filed: Iterable[filings.Standing]
) -> datetime | None:
    pending = Attempt.objects.filter(
        declaration__authority=authority,
        declaration__registry=registry,
        answered_at__isnull=True,
    )
    dates = [row.frozen_at for row in filed if row.state == filings.State.TO_SEND]
    dates.append(pending.aggregate(oldest=Min("created_at"))["oldest"])
    return min(filter(None, dates), default=None)


@dataclass(frozen=True, slots=True)
class Intended:
    """What the next run would do for one service, were the registry as it was last read."""

    action: Action
    remote_id: str
    title: str


def intentions(
    authority: LocalAuthority, backend: RegistryBackend, planned: Planned | None = None
) -> list[Intended]:
    """What the next run would do, without asking the registry nor writing anything.

    `planned`: see `planned_for`.
    """
    planned = planned or planned_for(authority, backend)
    rows = Declaration.objects.filter(authority=authority, registry__address=backend.address)
    titles = dict(rows.values_list("remote_id", "title"))
    titles.update({id: service.title for id, service in planned.wanted.items()})
    return [Intended(step.action, step.id, titles.get(step.id, "")) for step in planned.plan.steps]
