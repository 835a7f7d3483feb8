"""Settles the registry's answers to filings, and what was read there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..dossiers.calendar import paris_day
from ..dossiers.models import Filing, Receipt
from ..registry import errors
from ..registry.types import DossierWritten, FiledReceipt, StoredDossier
from . import clock
from .filing_freezing import another_stands
from .filing_outcomes import NOTHING_THERE, Next, Place, Reading, Verdict, follow, read, sentence
from .filing_states import State, receive, refuse, remark
from .filings import receipts_json, remote_of, stored_of, versions_of
from .models import FilingAttempt, RemoteDossier
from .session import Session

Answer = DossierWritten | errors.RegistryError

STATUSES = {Verdict.NOT_AS_EXPECTED: 412, Verdict.CLOSED: 409, Verdict.REJECTED: 422}


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt, the answer to it, and what that means. `stored` is what was read since, if it
    `is_read`: None where nothing is filed."""

    attempt: FilingAttempt
    answer: Answer
    verdict: Verdict
    is_read: bool = False
    stored: StoredDossier | None = None


def settle(session: Session, one: Answered) -> Next:
    """Store an answer and what follows from it, the receipt included, in one short transaction.

    Raises `LeaseLost`, and then nothing is stored.
    """
    filing = one.attempt.filing
    year = filing.dossier.year
    with transaction.atomic():
        session.lease.hold()
        FilingAttempt.objects.filter(pk=one.attempt.pk).update(
            answered_at=clock.now(), status=_status(one)
        )
        if isinstance(one.answer, DossierWritten):
            _keep(session, year, _after(session, year, one.attempt, one.answer))
            receive(session, filing, one.answer.receipt)
            return Next.RECEIVED
        reading = _take(session, year, one.stored) if one.is_read else NOTHING_THERE
        follows = follow(one.verdict, reading, filing.number)
        _follow(session, filing, follows, one.answer)
    return follows


def take(session: Session, year: int, stored: StoredDossier | None) -> None:
    """Store what was read for one year: a filing whose answer was lost is found again by its key
    or its hash, and one made elsewhere is noticed. Raises `LeaseLost`."""
    with transaction.atomic():
        session.lease.hold()
        _take(session, year, stored)


def _follow(session: Session, filing: Filing, follows: Next, answer: errors.RegistryError) -> None:
    if follows is Next.CONFLICT:
        refuse(session, filing, State.CONFLICT, another_stands())
    elif follows is Next.TOO_LATE:
        refuse(session, filing, State.TOO_LATE, _too_late(filing))
    elif follows is Next.REJECTED:
        problems: Sequence = getattr(answer, "problems", ())
        refuse(session, filing, State.REJECTED, _refusal(filing, answer), problems)


def _take(session: Session, year: int, stored: StoredDossier | None) -> Reading:
    versions = versions_of(session.authority, year)
    before = remote_of(session.authority, session.registry, year)
    known = read(stored_of(before) if before else None, versions)
    reading = read(stored, versions)
    _keep(session, year, stored)
    rows = Filing.objects.select_related("dossier", "receipt").filter(
        dossier__authority=session.authority,
        dossier__year=year,
        registry_address=session.registry.address,
    )
    for filing in rows.filter(number__in=reading.receipts).exclude(state=State.FILED):
        if _is_received(filing, reading):
            receive(session, filing, reading.receipts[filing.number])
        elif filing.state != State.DISPUTED:
            reading = reading.without(filing.number)
    last = rows.filter(state__in=Filing.RECEIVED).order_by("-number").first()
    if last is not None and last.state == State.FILED:
        remark(session, last, _remark(last, reading))
    elif reading.stands is Place.ANOTHER and known.stands is not Place.ANOTHER:
        news = _("A dossier {year} that does not come from this site is filed at the registry.")
        session.tally.news.append(news.format(year=year))
    return reading


def _is_received(filing: Filing, reading: Reading) -> bool:
    """Whether what was read says that a version not known as filed is at the registry.

    The receipt that is kept of it says no more than it did: somebody had the version filed again
    since, unless it is what stands there after all.
    """
    found = reading.receipts[filing.number]
    if found.sha256 == filing.sha256 and (
        filing.state == State.DISPUTED or (reading.stands is Place.OURS and found == reading.newest)
    ):
        return True
    kept: Receipt | None = getattr(filing, "receipt", None)
    is_new = kept is None or (kept.number, kept.received_at, kept.sha256, kept.key) != (
        found.number,
        found.received_at,
        found.sha256,
        found.key or "",
    )
    return is_new and filing.state != State.DISPUTED


def _remark(filing: Filing, reading: Reading) -> str:
    if reading.stands is Place.ANOTHER:
        return _(
            "Another dossier, which does not come from this site, was filed at the registry since."
        )
    if filing.number not in reading.receipts:
        return _(
            "The registry no longer shows this version, of which it gave a receipt. It can be "
            "filed again."
        )
    return ""


def _keep(session: Session, year: int, stored: StoredDossier | None) -> None:
    RemoteDossier.objects.update_or_create(
        authority=session.authority,
        registry=session.registry,
        year=year,
        defaults={
            "etag": stored.etag if stored else "",
            "key": (stored.key or "") if stored else "",
            "receipts": receipts_json(stored.receipts) if stored else [],
            "read_at": clock.now(),
        },
    )


def _after(
    session: Session, year: int, attempt: FilingAttempt, written: DossierWritten
) -> StoredDossier:
    """What stands there once that was filed."""
    row = remote_of(session.authority, session.registry, year)
    before = stored_of(row) if row else None
    earlier: tuple[FiledReceipt, ...] = before.receipts if before else ()
    kept = tuple(receipt for receipt in earlier if receipt.key != attempt.key)
    return StoredDossier(written.etag, attempt.key, {}, (written.receipt, *kept))


def _too_late(filing: Filing) -> str:
    message = _("The campaign is closed: the registry did not take this version. It is kept here.")
    earlier = Receipt.objects.filter(
        filing__dossier=filing.dossier_id,
        filing__state=State.FILED,
        filing__registry_address=filing.registry_address,
    ).select_related("filing")
    if last := earlier.order_by("-filing__number").first():
        stands = _("Version {number}, received on {date}, stands.").format(
            number=last.filing.number,
            date=date_format(paris_day(last.received_at), "SHORT_DATE_FORMAT"),
        )
        message = f"{message} {stands}"
    return message


def _refusal(filing: Filing, answer: errors.RegistryError) -> str:
    if isinstance(answer, errors.NotKnown):
        message = _("The registry does not know the edition {year}: file again once it does.")
        return message.format(year=filing.dossier.year)
    return sentence(answer)


def _status(one: Answered) -> int:
    if isinstance(one.answer, DossierWritten | errors.Rejected):
        return one.answer.status
    return 404 if isinstance(one.answer, errors.NotKnown) else STATUSES[one.verdict]
