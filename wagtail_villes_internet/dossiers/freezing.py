"""Freezes a version of a dossier: its octets, kept whatever happens to the services afterwards."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..registry.text import canonical_text
from .agreements import signed_off, standing
from .calendar import opening, paris_day
from .campaign import take_part
from .content import Content, sha256
from .errors import (
    AgreementMissing,
    NoReceipt,
    NotAsShown,
    NothingToFile,
    TooEarly,
    TooLarge,
    YetToCome,
)
from .models import Dossier, Filing, Receipt
from .roles import may_file
from .sealing import seal_of

# Contract, « Sizes ».
LARGEST = 8 * 1024 * 1024
State = Filing.State
# Those of a version whose like need not be filed again.
STANDING = (State.TO_SEND, State.TO_COPY, State.FILED, State.DISPUTED)


@transaction.atomic
def freeze(
    dossier: Dossier, content: Content, user, *, shown: str, registry_address: str
) -> Filing:
    """The version that `user` files: `content`, which must be what they were `shown` (its digest).

    `registry_address` is where it goes, empty by hand. A version that says the same as the last,
    where that one stands, is that one: nothing is filed twice. Raises `PermissionDenied`,
    `NotAsShown`, `NothingToFile`, `AgreementMissing` and `TooLarge`; then nothing is written.
    """
    if not may_file(user, dossier.authority):
        raise PermissionDenied
    # One at a time: two people who file at once make one version, or two numbers.
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    if shown != content.digest:
        raise NotAsShown
    if not content.included:
        raise NothingToFile
    if standing(dossier, content.digest).is_missing:
        raise AgreementMissing
    content = content.signed(signed_off(dossier, content.digest))
    if len(content.octets) > LARGEST:
        raise TooLarge
    last = dossier.filings.order_by("-number").first()
    if last and _says(last, content, registry_address):
        return last
    filing = Filing(
        dossier=dossier,
        number=last.number + 1 if last else 1,
        octets=content.octets,
        sha256=sha256(content.octets),
        annex=content.annex_octets,
        annex_sha256=sha256(content.annex_octets),
        registry_address=registry_address,
        frozen_at=timezone.now(),
        user=user,
        state=State.TO_SEND if registry_address else State.TO_COPY,
    )
    filing.seal = seal_of(filing)
    filing.save()
    # To file is to take part.
    take_part(dossier.authority, dossier.year)
    return filing


def content_of(filing: Filing) -> Content:
    """What a version says. Raises `Unreadable` where it was altered beyond reading."""
    return Content.parse(bytes(filing.octets), bytes(filing.annex))


@transaction.atomic
def type_receipt(filing: Filing, user, *, number: str, received_at: datetime) -> Receipt:
    """Note by hand that a version was received; again, it corrects what was typed before.

    Raises `PermissionDenied`, `NoReceipt` for a version that the registry answers for, `YetToCome`,
    and `TooEarly` for a day of Paris before that of the version.
    """
    if not may_file(user, filing.dossier.authority):
        raise PermissionDenied
    row = Filing.objects.select_for_update().get(pk=filing.pk)
    if row.registry_address or row.state not in (State.TO_COPY, State.FILED):
        raise NoReceipt
    if received_at > timezone.now():
        raise YetToCome(_("A version cannot have been received at a moment that is yet to come."))
    if received_at < opening(paris_day(row.frozen_at)):
        raise TooEarly(_("A version cannot have been received before the day it was frozen."))
    receipt, _is_new = Receipt.objects.update_or_create(
        filing=filing,
        defaults={
            "number": canonical_text(number)[:255],
            "received_at": received_at,
            "typed": True,
            "user": user,
        },
    )
    _move(filing, State.FILED)
    return receipt


@transaction.atomic
def untype_receipt(filing: Filing, user) -> None:
    """Take a typed receipt back: the version is to be copied again.

    Raises `PermissionDenied`, and `NoReceipt` where nothing was typed.
    """
    if not may_file(user, filing.dossier.authority):
        raise PermissionDenied
    deleted, _of_each = Receipt.objects.filter(filing=filing, typed=True).delete()
    if not deleted:
        raise NoReceipt
    _move(filing, State.TO_COPY)


def _move(filing: Filing, state: str) -> None:
    filing.state = state
    filing.save(update_fields=["state"])


def _says(filing: Filing, content: Content, registry_address: str) -> bool:
    return (
        filing.state in STANDING
        and filing.registry_address == registry_address
        and filing.sha256 == sha256(content.octets)
        and filing.annex_sha256 == sha256(content.annex_octets)
    )
