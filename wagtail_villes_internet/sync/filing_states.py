"""What becomes of a version: its state, its receipt and its history, written together.

Everything here is called in a transaction of the caller's, which holds the lease.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from ..dossiers.models import Filing, Receipt
from ..dossiers.sealing import Flaw
from ..registry.problems import FieldProblem
from ..registry.types import FiledReceipt
from . import clock, filing_log
from .models import FilingAttempt
from .session import Session

State = Filing.State
ACTIONS = {
    State.REJECTED: filing_log.REFUSED,
    State.TOO_LATE: filing_log.TOO_LATE,
    State.CONFLICT: filing_log.CONFLICT,
}


def receive(session: Session, filing: Filing, receipt: FiledReceipt) -> None:
    """The registry has `filing`; whether it is what was sent, its receipt says."""
    is_ours = receipt.sha256 == filing.sha256
    said = {
        "number": receipt.number,
        # Raises for what PostgreSQL would keep, and no Python read again.
        "received_at": receipt.received_at.astimezone(UTC),
        "sha256": receipt.sha256,
        "key": receipt.key or "",
    }
    Receipt.objects.update_or_create(filing=filing, defaults={**said, "typed": False, "user": None})
    waiting = FilingAttempt.objects.filter(filing=filing, answered_at__isnull=True)
    waiting.update(answered_at=clock.now())
    _update(
        filing,
        State.FILED if is_ours else State.DISPUTED,
        "" if is_ours else Flaw.RECEIPT.message,
    )
    filing_log.note(
        filing,
        filing_log.RECEIPT if is_ours else filing_log.DISPUTED,
        receipt=receipt.number,
        received_at=receipt.received_at.isoformat(),
        received_sha256=receipt.sha256,
    )
    session.tally.filed += 1
    _tell(session, filing)


def refuse(
    session: Session,
    filing: Filing,
    state: str,
    message: str,
    problems: Sequence[FieldProblem] = (),
) -> None:
    """`filing` was not taken, or must not be sent: it is kept, and somebody is told why."""
    drop_unsent(filing)
    _update(filing, state, message, [problem_json(problem) for problem in problems])
    filing_log.note(filing, ACTIONS[state], message=message)
    _tell(session, filing)


def replace(filing: Filing, newer: Filing) -> None:
    """`filing` was never sent, and `newer` goes in its place."""
    drop_unsent(filing)
    _update(filing, State.GIVEN_UP, _("Replaced by version {number}.").format(number=newer.number))
    filing_log.note(filing, filing_log.GIVEN_UP, replaced_by=newer.number)


def drop_unsent(filing: Filing) -> None:
    """What was decided of `filing` and never sent is done with."""
    unsent = FilingAttempt.objects.filter(filing=filing, answered_at=None, sent_at=None)
    unsent.update(answered_at=clock.now())


def remark(session: Session, filing: Filing, message: str) -> None:
    """Say on a version that was filed what became of it at the registry; nothing, all is well."""
    if filing.message == message:
        return
    Filing.objects.filter(pk=filing.pk).update(message=message)
    if message:
        session.tally.news.append(_line(filing, message))


def delay(filing: Filing, reason: str) -> None:
    """`filing` could not be sent, or its answer was lost; it goes again by itself."""
    waiting = Filing.objects.filter(pk=filing.pk, state=State.TO_SEND)
    waiting.exclude(message=reason).update(message=reason)


def problem_json(problem: FieldProblem) -> dict[str, Any]:
    """A problem in the contract's shape."""
    return {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail}


def _update(filing: Filing, state: str, message: str, problems: Sequence[Any] = ()) -> None:
    filing.state, filing.message = state, message
    rows = Filing.objects.filter(pk=filing.pk)
    rows.update(state=state, message=message, problems=list(problems))


def _tell(session: Session, filing: Filing) -> None:
    session.tally.news.append(_line(filing, f"{filing.get_state_display()}."))


def _line(filing: Filing, said: str) -> str:
    line = _("Yearly dossier {year}, version {number}: {said}")
    return line.format(year=filing.dossier.year, number=filing.number, said=said)
