"""Whether a version that was filed is still what was filed."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from enum import StrEnum

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from ..registry.canonical import canonical_json
from .content import sha256
from .models import Filing, Receipt

SALT = "wagtail_villes_internet.dossiers.sealing"


class Flaw(StrEnum):
    """What does not match in a version that was filed; see `message`."""

    OCTETS = "octets"
    ANNEX = "annex"
    SEAL = "seal"
    RECEIPT = "receipt"

    @property
    def message(self) -> str:
        return str(MESSAGES[self])


MESSAGES = {
    Flaw.OCTETS: _(
        "What is kept of this version is no longer what was filed: its SHA-256 differs. Somebody "
        "or something altered the database."
    ),
    Flaw.ANNEX: _(
        "The texts kept beside this version (labels, services in full) are no longer those of the "
        "day it was filed: somebody or something altered the database."
    ),
    Flaw.SEAL: _(
        "The seal of this version cannot be verified: the database was altered, or the site’s "
        "SECRET_KEY was changed without being kept in SECRET_KEY_FALLBACKS."
    ),
    Flaw.RECEIPT: _("The receipt is for other octets than those of this version."),
}


def seal_of(filing: Filing) -> str:
    """The seal of a version: an HMAC, 64 hexadecimal digits, over its frozen columns.

    But for `user`, which is emptied where that account is deleted.
    """
    return _seal(filing, settings.SECRET_KEY)


def verify(filing: Filing) -> tuple[Flaw, ...]:
    """What does not match in `filing`, its receipt included; nothing, it is as it was filed."""
    return tuple(_flaws(filing))


def missing(numbers: Iterable[int]) -> tuple[int, ...]:
    """The versions that were deleted from the database, by those that are left: they are numbered
    from 1 without a gap, and the site deletes none. The last one leaves no gap."""
    kept = set(numbers)
    return tuple(sorted(set(range(1, max(kept, default=0))) - kept))


def _flaws(filing: Filing) -> Iterator[Flaw]:
    if sha256(bytes(filing.octets)) != filing.sha256:
        yield Flaw.OCTETS
    if sha256(bytes(filing.annex)) != filing.annex_sha256:
        yield Flaw.ANNEX
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(filing.seal, _seal(filing, key)) for key in keys):
        yield Flaw.SEAL
    receipt = Receipt.objects.filter(filing=filing).first() if filing.pk else None
    if receipt and receipt.sha256 and receipt.sha256 != filing.sha256:
        yield Flaw.RECEIPT


def _seal(filing: Filing, key: str) -> str:
    frozen = [
        filing.dossier.authority_id,
        filing.dossier.year,
        filing.number,
        filing.sha256,
        filing.annex_sha256,
        filing.registry_address,
        # A database may give the same instant back in another time zone.
        filing.frozen_at.astimezone(UTC).isoformat(),
    ]
    return salted_hmac(SALT, canonical_json(frozen), secret=key, algorithm="sha256").hexdigest()
