"""Files the yearly dossiers, and reads what stands at the registry in their place.

A version is sent as a frozen attempt, unchanged for as long as its answer is not known; of several
that were never sent only the newest goes. No transaction is open during a request.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from ..registry import errors
from ..registry.types import AuthoritySummary, DossierWrite, StoredDossier
from . import clock, filings
from .filing_answers import Answer, Answered, settle, take
from .filing_freezing import Frozen, next_attempt
from .filing_outcomes import Next, Verdict, judge
from .filing_states import delay
from .models import FilingAttempt
from .push import KEYS_ARE_KEPT
from .session import Session

# After which a registry that keeps refusing what it shows is at fault.
MOST_AGAIN = 2


def file_dossiers(session: Session, summary: AuthoritySummary) -> None:
    """Read the dossiers that may have changed at the registry, then send what is to be filed.

    What fails is left on the tally, for the services go their own way. Raises what stops the run.
    """
    waiting = filings.last_versions(session.authority, session.registry.address)
    to_send = {row.year: row.dossier_id for row in waiting if row.state == filings.State.TO_SEND}
    is_changed = summary.dossiers_etag not in (None, session.dossiers_etag)
    if is_changed:
        _read_years(session, filings.years_that_matter(session.authority))
        if session.tally.filing_failure is None:
            with transaction.atomic():
                session.lease.hold()
                session.link.update(dossiers_etag=summary.dossiers_etag)
            session.dossiers_etag = summary.dossiers_etag or ""
    elif to_send and summary.dossiers_etag is None:
        _read_years(session, to_send)
    for year in to_send:
        if _may_go_on(session):
            _file(session, year)
    if to_send or is_changed:
        waiting = filings.last_versions(session.authority, session.registry.address)
    session.tally.filings_left = len({row.dossier_id for row in waiting if row.is_left})


def _may_go_on(session: Session) -> bool:
    """Whether the registry did not ask for a delay."""
    failure = session.tally.filing_failure
    return failure is None or getattr(failure, "retry_after", None) is None


def _read_years(session: Session, years: Iterable[int]) -> None:
    for year in years:
        session.lease.hold()
        try:
            stored = _read(session, year)
        except errors.RegistryError as error:
            if judge(error) is Verdict.STOP:
                raise
            session.tally.filing_failure = error
            return
        take(session, year, stored)


def _read(session: Session, year: int) -> StoredDossier | None:
    """What is filed there, None for nothing. Raises `RegistryError`."""
    try:
        return session.backend.dossier(session.siren, year)
    except (errors.UnknownDossier, errors.NotKnown):
        return None


def _file(session: Session, year: int) -> None:
    """Send what is to be filed for one year, until nothing is or it has to wait."""
    again = 0
    while (frozen := next_attempt(session, year)) is not None:
        follows = _send(session, frozen)
        if follows is None:
            return
        again += follows is Next.SEND_AGAIN
        if again > MOST_AGAIN:
            note = _(
                "The dossier {year} cannot be filed: the registry keeps saying that it holds "
                "another one, and shows none. This is a fault of the registry."
            )
            session.tally.notes.append(note.format(year=year))
            return


def _send(session: Session, frozen: Frozen) -> Next | None:
    """Send one attempt and settle its answer; None where it has to be sent again later."""
    attempt = frozen.attempt
    year = attempt.filing.dossier.year
    answer = _ask(session, frozen)
    verdict = judge(answer)
    if verdict is Verdict.STOP:
        raise answer
    stored: StoredDossier | None = None
    # What is refused now may have been taken when its answer was lost.
    is_read = verdict in (Verdict.NOT_AS_EXPECTED, Verdict.CLOSED) or (
        verdict is Verdict.REJECTED and frozen.was_sent
    )
    if is_read:
        session.lease.hold()
        try:
            stored = _read(session, year)
        except errors.RegistryError as error:
            answer, verdict = error, judge(error)
            if verdict is Verdict.STOP:
                raise
            verdict = Verdict.LATER
    if verdict is Verdict.LATER:
        _wait(session, attempt, answer)
        return None
    return settle(session, Answered(attempt, answer, verdict, is_read, stored))


def _ask(session: Session, frozen: Frozen) -> Answer:
    attempt, filing = frozen.attempt, frozen.attempt.filing
    is_old = frozen.was_sent and clock.now() - attempt.created_at > KEYS_ARE_KEPT
    if is_old or not frozen.is_intact:
        # What came of it can no longer be told by sending it again: it is read.
        return errors.PreconditionFailed()
    write = DossierWrite(
        key=attempt.key,
        year=filing.dossier.year,
        if_match=attempt.if_match or None,
        octets=bytes(filing.octets),
    )
    try:
        return session.backend.file(session.siren, write)
    except errors.RegistryError as error:
        return error


def _wait(session: Session, attempt: FilingAttempt, answer: Answer) -> None:
    """Leave the attempt as it was, and say why on the version."""
    session.tally.filing_failure = answer
    with transaction.atomic():
        session.lease.hold()
        delay(attempt.filing, str(answer))
