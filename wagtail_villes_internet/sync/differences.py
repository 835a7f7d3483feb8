"""What the site and a registry say differently of one service, for a person to settle.

Read from the rows as the last run left them, in a number of queries that does not grow: the
registry is not asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q

from ..authorities.models import LocalAuthority
from ..declared.bodies import bodies_of
from ..registry.canonical import content_hash
from ..registry.types import SERVICE_FIELDS, ServiceBody
from .declarations import State, declarations_of
from .merge import Body, merge
from .models import Attempt, Declaration, Registry

# Somebody else's content is there; or somebody withdrew ours (see `readings.gone_there`).
CHANGED_THERE = Q(remote__isnull=False) & ~Q(etag="")
WITHDRAWN_THERE = Q(state=State.CONFLICT, etag="", remote__isnull=True)


class Kind(StrEnum):
    """Between what a person decides."""

    # The values of fields.
    FIELDS = "fields"
    # Declared here, withdrawn at the registry by somebody.
    WITHDRAWN_THERE = "withdrawn_there"
    # Changed at the registry, no longer declared here: unpublished, deleted, not counted.
    NOT_DECLARED_HERE = "not_declared_here"


@dataclass(frozen=True, slots=True)
class Shown:
    """Names what a person saw of each side: content hashes, empty for nothing."""

    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field, in the contract's JSON shapes. `base` is what both sides said before.

    `is_conflict`: both changed it; otherwise the registry alone did, and proposes it.
    """

    name: str
    base: Any
    mine: Any
    theirs: Any
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One service to settle. `mine`, `theirs` and `base` are bodies in the contract's JSON shapes:
    None where nothing is declared here, stands there, or was ever agreed on.

    `awaiting`: the answer to an attempt is not known, so that nothing can be settled yet.
    """

    remote_id: str
    title: str
    kind: Kind
    base: Body | None
    mine: Body | None
    theirs: Body | None
    fields: tuple[FieldDifference, ...] = ()
    awaiting: bool = False

    @property
    def shown(self) -> Shown:
        return Shown(hash_of(self.mine), hash_of(self.theirs))

    @property
    def conflicts(self) -> tuple[FieldDifference, ...]:
        return tuple(field for field in self.fields if field.is_conflict)

    @property
    def proposals(self) -> tuple[FieldDifference, ...]:
        return tuple(field for field in self.fields if not field.is_conflict)


def hash_of(body: Body | None) -> str:
    """The content hash of a body in the contract's JSON shapes; empty for none."""
    return content_hash(ServiceBody.from_json(body)) if body is not None else ""


def differences(authority: LocalAuthority, registry: Registry | None) -> list[Difference]:
    """The services of `authority` with something to settle, by title.

    What is held because the registry went back in time is not among them: that is one decision for
    all (see `decisions`).
    """
    found = _differences(authority, registry)
    return sorted(found, key=lambda one: (one.title.casefold(), one.remote_id))


def difference(
    authority: LocalAuthority, registry: Registry | None, remote_id: str
) -> Difference | None:
    """What is to settle of one service; None when nothing is."""
    return next(iter(_differences(authority, registry, [remote_id])), None)


def compare(
    remote_id: str, title: str, base: Body | None, mine: Body | None, theirs: Body | None
) -> Difference | None:
    """What a person has to settle between two bodies; None when nothing. Pure."""
    if mine is None and theirs is None:
        return None
    if theirs is None:
        return Difference(remote_id, title, Kind.WITHDRAWN_THERE, base, mine, None)
    before = base or {}
    if mine is None:
        kind = Kind.NOT_DECLARED_HERE
        changed = {name: False for name in SERVICE_FIELDS if before.get(name) != theirs[name]}
        if base == theirs:
            return None
    else:
        kind = Kind.FIELDS
        merged = merge(base, mine, theirs)
        changed = dict.fromkeys(merged.proposals, False) | dict.fromkeys(merged.conflicts, True)
        if not changed:
            return None
    fields = tuple(
        FieldDifference(
            name, before.get(name), mine[name] if mine else None, theirs[name], changed[name]
        )
        for name in SERVICE_FIELDS
        if name in changed
    )
    return Difference(remote_id, title, kind, base, mine, theirs, fields)


def _differences(
    authority: LocalAuthority,
    registry: Registry | None,
    ids: Collection[str] | None = None,
) -> list[Difference]:
    rows = declarations_of(authority, registry).exclude(state=State.HELD)
    rows = rows.filter(CHANGED_THERE | WITHDRAWN_THERE)
    if ids is not None:
        rows = rows.filter(remote_id__in=ids)
    unanswered = Attempt.objects.filter(declaration=OuterRef("pk"), answered_at__isnull=True)
    rows = list(rows.annotate(awaiting=Exists(unanswered)).order_by())
    bodies = bodies_of(authority, [row.remote_id for row in rows]) if rows else {}
    found = (_of(row, bodies) for row in rows)
    return [one for one in found if one is not None]


def _of(row: Declaration, bodies: Mapping[str, ServiceBody]) -> Difference | None:
    body = bodies.get(row.remote_id)
    mine = body.as_json() if body else None
    # The name that its editors know it by.
    title = (mine or row.acknowledged or row.remote or {}).get("title") or row.title
    found = compare(row.remote_id, title, row.acknowledged, mine, row.remote)
    if found is None:
        return None
    return replace(found, awaiting=row.awaiting)
