"""Transmission by hand: what is new, changed or gone since it was last copied.

The association publishes no interface; somebody copies into its tool what differs from what they
copied before, and says so line by line. Nothing is ever late or failed here.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..authorities.models import LocalAuthority
from ..declared.bodies import bodies_of
from ..registry.canonical import body_text, content_hash
from ..registry.types import SERVICE_FIELDS, ServiceBody
from .declarations import acknowledged, declarations_of, withdrawn
from .errors import NotAsShown
from .models import BY_HAND, Attempt, Declaration, Registry
from .wanted import wanted_for


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a service, in the contract's JSON shapes; `before` is what was last copied."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One service to copy, to copy again, or to take out of the association's tool.

    `hash` names the content shown, and goes back with « C'est recopié »: empty for one that is
    gone. `fields` are all of the service's fields; `changes` those that differ.
    """

    remote_id: str
    title: str
    hash: str
    fields: Mapping[str, Any]
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs from what was last copied, each list by title."""

    new: tuple[Line, ...] = ()
    changed: tuple[Line, ...] = ()
    gone: tuple[Line, ...] = ()

    def __len__(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)


@dataclass(frozen=True, slots=True)
class Copied:
    """One line that somebody ticked off; `user` is None when they have left."""

    remote_id: str
    title: str
    at: datetime
    user: Any
    withdrawn: bool


def compare(
    bodies: Mapping[str, ServiceBody], copied: Mapping[str, Mapping[str, Any]]
) -> Differences:
    """The differences between what is wanted and the bodies last copied, by remote id. Pure."""
    new, changed, gone = [], [], []
    for id, body in bodies.items():
        after, before = body.as_json(), copied.get(id)
        if before is None:
            new.append(Line(id, body.title, content_hash(body), after))
        elif before != after:
            changes = tuple(
                FieldChange(name, before.get(name), after[name])
                for name in SERVICE_FIELDS
                if before.get(name) != after[name]
            )
            changed.append(Line(id, body.title, content_hash(body), after, changes))
    for id, before in copied.items():
        if id not in bodies:
            gone.append(Line(id, before["title"], "", before))
    return Differences(_by_title(new), _by_title(changed), _by_title(gone))


def differences(authority: LocalAuthority) -> Differences:
    """What is left to copy for `authority`, in a number of queries that does not grow."""
    to_copy, gone = _different(authority)
    rows = declarations_of(authority, _registry()).filter(acknowledged__isnull=False)
    concerned = to_copy | gone
    return compare(
        bodies_of(authority, to_copy),
        {
            id: body
            for id, body in rows.values_list("remote_id", "acknowledged").iterator()
            if id in concerned
        },
    )


def count_left(authority: LocalAuthority) -> int:
    """How many lines `differences` has, without reading any text."""
    return sum(map(len, _different(authority)))


def copied(authority: LocalAuthority, limit: int = 100) -> list[Copied]:
    """What was ticked off last, newest first: each may be undone."""
    seen: dict[int, Copied] = {}
    ticks = (
        _ticks(authority)
        .select_related("declaration", "user")
        .defer("body", "declaration__acknowledged")
        .order_by("-pk")
    )
    for tick in ticks.iterator():
        row = tick.declaration
        if row.pk not in seen:
            gone = tick.operation == Attempt.Operation.DELETE
            seen[row.pk] = Copied(row.remote_id, row.title, tick.answered_at, tick.user, gone)
        if len(seen) == limit:
            break
    return list(seen.values())


@transaction.atomic
def mark_copied(authority: LocalAuthority, remote_id: str, user: Any, *, shown: str) -> None:
    """« C'est recopié »: `user` copied the content whose hash is `shown`; empty: took it out.

    Raises `NotAsShown` when the service is no longer what they saw. Said twice, it counts once.
    """
    body = bodies_of(authority, [remote_id]).get(remote_id)
    if shown != (content_hash(body) if body else ""):
        raise NotAsShown
    registry, _created = Registry.objects.get_or_create(address=BY_HAND)
    row, _created = Declaration.objects.get_or_create(
        authority=authority,
        registry=registry,
        remote_id=remote_id,
        defaults={"title": body.title if body else ""},
    )
    if row.acknowledged_hash == shown:
        return
    now = timezone.now()
    tick = Attempt.objects.create(
        declaration=row,
        key=str(uuid.uuid4()),
        operation=Attempt.Operation.PUT if body else Attempt.Operation.DELETE,
        body=body_text(body) if body else "",
        body_hash=shown,
        sent_at=now,
        answered_at=now,
        user=user,
    )
    _follow(row, tick)


@transaction.atomic
def unmark(authority: LocalAuthority, remote_id: str) -> None:
    """Undo the last « C'est recopié » of one service: the one before it counts again.

    Nothing when there is none.
    """
    ticks = list(_ticks(authority).filter(declaration__remote_id=remote_id).order_by("-pk")[:2])
    if not ticks:
        return
    last, *before = ticks
    last.delete()
    _follow(last.declaration, before[0] if before else None)


def _follow(row: Declaration, tick: Attempt | None) -> None:
    """Let the declaration say what the last tick said."""
    if tick is None or tick.operation == Attempt.Operation.DELETE:
        changes = withdrawn()
    else:
        changes = acknowledged(json.loads(tick.body), tick.body_hash, "", tick.body_hash)
    changes["acknowledged_at"] = tick.answered_at if tick else None
    Declaration.objects.filter(pk=row.pk).update(**changes)


def _different(authority: LocalAuthority) -> tuple[set[str], set[str]]:
    """The ids to copy, and those to take out."""
    wanted = wanted_for(authority).services
    rows = declarations_of(authority, _registry()).exclude(acknowledged_hash="")
    done = dict(rows.values_list("remote_id", "acknowledged_hash"))
    to_copy = {id for id, service in wanted.items() if done.get(id) != service.hash}
    return to_copy, done.keys() - wanted.keys()


def _ticks(authority: LocalAuthority):
    return Attempt.objects.filter(
        declaration__authority=authority, declaration__registry__address=BY_HAND
    ).select_related("declaration")


def _registry() -> Registry | None:
    return Registry.objects.filter(address=BY_HAND).first()


def _by_title(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.title.casefold(), line.remote_id)))
