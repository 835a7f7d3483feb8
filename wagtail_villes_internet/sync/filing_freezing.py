"""Freezes what is sent of a dossier: key and precondition are stored before the first send."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ..dossiers.content import sha256
from ..dossiers.models import Filing
from ..dossiers.sealing import Flaw
from . import clock
from .filing_outcomes import Place
from .filing_states import State, refuse, replace
from .filings import known_there, remote_of, unanswered
from .models import FilingAttempt
from .session import Session


@dataclass(frozen=True, slots=True)
class Frozen:
    """An attempt to send, and whether it went out before: its answer was lost then. `is_intact`:
    the octets are still those that were filed."""

    attempt: FilingAttempt
    was_sent: bool
    is_intact: bool = True


def next_attempt(session: Session, year: int) -> Frozen | None:
    """What is to be sent for that year, marked as sent; None where nothing is, or may be.

    What awaits an answer comes before anything newer. Of the versions that were never sent the
    newest goes, and the others are given up. Raises `LeaseLost`.
    """
    address = session.registry.address
    with transaction.atomic():
        session.lease.hold()
        lost = unanswered(session.authority, address).filter(filing__dossier__year=year)
        if attempt := lost.select_related("filing__dossier").first():
            FilingAttempt.objects.filter(pk=attempt.pk).update(sent_at=clock.now())
            return Frozen(attempt, attempt.sent_at is not None, _is_intact(attempt.filing))
        waiting = Filing.objects.select_related("dossier").filter(
            dossier__authority=session.authority,
            dossier__year=year,
            registry_address=address,
            state=State.TO_SEND,
        )
        newest, *older = [*waiting.order_by("-number")] or [None]
        for filing in older:
            replace(filing, newest)
        return _frozen(session, newest) if newest else None


def _frozen(session: Session, filing: Filing) -> Frozen | None:
    if not _is_intact(filing):
        refuse(session, filing, State.REJECTED, Flaw.OCTETS.message)
        return None
    year, registry = filing.dossier.year, session.registry
    if known_there(session.authority, registry, year).stands is Place.ANOTHER:
        refuse(session, filing, State.CONFLICT, another_stands())
        return None
    there = remote_of(session.authority, registry, year)
    attempt = FilingAttempt.objects.create(
        filing=filing,
        key=str(uuid.uuid4()),
        if_match=there.etag if there else "",
        sent_at=clock.now(),
    )
    return Frozen(attempt, was_sent=False)


def another_stands() -> str:
    """Said of a version in whose place somebody else's dossier stands."""
    return _(
        "A dossier that does not come from this site is filed at the registry. Nothing was sent in "
        "its place: somebody has to decide."
    )


def _is_intact(filing: Filing) -> bool:
    return sha256(bytes(filing.octets)) == filing.sha256
