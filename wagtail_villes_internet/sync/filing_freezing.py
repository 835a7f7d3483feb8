"""Freezes what is sent of a dossier: key and precondition are stored before the first send."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ..dossiers.models import Filing
from ..dossiers.sealing import Flaw, verify
from . import clock
from .filing_outcomes import Place
from .filing_states import State, drop_unsent, refuse, replace
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
    newest goes, and the others are given up. None goes that is not what was filed any more. Raises
    `LeaseLost`.
    """
    address = session.registry.address
    with transaction.atomic():
        session.lease.hold()
        lost = unanswered(session.authority, address).filter(filing__dossier__year=year)
        lost = lost.select_related("filing__dossier")
        if attempt := lost.filter(sent_at__isnull=False).first():
            FilingAttempt.objects.filter(pk=attempt.pk).update(sent_at=clock.now())
            return Frozen(attempt, was_sent=True, is_intact=not flaws_before(attempt.filing))
        decided = lost.last()
        waiting = Filing.objects.select_related("dossier").filter(
            dossier__authority=session.authority,
            dossier__year=year,
            registry_address=address,
            state=State.TO_SEND,
        )
        newest, *older = [*waiting.order_by("-number")] or [None]
        for filing in older:
            replace(filing, newest)
        return _frozen(session, newest, decided) if newest else None


def _frozen(session: Session, filing: Filing, decided: FilingAttempt | None) -> Frozen | None:
    """`decided` is what somebody decided to replace and was never sent: for `filing` too, or for
    the older version that it takes the place of, as long as that is what stands there."""
    if flaws := flaws_before(filing):
        refuse(session, filing, State.REJECTED, altered(flaws))
        return None
    year, registry = filing.dossier.year, session.registry
    there = remote_of(session.authority, registry, year)
    is_decided = decided is not None and decided.if_match == (there.etag if there else "")
    another = known_there(session.authority, registry, year).stands is Place.ANOTHER
    if another and not is_decided:
        refuse(session, filing, State.CONFLICT, another_stands())
        return None
    if is_decided and decided.filing_id == filing.pk:
        FilingAttempt.objects.filter(pk=decided.pk).update(sent_at=clock.now())
        return Frozen(decided, was_sent=False)
    drop_unsent(filing)
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


def flaws_before(filing: Filing) -> tuple[Flaw, ...]:
    """What does not match in a version that is to be sent, whatever receipt it has: such a version
    is never sent."""
    return tuple(flaw for flaw in verify(filing) if flaw is not Flaw.RECEIPT)


def altered(flaws: tuple[Flaw, ...]) -> str:
    """Said of a version with those flaws."""
    refused = _("What was filed was altered in the database: it was not sent. File a new version.")
    return " ".join([refused, *(flaw.message for flaw in flaws)])
