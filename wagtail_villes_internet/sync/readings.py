"""Applies what was read at the registry, in its feed or after a 412, to what is known of it.

Nothing read here ever changes a service of the site, nor makes anything be sent by itself.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..registry.canonical import content_hash
from ..registry.types import RemoteService, Tombstone
from ..services.models import DigitalService
from .declarations import State, acknowledged, declarations_of, known_of, our_attempts, withdrawn
from .models import Attempt, Declaration
from .outcomes import Reading, read
from .plan import Known
from .session import Session

Item = RemoteService | Tombstone


def apply(session: Session, items: Sequence[Item], *, lost: bool = False) -> None:
    """Take note of each item, inside the caller's transaction, which holds the lease.

    `lost`: the answer to an attempt on them was, so that what is gone may have been ours.

    What is neither declared nor offered by this site is left alone: it is only reported when the
    two sides are reconciled.
    """
    ids = [item.id for item in items]
    rows = {
        row.remote_id: row
        for row in declarations_of(session.authority, session.registry).filter(remote_id__in=ids)
    }
    pending = set(
        Attempt.objects.filter(
            declaration__in=[row.pk for row in rows.values()], answered_at__isnull=True
        ).values_list("declaration_id", flat=True)
    )
    ours = our_attempts(session, [item.key for item in items])
    offered = _offered(session, [id for id in ids if id not in rows])
    for item in items:
        row = rows.get(item.id)
        # What the registry never had, sequence 0, cannot have been ours.
        in_doubt = lost and not (isinstance(item, Tombstone) and item.sequence == 0)
        known = known_of(row, pending=in_doubt or row.pk in pending) if row else Known()
        there = content_hash(item.body) if isinstance(item, RemoteService) else ""
        last = row.remote_hash if row else ""
        reading = read(known, there, ours.get((item.id, item.key)), last=last)
        if row is None:
            if reading is not Reading.FOREIGN or item.id not in offered:
                continue
            row = Declaration(
                authority=session.authority, registry=session.registry, remote_id=item.id
            )
        _note(row, reading, item, there)
        session.tally.pulled += reading not in (Reading.SAME, Reading.PENDING)


def gone_there() -> dict[str, Any]:
    """The columns of a service that somebody withdrew at the registry: for a person to settle."""
    return {
        "state": State.CONFLICT,
        "etag": "",
        "remote": None,
        "remote_hash": "",
        "message": _("This service was withdrawn at the registry."),
    }


def _note(row: Declaration, reading: Reading, item: Item, there: str) -> None:
    changes = _changes(row, reading, item, there)
    changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not changes and row.pk:
        return
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=changes if row.pk else None)


def _changes(row: Declaration, reading: Reading, item: Item, there: str) -> dict[str, Any]:
    if reading is Reading.PENDING:
        return {}
    if reading is Reading.GONE:
        return gone_there()
    if reading is Reading.TAKEN:
        return _taken(item, there)
    body = item.body.as_json() if isinstance(item, RemoteService) else None
    what_is_there = {
        "etag": item.etag if isinstance(item, RemoteService) else "",
        "remote_hash": there,
    }
    if reading is Reading.SAME and _is_merged(row, there):
        # Our own write, which took over what was changed there: that remains to be decided on.
        return {"etag": what_is_there["etag"]}
    if reading is Reading.SAME:
        state = State.SENT if row.acknowledged_hash else State.WITHDRAWN
        # Other states are the plan's to change.
        settled = row.state in (State.CONFLICT, State.HELD)
        message = {"message": ""} if row.remote is not None or settled else {}
        return {
            **what_is_there,
            **message,
            "remote": None,
            "state": state if settled else row.state,
        }
    if reading is Reading.OLD:
        message = _("The registry went back to an older state.")
        return {**what_is_there, "remote": body, "state": State.HELD, "message": message}
    message = _("This service was changed at the registry.")
    title = row.title or (body["title"] if body else "")
    state = State.SENT if row.acknowledged_hash else State.TO_SEND
    return {**what_is_there, "remote": body, "title": title, "state": state, "message": message}


def _taken(item: Item, there: str) -> dict[str, Any]:
    """One of our attempts had been taken although its answer said otherwise: it is the base."""
    attempt = Attempt.objects.get(key=item.key)
    Attempt.objects.filter(pk=attempt.pk).update(status=200)
    if not isinstance(item, RemoteService):
        return withdrawn()
    return acknowledged(
        json.loads(attempt.body), attempt.body_hash, item.etag, there, base=attempt.base
    )


def _is_merged(row: Declaration, there: str) -> bool:
    return row.remote is not None and there not in ("", row.acknowledged_hash)


def _offered(session: Session, ids: Sequence[str]) -> set[str]:
    """Those of `ids` under which this authority has a service, live or not."""
    if not ids:
        return set()
    services = DigitalService.objects.of(session.authority).filter(translation_key__in=ids)
    return {str(key) for key in services.values_list("translation_key", flat=True)}
