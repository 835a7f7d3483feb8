"""The only place where a dossier changes: its tag, its filings and what they are numbered.

Called inside a transaction, by the API for a token and by the registry itself.
"""

import hashlib
import secrets
from datetime import datetime

from .models import Authority, Dossier, Edition, Filing, new_tag


def find(authority: Authority, year: str | int) -> Dossier | None:
    """What the authority filed for the edition of a year."""
    return authority.dossiers.filter(edition__year=year).first()


def add(
    authority: Authority,
    edition: Edition,
    octets: bytes,
    *,
    key: str | None,
    actor: str,
    received_at: datetime,
) -> Filing:
    """Keeps a dossier that was judged, octet for octet, after those filed before it."""
    dossier, _ = Dossier.objects.update_or_create(
        authority=authority, edition=edition, defaults={"tag": new_tag()}
    )
    Authority.objects.filter(pk=authority.pk).update(dossiers_tag=new_tag())
    return Filing.objects.create(
        dossier=dossier,
        # Drawn, so that none is given twice after a return to a backup.
        number=f"{edition.year}-{authority.siren}-{secrets.token_hex(4).upper()}",
        octets=octets,
        sha256=hashlib.sha256(octets).hexdigest(),
        key=key,
        actor=actor,
        received_at=received_at,
    )
