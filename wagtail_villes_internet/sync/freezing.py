"""Freezes what is sent: key, octets and precondition are stored before the first send."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from ..declared.bodies import bodies_of
from ..registry.batches import cut
from ..registry.canonical import body_text, content_hash
from ..registry.types import ServiceBody, Write
from . import clock
from .declarations import declarations_of
from .merge import merge
from .models import Attempt, Declaration
from .plan import Action, Step
from .session import Session


def freeze(session: Session, steps: Sequence[Step]) -> tuple[list[Attempt], int]:
    """Store attempts for the first of `steps`, as many as go into one request.

    Returns them and how many steps they settle: a service that changed since the plan was made, so
    that the step no longer fits, is left to the next plan. Raises `LeaseLost`.
    """
    steps = steps if session.backend.supports_batch else steps[:1]
    with transaction.atomic():
        session.lease.hold()
        rows = {
            row.remote_id: row
            # Locked, so that nobody decides on a difference that is being sent.
            for row in declarations_of(session.authority, session.registry)
            .filter(remote_id__in=[step.id for step in steps])
            .select_for_update()
        }
        # Read after that: what somebody took from the registry is in them.
        bodies = bodies_of(
            session.authority,
            [step.id for step in steps if step.action in (Action.CREATE, Action.REPLACE)],
        )
        attempts = [
            attempt
            for step in steps
            if (attempt := _attempt(step, rows[step.id], bodies.get(step.id))) is not None
        ]
        if not attempts:
            return [], len(steps)
        fitting = attempts[: len(next(cut(map(write_of, attempts))))]
        Attempt.objects.bulk_create(fitting)
    if len(fitting) == len(attempts):
        return fitting, len(steps)
    next_id = attempts[len(fitting)].declaration.remote_id
    return fitting, next(i for i, step in enumerate(steps) if step.id == next_id)


def write_of(attempt: Attempt) -> Write:
    """The attempt as the registry is sent it, each time alike."""
    put = attempt.operation == Attempt.Operation.PUT
    return Write(
        key=attempt.key,
        operation=attempt.operation,
        id=attempt.declaration.remote_id,
        if_match=attempt.if_match or None,
        body=attempt.body if put else None,
    )


def _attempt(step: Step, row: Declaration, body: ServiceBody | None) -> Attempt | None:
    attempt = Attempt(declaration=row, key=str(uuid.uuid4()), sent_at=clock.now())
    if step.action is not Action.CREATE:
        attempt.if_match = row.etag
    if step.action is Action.WITHDRAW:
        attempt.operation = Attempt.Operation.DELETE
        return attempt
    if body is None:
        return None
    if row.remote is not None and row.etag:
        merged = merge(row.acknowledged, body.as_json(), row.remote)
        if merged.conflicts:
            return None
        body = ServiceBody.from_json(merged.body)
        attempt.base = merged.base if merged.proposals else None
    attempt.operation = Attempt.Operation.PUT
    attempt.body = body_text(body)
    attempt.body_hash = content_hash(body)
    return attempt
