"""Sends what the plan says as frozen attempts, and settles each answer.

An attempt is sent again unchanged for as long as its answer is not known. No transaction is open
during a request.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto

from django.db import transaction

from ..registry import errors
from ..registry.batches import MAX_OPERATIONS
from ..registry.types import Tombstone, Written
from . import clock
from .answers import Answer, Answered, settle
from .errors import EpochChanged
from .freezing import freeze, write_of
from .models import Attempt
from .outcomes import Verdict, judge
from .plan import Action, Step
from .readings import Item
from .session import Session

# Exchanges without an answer in a row before a run stops: the registry went away in the meantime.
PATIENCE = 3
# A registry keeps them for 30 days at least (contract, « Keys »).
KEYS_ARE_KEPT = timedelta(days=28)
REFUSED = (Verdict.REJECTED, Verdict.UNKNOWN_CODE)


class Sent(Enum):
    """What `send` came to. After `SOMETHING`, it is worth planning again."""

    NOTHING = auto()
    SOMETHING = auto()
    ALL_DONE = auto()


def resend(session: Session) -> None:
    """Send every attempt whose answer was lost again, one by one, the longest waiting first.

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


def send(session: Session, steps: Sequence[Step]) -> Sent:
    """Freeze and send the steps; those of lost attempts are `resend`'s.

    Raises what stops the run (`RegistryError`, `EpochChanged`, `LeaseLost`).
    """
    failures = Failures()
    before = session.tally.done
    planned = [
        step
        for step in steps
        if step.action is not Action.RESEND and step.id not in session.tally.failed
    ]
    sent = 0
    while planned:
        attempts, settled = freeze(session, planned[:MAX_OPERATIONS])
        planned = planned[settled:]
        sent += len(attempts)
        if attempts and failures.are_too_many(answer := _send_all(session, attempts)):
            raise answer
    if not sent:
        return Sent.NOTHING
    return Sent.ALL_DONE if session.tally.done - before == len(steps) else Sent.SOMETHING


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
        if _delay(answer) >= 0:
            raise answer
        return self.in_a_row >= PATIENCE


def _delay(answer: Answer) -> float:
    """The seconds that the registry asks to wait; below zero where it does not say."""
    delay = getattr(answer, "retry_after", None)
    return -1 if delay is None else delay


def _send_all(session: Session, attempts: Sequence[Attempt]) -> Answer:
    """Send attempts in one request, and return an answer that speaks for all of them.

    What the registry refuses whole is halved, down to single writes: only the answer to one alone
    says that a service is refused.
    """
    if len(attempts) == 1:
        return _send(session, attempts[0])
    try:
        answers = session.backend.batch(session.siren, [write_of(one) for one in attempts])
    except errors.RegistryError as error:
        return _without_results(session, attempts, error)
    done, alone = [], []
    later: Answer | None = None
    for attempt, answer in zip(attempts, answers, strict=True):
        verdict = judge(answer)
        if verdict is Verdict.DONE:
            done.append(Answered(attempt, answer, verdict))
        elif verdict is Verdict.LATER:
            session.tally.fail(attempt.declaration.remote_id, answer)
            later = max(later or answer, answer, key=_delay)
        else:
            alone.append(attempt)
    settle(session, done)
    _same_epoch(session, answers[0])
    for attempt in alone:
        session.lease.hold()
        _send(session, attempt)
    return later if later and (_delay(later) >= 0 or not (done or alone)) else answers[0]


def _without_results(
    session: Session, attempts: Sequence[Attempt], error: errors.RegistryError
) -> Answer:
    verdict = judge(error)
    if verdict is Verdict.STOP:
        raise error
    if verdict is Verdict.LATER:
        for attempt in attempts:
            session.tally.fail(attempt.declaration.remote_id, error)
        return error
    session.lease.hold()
    half = len(attempts) // 2
    _send_all(session, attempts[:half])
    session.lease.hold()
    return _send_all(session, attempts[half:])


def _send(session: Session, attempt: Attempt, *, again: bool = False) -> Answer:
    """Send one attempt and settle its answer. `again`: an earlier answer to it was lost."""
    answer: Answer
    try:
        if again and clock.now() - attempt.created_at > KEYS_ARE_KEPT:
            # Its effect can no longer be told from its absence by sending it again.
            raise errors.PreconditionFailed
        answer = session.backend.write(session.siren, write_of(attempt))
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
        settle(session, [Answered(attempt, answer, verdict, there, lost=again)])
    _same_epoch(session, answer)
    return answer


def _same_epoch(session: Session, answer: Answer) -> None:
    if answer.epoch and session.epoch and answer.epoch != session.epoch:
        raise EpochChanged


def _is_doubtful(session: Session, answer: Answer, verdict: Verdict) -> bool:
    """Whether the answer to an attempt sent again leaves open what stands there.

    What is refused now may have been taken when its answer was lost; and what was taken then may
    have been changed since, which the feed said before we knew what it was about.
    """
    if isinstance(answer, Written):
        return answer.sequence is None or answer.sequence <= session.sequence
    return verdict in REFUSED


def _read(session: Session, id: str) -> Item:
    """What stands there. Raises what stops the run, and `Unreachable`."""
    try:
        return session.backend.service(session.siren, id)
    except errors.UnknownService:
        return Tombstone(id, sequence=0, key=None)
    except errors.WithdrawnService as gone:
        return gone.tombstone
