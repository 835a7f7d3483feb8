"""Reads and writes where each service stands at one registry.

The only place that turns rows into the plan's `Known`, and the plan's actions into the states that
people see.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from ..authorities.models import LocalAuthority
from ..registry.canonical import content_hash
from ..registry.types import ServiceBody
from . import clock
from .models import Attempt, Declaration, Registry
from .outcomes import OurAttempt
from .plan import Action, Known, Plan, Step, WantedService
from .session import Session

State = Declaration.State
# `rejected_hash` of a withdrawal that was refused: no content has this hash.
WITHDRAWAL = "-"
CHUNK = 500
# Names no tag: nothing is sent with it.
NOT_READ_YET = "-"

STATES = {
    Action.CREATE: State.TO_SEND,
    Action.REPLACE: State.TO_SEND,
    Action.WITHDRAW: State.TO_WITHDRAW,
    Action.CONFLICT: State.CONFLICT,
    Action.REJECTED: State.REJECTED,
    Action.UNKNOWN_CODE: State.UNKNOWN_CODE,
    Action.HOLD: State.HELD,
    Action.GIVEN_UP: State.GIVEN_UP,
}


@dataclass(frozen=True, slots=True)
class Standings:
    """Every service known at one registry, by remote id, and the state last shown for it."""

    known: dict[str, Known]
    states: dict[str, str]

    def presumed(self) -> "Standings":
        """The same where the feed is being read again, and may have stopped half-way: what it did
        not come to yet is as it was last known. Once read to its end, that is held."""
        known = {
            id: replace(one, etag=NOT_READ_YET) if _is_not_read_yet(one) else one
            for id, one in self.known.items()
        }
        return Standings(known, self.states)


def declarations_of(authority: LocalAuthority, registry: Registry | None):
    """The declarations of one authority at one registry; none at a registry never spoken to."""
    return Declaration.objects.filter(authority=authority, registry=registry)


def standings_of(authority: LocalAuthority, registry: Registry | None) -> Standings:
    """Two queries, whatever the number of services."""
    rows = declarations_of(authority, registry)
    pending = set(
        Attempt.objects.filter(
            declaration__authority=authority,
            declaration__registry=registry,
            answered_at__isnull=True,
        ).values_list("declaration__remote_id", flat=True)
    )
    standings = Standings({}, {})
    for id, state, acknowledged, etag, remote_hash, rejected, is_foreign in (
        rows.annotate(is_foreign=Q(remote__isnull=False))
        .values_list(
            "remote_id",
            "state",
            "acknowledged_hash",
            "etag",
            "remote_hash",
            "rejected_hash",
            "is_foreign",
        )
        .order_by()
        .iterator(chunk_size=2000)
    ):
        # What was read there no longer counts once its tag is forgotten.
        foreign = is_foreign and bool(etag)
        standings.states[id] = state
        standings.known[id] = Known(
            acknowledged=acknowledged,
            etag=etag,
            foreign=remote_hash if foreign else "",
            stored="" if is_foreign else remote_hash,
            rejected={"": None, WITHDRAWAL: ""}.get(rejected, rejected),
            code_unknown=state == State.UNKNOWN_CODE,
            pending=id in pending,
            # A conflict over fields says nothing of a withdrawal, should its content be gone since.
            withdrawn_there=state == State.CONFLICT and not is_foreign,
            held=state == State.HELD,
            given_up=state == State.GIVEN_UP,
        )
    return standings


def known_of(declaration: Declaration, *, pending: bool) -> Known:
    """The same of one row."""
    foreign = declaration.remote is not None
    return Known(
        acknowledged=declaration.acknowledged_hash,
        etag=declaration.etag,
        foreign=declaration.remote_hash if foreign and declaration.etag else "",
        stored="" if foreign else declaration.remote_hash,
        pending=pending,
        withdrawn_there=declaration.state == State.CONFLICT,
    )


def our_attempts(
    session: Session, keys: Collection[str | None]
) -> dict[tuple[str, str | None], OurAttempt]:
    """Those of `keys` that are this authority's attempts at this registry, each by the id that it
    is about as well: a registry may mistake one for another."""
    rows = Attempt.objects.filter(
        key__in=[key for key in keys if key],
        declaration__authority=session.authority,
        declaration__registry=session.registry,
    ).values_list("declaration__remote_id", "key", "body_hash", "status", "answered_at")
    return {
        (id, key): OurAttempt(hash=hash, taken=status in (200, 201), answered=answered is not None)
        for id, key, hash, status, answered in rows
    }


def record(
    session: Session, plan: Plan, wanted: Mapping[str, WantedService], standings: Standings
) -> None:
    """Show each service in the state that the plan gives it; no write when nothing changes."""
    agreed = plan.of(Action.AGREE)
    changes: dict[str, list[str]] = defaultdict(list)
    created = []
    planned = {step.id: _state(step, wanted) for step in plan.steps if step not in agreed}
    for id, state in planned.items():
        if id not in standings.states:
            created.append((id, state))
        elif standings.states[id] != state:
            changes[state].append(id)
    settled = {State.SENT, State.WITHDRAWN}
    for id, state in standings.states.items():
        if state not in settled and id not in planned:
            known = standings.known[id]
            changes[State.SENT if known.acknowledged else State.WITHDRAWN].append(id)
    if not (agreed or changes or created):
        return
    with transaction.atomic():
        session.lease.hold()
        rows = declarations_of(session.authority, session.registry)
        for state, ids in changes.items():
            for chunk in chunks(ids):
                rows.filter(remote_id__in=chunk).update(state=state)
        Declaration.objects.bulk_create(
            [
                Declaration(
                    authority=session.authority,
                    registry=session.registry,
                    remote_id=id,
                    title=wanted[id].title,
                    state=state,
                )
                for id, state in created
            ],
            batch_size=CHUNK,
        )
        _agree(session, agreed)


def acknowledged(
    body: Any, hash: str, etag: str, stored: str, message: str = "", *, base: Any = None
) -> dict[str, Any]:
    """The columns of a service that stands there as it was sent.

    `stored` is the hash under which the registry says to keep it. `base` is what both sides agree
    on, where `body` also has what was changed there only.
    """
    columns = {
        "state": State.SENT,
        "title": body["title"],
        "acknowledged": body,
        "acknowledged_hash": hash,
        "acknowledged_at": clock.now(),
        "etag": etag,
        "remote": None,
        "remote_hash": stored,
        "problems": [],
        "rejected_hash": "",
        "message": message,
    }
    if base is None:
        return columns
    agreed = content_hash(ServiceBody.from_json(base))
    return {
        **columns,
        "title": base["title"],
        "acknowledged": base,
        "acknowledged_hash": agreed,
        "remote": body,
        "remote_hash": hash,
    }


def withdrawn() -> dict[str, Any]:
    """The columns of a service of which nothing of ours is there any more."""
    return {
        "state": State.WITHDRAWN,
        "acknowledged": None,
        "acknowledged_hash": "",
        "acknowledged_at": clock.now(),
        "etag": "",
        "remote": None,
        "remote_hash": "",
        "problems": [],
        "rejected_hash": "",
        "message": "",
    }


def chunks(items: Sequence, size: int = CHUNK) -> Iterator[Sequence]:
    """The items in lists short enough for one query."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _is_not_read_yet(one: Known) -> bool:
    return bool(one.acknowledged) and not (one.etag or one.withdrawn_there or one.held)


def _state(step: Step, wanted: Mapping[str, WantedService]) -> str:
    if step.action is Action.RESEND:
        return State.TO_SEND if step.id in wanted else State.TO_WITHDRAW
    return STATES[step.action]


def _agree(session: Session, steps: Sequence[Step]) -> None:
    """Take note that somebody did at the registry what was wanted here."""
    rows = declarations_of(session.authority, session.registry)
    for chunk in chunks(steps):
        for row in rows.filter(remote_id__in=[step.id for step in chunk]):
            changes = (
                withdrawn()
                if row.remote is None or not row.etag
                else acknowledged(row.remote, row.remote_hash, row.etag, row.remote_hash)
            )
            rows.filter(pk=row.pk).update(**changes)
