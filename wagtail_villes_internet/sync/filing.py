"""Files a yearly dossier from the desk: read as the registry would take it, frozen, sent by a run;
and what a person decides of a version that does not go by itself.

Nothing here speaks to the registry: the next run carries it out.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ..dossiers.campaign import take_part
from ..dossiers.drafting import Draft, draft_of
from ..dossiers.freezing import freeze
from ..dossiers.models import Dossier, Filing
from ..dossiers.roles import may_file
from ..registry.base import RegistryBackend
from . import clock, filing_log, lease
from .errors import AnotherThere, FilingAwaited, FilingSettled
from .filing_freezing import flaws_before
from .filing_outcomes import Place
from .filings import State, is_last, known_there, remote_of
from .models import BY_HAND, FilingAttempt, Registry
from .report import transmits_by_hand
from .tasks import enqueue_on_commit
from .wanted import known_codes_of

MAY_BE_GIVEN_UP = (
    State.TO_SEND,
    State.TO_COPY,
    State.REJECTED,
    State.TOO_LATE,
    State.CONFLICT,
)
MAY_BE_FILED_AGAIN = (State.REJECTED, State.TOO_LATE, State.GIVEN_UP, State.DISPUTED)


def draft_at(dossier: Dossier, backend: RegistryBackend) -> Draft:
    """`dossier` as it would be filed now with the registry behind `backend`, or by hand.

    A service whose code that registry does not know yet is left out of it, with that reason.
    """
    if transmits_by_hand(dossier.authority, backend):
        return draft_of(dossier)
    registry = Registry.objects.filter(address=backend.address).first()
    return draft_of(dossier, known_codes_of(registry) if registry else frozenset())


@transaction.atomic
def file(dossier: Dossier, backend: RegistryBackend, user, *, shown: str) -> Filing:
    """Freeze the version that `user` was `shown` (its digest), for the next run to send.

    By hand, for somebody to copy. Raises what `freezing.freeze` does.
    """
    by_hand = transmits_by_hand(dossier.authority, backend)
    # One at a time, as `freeze` does it: the history names each version once.
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    known = set(dossier.filings.values_list("pk", flat=True))
    filing = freeze(
        dossier,
        draft_at(dossier, backend).content,
        user,
        shown=shown,
        registry_address=BY_HAND if by_hand else backend.address,
    )
    if filing.pk not in known:
        filing_log.note(filing, filing_log.FILED, user, by_hand=by_hand)
    enqueue_on_commit(dossier.authority_id)
    return filing


@transaction.atomic
def replace_there(filing: Filing, user: Any, *, shown: str | None = None) -> None:
    """File `filing` in the place of the dossier of somebody else that stands at the registry.

    `shown` is the tag (`RemoteDossier.etag`) of what the person was shown; left out, what is known
    now. If anything else stands there when it is sent, nothing is overwritten and it waits again.
    Raises `PermissionDenied`, `FilingSettled` and `AnotherThere`.
    """
    row, registry = _locked(filing, user)
    if row.state != State.CONFLICT or not is_last(row):
        raise FilingSettled
    there = remote_of(row.dossier.authority, registry, row.dossier.year)
    tag = there.etag if there else ""
    if shown is not None and shown != tag:
        raise AnotherThere
    FilingAttempt.objects.create(filing=row, key=str(uuid.uuid4()), if_match=tag)
    _decide(row, State.TO_SEND)
    filing_log.note(row, filing_log.REPLACED, user, replaced=there.receipts[:1] if there else [])
    enqueue_on_commit(row.dossier.authority_id)


@transaction.atomic
def give_up(filing: Filing, user: Any) -> None:
    """Send or copy `filing` no more; it is kept. Raises `PermissionDenied`, `FilingSettled`, and
    `FilingAwaited` where it may have been taken."""
    row, _registry = _locked(filing, user)
    if row.state not in MAY_BE_GIVEN_UP:
        raise FilingSettled
    waiting = FilingAttempt.objects.filter(filing=row, answered_at__isnull=True)
    if waiting.filter(sent_at__isnull=False).exists():
        raise FilingAwaited
    waiting.update(answered_at=clock.now())
    _decide(row, State.GIVEN_UP, _("Given up by somebody of the local authority."))
    filing_log.note(row, filing_log.GIVEN_UP, user)


@transaction.atomic
def file_again(filing: Filing, user: Any) -> None:
    """Let the next run send the same octets under a new key: what was refused, came too late or
    was given up, what the registry gave a receipt of something else for, and what it lost.

    And what another dossier took the place of: nothing is overwritten for that, somebody decides
    (`replace_there`). Only the last version: an earlier one would take the place of what was filed
    since. Raises
    `PermissionDenied` and `FilingSettled`.
    """
    row, _registry = _locked(filing, user)
    if not may_be_filed_again(row):
        raise FilingSettled
    _decide(row, State.TO_SEND)
    take_part(row.dossier.authority, row.dossier.year)
    filing_log.note(row, filing_log.FILED_AGAIN, user)
    enqueue_on_commit(row.dossier.authority_id)


def may_be_filed_again(filing: Filing) -> bool:
    """Whether `file_again` takes it."""
    if not filing.registry_address or not is_last(filing):
        return False
    if filing.state == State.FILED:
        return not stands_there(filing) and not flaws_before(filing)
    return filing.state in MAY_BE_FILED_AGAIN and not flaws_before(filing)


def stands_there(filing: Filing) -> bool:
    """Whether the registry, as last read, shows a version of which it gave a receipt, and nobody
    else's dossier in its place."""
    registry = Registry.objects.filter(address=filing.registry_address).first()
    if registry is None:
        return True
    there = known_there(filing.dossier.authority, registry, filing.dossier.year)
    return filing.number in there.receipts and there.stands is not Place.ANOTHER


def _locked(filing: Filing, user: Any) -> tuple[Filing, Registry | None]:
    """The row as it is now, no run writing meanwhile, and the registry it goes to."""
    if not may_file(user, filing.dossier.authority):
        raise PermissionDenied
    registry = Registry.objects.filter(address=filing.registry_address).first()
    lease.wake_all(filing.dossier.authority, registry)
    rows = Filing.objects.select_related("dossier__authority")
    return rows.get(pk=filing.pk), registry


def _decide(filing: Filing, state: str, message: str = "") -> None:
    Filing.objects.filter(pk=filing.pk).update(state=state, message=message, problems=[])
