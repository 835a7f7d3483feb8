"""Files the yearly dossiers, and reads what stands at the registry in their place.

A version is sent as a frozen attempt, unchanged for as long as its answer is not known; of several
that were never sent only the newest goes. No transaction is open during a request.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DataError, transaction
from django.utils.translation import gettext as _

from ..registry import errors
from ..registry.types import AuthoritySummary, DossierWrite, StoredDossier
from . import clock, filings
from .filing_answers import Answer, Answered, settle, take
from .filing_freezing import Frozen, next_attempt
from .filing_outcomes import Next, Verdict, judge, sentence
from .filing_states import delay
from .models import FilingAttempt
from .push import KEYS_ARE_KEPT
from .session import Session

logger = logging.getLogger(__name__)

# After which a registry that keeps refusing what it shows is at fault.
MOST_AGAIN = 2


def file_dossiers(session: Session, summary: AuthoritySummary) -> None:
    """Read the dossiers that may have changed at the registry, then send what is to be filed.

    What fails is left on the tally, for the services go their own way: a version that could not be
    sent, and a delay that was asked for, as a failure; a year that cannot be read as a note only.
    Each run asks for such a year again, one request a year. Raises what stops the run.
    """
    waiting = filings.last_versions(session.authority, session.registry.address)
    to_send = {row.year: row.dossier_id for row in waiting if row.state == filings.State.TO_SEND}
    is_changed = summary.dossiers_etag not in (None, session.dossiers_etag)
    if is_changed:
        if _read_years(session, filings.years_that_matter(session.authority)):
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


def _read_years(session: Session, years: Iterable[int]) -> bool:
    """Whether each of them was read. One that cannot be says nothing of the others."""
    is_read = True
    for year in years:
        session.lease.hold()
        try:
            with _usable():
                take(session, year, _read(session, year))
        except errors.RegistryError as error:
            if judge(error) is Verdict.STOP:
                raise
            is_read = False
            note = _("The dossier {year} could not be read at the registry. {reason}")
            session.tally.notes.append(note.format(year=year, reason=sentence(error)))
            if getattr(error, "retry_after", None) is not None:
                session.tally.filing_failure = error
                break
    return is_read


def _read(session: Session, year: int) -> StoredDossier | None:
    """What is filed there, None for nothing. Raises `RegistryError`."""
    try:
        return session.backend.dossier(session.siren, year)
    except (errors.UnknownDossier, errors.NotKnown):
        return None


@contextmanager
def _usable() -> Iterator[None]:
    """What a registry says of a dossier, and no date or database can hold, is an answer that
    nobody can read: it stops nothing else. Raises `Unparsable` for it."""
    try:
        yield
    except (OverflowError, ValueError, DataError) as error:
        logger.warning("A registry's answer about a dossier cannot be used", exc_info=error)
        raise errors.Unparsable from error


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
    try:
        with _usable():
            return _settled(session, frozen)
    except errors.Unparsable as error:
        _wait(session, frozen.attempt, error)
        return None


def _settled(session: Session, frozen: Frozen) -> Next | None:
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
        delay(attempt.filing, sentence(answer))
