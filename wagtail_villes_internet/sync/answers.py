"""Settles the registry's answers to attempts, and what follows from them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..registry import errors
from ..registry.types import Written
from . import clock
from .declarations import WITHDRAWAL, State, acknowledged, withdrawn
from .models import Attempt, Declaration
from .outcomes import Verdict
from .readings import Item, apply, gone_there
from .session import Session

STATUSES = {Verdict.READ: 412, Verdict.GONE: 410, Verdict.UNKNOWN_CODE: 422, Verdict.REJECTED: 422}

Answer = Written | errors.RegistryError


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt, the answer to it, and what that means.

    `there` is what was read since: left to the plan, which never overwrites. `lost`: an earlier
    answer to this attempt was.
    """

    attempt: Attempt
    answer: Answer
    verdict: Verdict
    there: Item | None = None
    lost: bool = False


def settle(session: Session, answered: Sequence[Answered]) -> None:
    """Store the answers of one exchange and what follows, in one short transaction.

    Raises `LeaseLost`, and then nothing is stored.
    """
    with transaction.atomic():
        session.lease.hold()
        settled = [one for one in answered if _settle(session, one)]
    for one in settled:
        if one.verdict is Verdict.DONE:
            put = one.attempt.operation == Attempt.Operation.PUT
            session.tally.declared += put
            session.tally.withdrawn += not put


def _settle(session: Session, one: Answered) -> bool:
    """Whether the attempt still waited for an answer."""
    settled = Attempt.objects.filter(pk=one.attempt.pk, answered_at__isnull=True).update(
        answered_at=clock.now(),
        status=_status(one),
        answer_etag=getattr(one.answer, "etag", None) or "",
    )
    if not settled:
        return False
    if changes := _changes(session, one):
        Declaration.objects.filter(pk=one.attempt.declaration_id).update(**changes)
    if one.there is not None:
        apply(session, [one.there], lost=one.lost)
    return True


def _changes(session: Session, one: Answered) -> dict[str, Any]:
    attempt, verdict = one.attempt, one.verdict
    put = attempt.operation == Attempt.Operation.PUT
    if verdict is Verdict.DONE:
        return _done(session, attempt, one.answer) if put else withdrawn()
    if verdict is Verdict.GONE:
        return gone_there() if put else withdrawn()
    if verdict is Verdict.READ:
        return {}
    return {
        "state": State.UNKNOWN_CODE if verdict is Verdict.UNKNOWN_CODE else State.REJECTED,
        "rejected_hash": attempt.body_hash if put else WITHDRAWAL,
        "problems": [
            {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail}
            for problem in getattr(one.answer, "problems", ())
        ],
        "message": str(one.answer),
    }


def _done(session: Session, attempt: Attempt, answer: Written) -> dict[str, Any]:
    altered = answer.hash != attempt.body_hash
    session.tally.altered += altered
    message = _("The registry altered what it was sent.") if altered else ""
    body = json.loads(attempt.body)
    return acknowledged(
        body, attempt.body_hash, answer.etag, answer.hash, message, base=attempt.base
    )


def _status(one: Answered) -> int:
    if isinstance(one.answer, Written | errors.Rejected):
        return one.answer.status
    return STATUSES[one.verdict]
