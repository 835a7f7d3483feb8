"""Sends what the plan says, one frozen attempt at a time, and settles each answer.

An attempt is stored with its key, its octets and its precondition before it is sent, and is sent
again unchanged for as long as its answer is not known. No transaction is open during a request.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ..registry import errors
from ..registry.canonical import body_text, content_hash
from ..registry.types import ServiceBody, Tombstone, Write, Written
from . import clock
from .declarations import (
    WITHDRAWAL,
    State,
    acknowledged,
    chunks,
    declarations_of,
    withdrawn,
)
from .errors import EpochChanged
from .models import Attempt, Declaration
from .outcomes import Verdict, judge
from .plan import Action, Step
from .readings import Item, apply, gone_there
from .session import Session
from .wanted import bodies_of

# Answers missed in a row before a run stops trying: the registry went away in the meantime.
PATIENCE = 3
CHUNK = 100
# A registry keeps them for 30 days at least (contract, « Keys »).
KEYS_ARE_KEPT = timedelta(days=28)
REFUSED = (Verdict.REJECTED, Verdict.UNKNOWN_CODE)
STATUSES = {Verdict.READ: 412, Verdict.GONE: 410, Verdict.UNKNOWN_CODE: 422, Verdict.REJECTED: 422}

Answer = Written | errors.RegistryError


def resend(session: Session) -> None:
    """Send every attempt whose answer was lost again, the longest waiting first.

    A few that fail in a row end this, not the run: what they fail on may be their own. Raises what
    stops the run (`RegistryError`, `EpochChanged`, `LeaseLost`).
    """
    lost = Attempt.objects.filter(
        declaration__authority=session.authority,
        declaration__registry=session.registry,
        answered_at__isnull=True,
    ).order_by("sent_at", "pk")
    failures = Failures()
    for pk in list(lost.values_list("pk", flat=True)):
        attempt = Attempt.objects.select_related("declaration").get(pk=pk)
        with transaction.atomic():
            session.lease.hold()
            Attempt.objects.filter(pk=pk).update(sent_at=clock.now())
        if failures.are_too_many(_send(session, attempt, again=True)):
            return


def send(session: Session, steps: Sequence[Step]) -> bool:
    """Freeze and send the steps; returns whether anything was sent.

    Raises what stops the run (`RegistryError`, `EpochChanged`, `LeaseLost`).
    """
    failures = Failures()
    sent = False
    for chunk in chunks([step for step in steps if step.id not in session.tally.failed], CHUNK):
        bodies = bodies_of(
            session.authority,
            [step.id for step in chunk if step.action in (Action.CREATE, Action.REPLACE)],
        )
        for step in chunk:
            attempt = _freeze(session, step, bodies.get(step.id))
            if attempt is None:
                continue
            sent = True
            if failures.are_too_many(answer := _send(session, attempt)):
                raise answer
    return sent


class Failures:
    """Counts what got no answer in a row. One service that always fails must not stop the others,
    and a registry that is gone must not be tried ten thousand times."""

    def __init__(self) -> None:
        self.in_a_row = 0

    def are_too_many(self, answer: Answer) -> bool:
        """Whether to stop after this answer. Raises it when the registry named a delay."""
        if judge(answer) is not Verdict.LATER:
            self.in_a_row = 0
            return False
        self.in_a_row += 1
        if getattr(answer, "retry_after", None) is not None:
            raise answer
        return self.in_a_row >= PATIENCE


def _freeze(session: Session, step: Step, body: ServiceBody | None) -> Attempt | None:
    """Store the attempt; None where the service changed since the plan was made."""
    put = step.action is not Action.WITHDRAW
    if put and body is None:
        return None
    with transaction.atomic():
        session.lease.hold()
        rows = declarations_of(session.authority, session.registry)
        declaration = rows.get(remote_id=step.id)
        return Attempt.objects.create(
            declaration=declaration,
            key=str(uuid.uuid4()),
            operation=Attempt.Operation.PUT if put else Attempt.Operation.DELETE,
            body=body_text(body) if put else "",
            body_hash=content_hash(body) if put else "",
            if_match="" if step.action is Action.CREATE else declaration.etag,
            sent_at=clock.now(),
        )


def _send(session: Session, attempt: Attempt, *, again: bool = False) -> Answer:
    """Send one attempt and settle its answer. `again`: an earlier answer to it was lost."""
    answer: Answer
    try:
        if again and clock.now() - attempt.created_at > KEYS_ARE_KEPT:
            # Its effect can no longer be told from its absence by sending it again.
            raise errors.PreconditionFailed
        answer = session.backend.write(session.siren, _write(attempt))
    except errors.RegistryError as error:
        answer = error
    verdict = judge(answer)
    if verdict is Verdict.STOP:
        raise answer
    there = None
    if verdict is Verdict.READ or (again and _is_doubtful(session, answer, verdict)):
        try:
            there = _read(session, attempt.declaration.remote_id)
        except errors.Unreachable as error:
            answer, verdict = error, Verdict.LATER
    if verdict is Verdict.LATER:
        session.tally.fail(attempt.declaration.remote_id, answer)
    else:
        _settle(session, attempt, answer, verdict, there, lost=again)
    if answer.epoch and session.epoch and answer.epoch != session.epoch:
        raise EpochChanged
    return answer


def _is_doubtful(session: Session, answer: Answer, verdict: Verdict) -> bool:
    """Whether the answer to an attempt sent again leaves open what stands there.

    What is refused now may have been taken when its answer was lost; and what was taken then may
    have been changed since, which the feed said before we knew what it was about.
    """
    if isinstance(answer, Written):
        return answer.sequence <= session.sequence
    return verdict in REFUSED


def _read(session: Session, id: str) -> Item:
    """What stands there. Raises what stops the run, and `Unreachable`."""
    try:
        return session.backend.service(session.siren, id)
    except errors.UnknownService:
        return Tombstone(id, sequence=0, key=None)
    except errors.WithdrawnService as gone:
        return gone.tombstone


def _write(attempt: Attempt) -> Write:
    put = attempt.operation == Attempt.Operation.PUT
    return Write(
        key=attempt.key,
        operation=attempt.operation,
        id=attempt.declaration.remote_id,
        if_match=attempt.if_match or None,
        body=attempt.body if put else None,
    )


def _settle(
    session: Session,
    attempt: Attempt,
    answer: Answer,
    verdict: Verdict,
    there: Item | None,
    *,
    lost: bool,
) -> None:
    """Store the answer and what follows from it, in one short transaction.

    `there` is what was read since: left to the plan, which never overwrites. `lost`: an earlier
    answer to this attempt was.
    """
    with transaction.atomic():
        session.lease.hold()
        settled = Attempt.objects.filter(pk=attempt.pk, answered_at__isnull=True).update(
            answered_at=clock.now(),
            status=_status(answer, verdict),
            answer_etag=getattr(answer, "etag", None) or "",
        )
        if not settled:
            return
        changes = _changes(session, attempt, answer, verdict)
        if changes:
            Declaration.objects.filter(pk=attempt.declaration_id).update(**changes)
        if there is not None:
            apply(session, [there], lost=lost)
    if verdict is Verdict.DONE:
        put = attempt.operation == Attempt.Operation.PUT
        session.tally.declared += put
        session.tally.withdrawn += not put


def _changes(session: Session, attempt: Attempt, answer: Answer, verdict: Verdict) -> dict:
    put = attempt.operation == Attempt.Operation.PUT
    if verdict is Verdict.DONE:
        return _done(session, attempt, answer)
    if verdict is Verdict.GONE:
        return withdrawn() if not put else gone_there()
    if verdict is Verdict.READ:
        return {}
    return {
        "state": State.UNKNOWN_CODE if verdict is Verdict.UNKNOWN_CODE else State.REJECTED,
        "rejected_hash": attempt.body_hash if put else WITHDRAWAL,
        "problems": [
            {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail}
            for problem in getattr(answer, "problems", ())
        ],
        "message": str(answer),
    }


def _done(session: Session, attempt: Attempt, answer: Written) -> dict:
    if attempt.operation == Attempt.Operation.DELETE:
        return withdrawn()
    altered = answer.hash != attempt.body_hash
    session.tally.altered += altered
    message = _("The registry altered what it was sent.") if altered else ""
    return acknowledged(
        json.loads(attempt.body), attempt.body_hash, answer.etag, answer.hash, message
    )


def _status(answer: Answer, verdict: Verdict) -> int:
    if isinstance(answer, Written | errors.Rejected):
        return answer.status
    return STATUSES[verdict]
