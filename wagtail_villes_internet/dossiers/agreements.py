"""The agreement of an élu to exactly what they were shown.

A row of ours over a digest (`content.Content.digest`), by role, date and user. It counts for as
long as the dossier has that digest: a later change asks again. No workflow, right to publish or
superuser stands for it.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import days
from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..registry.text import canonical_text
from .content import SignedOff
from .errors import BadScan, NotAsShown, TooEarly, YetToCome
from .models import Agreement, Dossier, Scan
from .roles import may_agree, may_note_agreement, may_prepare

LARGEST_SCAN = 5 * 1024 * 1024
# What the first octets of each kind of file are (PDF 32000-1, 7.5.2; ITU-T T.81, B.1.1; RFC 2083).
KINDS_OF_SCAN = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the agreement to a dossier stands, as it is now.

    `agreement` is the one that counts; `stale` the last one, given to what the dossier was before.
    `asked`: it was asked for, and to what the dossier is now.
    """

    required: bool
    agreement: Agreement | None = None
    stale: Agreement | None = None
    asked: bool = False

    @property
    def is_missing(self) -> bool:
        return self.required and self.agreement is None


def is_required(authority: LocalAuthority) -> bool:
    """Whether a site of `authority` asks for the agreement of an élu before a dossier is filed."""
    bound = VillesInternetSettings.objects.filter(authority=authority)
    return bound.filter(agreement_required=True).exists()


def standing(dossier: Dossier, digest: str) -> Standing:
    """The agreement to `dossier`, whose digest is now `digest`."""
    given = list(dossier.agreements.filter(role=Agreement.Role.ELECTED).select_related("user"))
    current = next((one for one in given if one.shown_sha256 == digest), None)
    return Standing(
        required=is_required(dossier.authority),
        agreement=current,
        stale=given[0] if given and current is None else None,
        asked=dossier.asked_sha256 == digest,
    )


def current_agreement(dossier: Dossier, digest: str) -> Agreement | None:
    """The last agreement to exactly that digest."""
    given = dossier.agreements.filter(role=Agreement.Role.ELECTED, shown_sha256=digest)
    return given.first()


def signed_off(dossier: Dossier, digest: str) -> tuple[SignedOff, ...]:
    """What the contract's dossier says of it: the role and the day of the last agreement."""
    agreement = current_agreement(dossier, digest)
    return (SignedOff(agreement.role, agreement.agreed_on),) if agreement else ()


@transaction.atomic
def ask(dossier: Dossier, digest: str, user) -> bool:
    """Note that the agreement of an élu to what has that digest is asked for.

    False where it was asked for already, or given: nobody is asked twice. Raises
    `PermissionDenied`.
    """
    if not may_prepare(user, dossier.authority):
        raise PermissionDenied
    row = _locked(dossier)
    if row.asked_sha256 == digest or current_agreement(dossier, digest):
        return False
    dossier.asked_at, dossier.asked_sha256 = timezone.now(), digest
    dossier.save(update_fields=["asked_at", "asked_sha256"])
    return True


@transaction.atomic
def agree(dossier: Dossier, digest: str, user, *, shown: str) -> Agreement:
    """`user`, an élu of the town, agrees to what they were `shown`; `digest` is that of today.

    Twice is once. Raises `PermissionDenied`, and `NotAsShown` where it is not what they saw.
    """
    if not may_agree(user, dossier.authority):
        raise PermissionDenied
    _require_shown(shown, digest)
    _locked(dossier)
    given = dossier.agreements.filter(shown_sha256=digest, outside=False, user=user).first()
    return given or Agreement.objects.create(
        dossier=dossier, shown_sha256=digest, agreed_on=days.today(), user=user
    )


@transaction.atomic
def note_outside(
    dossier: Dossier,
    digest: str,
    user,
    *,
    shown: str,
    agreed_on: date,
    scan: tuple[str, bytes] | None = None,
) -> Agreement:
    """`user` notes that an élu agreed outside the site, on that day, to what was `shown`.

    `scan` is the name and the octets of a PDF, JPEG or PNG file. Twice is once. Raises
    `PermissionDenied`, `NotAsShown`, `BadScan`, `YetToCome` and, for a day before
    the dossier was begun, `TooEarly`.
    """
    if not may_note_agreement(user, dossier.authority):
        raise PermissionDenied
    _require_shown(shown, digest)
    if agreed_on > days.today():
        raise YetToCome(_("An agreement cannot have been given on a day that is yet to come."))
    if agreed_on < days.day_of(dossier.opened_at):
        raise TooEarly(_("An agreement cannot have been given before the dossier was begun."))
    kind = kind_of_scan(scan[1]) if scan else ""
    _locked(dossier)
    given = dossier.agreements.filter(
        shown_sha256=digest, outside=True, agreed_on=agreed_on, user=user
    )
    for noted in given.select_related("scan"):
        if scan is None or _holds(noted, scan[1]):
            return noted
    agreement = Agreement.objects.create(
        dossier=dossier, shown_sha256=digest, agreed_on=agreed_on, outside=True, user=user
    )
    if scan:
        Scan.objects.create(
            agreement=agreement,
            name=canonical_text(scan[0])[:255],
            content_type=kind,
            octets=scan[1],
        )
    return agreement


def kind_of_scan(octets: bytes) -> str:
    """The media type of a scan, by its first octets. Raises `BadScan`."""
    if len(octets) > LARGEST_SCAN:
        raise BadScan
    for start, kind in KINDS_OF_SCAN.items():
        if octets.startswith(start):
            return kind
    raise BadScan


def _locked(dossier: Dossier) -> Dossier:
    """One at a time: the row of the dossier stands for all that is said of it."""
    return Dossier.objects.select_for_update().get(pk=dossier.pk)


def _holds(agreement: Agreement, octets: bytes) -> bool:
    return hasattr(agreement, "scan") and bytes(agreement.scan.octets) == octets


def _require_shown(shown: str, digest: str) -> None:
    if shown != digest:
        raise NotAsShown
