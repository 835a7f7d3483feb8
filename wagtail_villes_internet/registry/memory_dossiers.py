"""The dossiers of one authority at the registry in memory, and how it judges a filing."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .decode import Malformed, decode
from .dossier_rules import validate_dossier
from .errors import CampaignClosed, NotKnown, PreconditionFailed, Rejected, UnknownDossier
from .types import DossierWrite, DossierWritten, FiledReceipt, RemoteEdition, StoredDossier


def edition_at(edition: RemoteEdition, now: datetime) -> RemoteEdition:
    """The edition in the state that its dates give it at that instant; a published one stays so.

    What arrives in the second of `closes_at` is in time (contract, `GET editions`).
    """
    opens, closes = edition.opens_at, edition.closes_at
    if edition.state == "published":
        return edition
    if opens is None or now < opens:
        return replace(edition, state="upcoming")
    if closes is None or now < closes.replace(microsecond=0) + timedelta(seconds=1):
        return replace(edition, state="open")
    return replace(edition, state="closed")


@dataclass
class Filings:
    """What one authority filed, by year. `etag` is the `dossiers_etag` of its summary."""

    etag: str
    stored: dict[int, StoredDossier] = field(default_factory=dict)

    def current(self, year: int) -> StoredDossier:
        if year not in self.stored:
            raise UnknownDossier
        return self.stored[year]

    def file(
        self,
        siren: str,
        write: DossierWrite,
        edition: RemoteEdition | None,
        *,
        received_at: datetime,
        tag: Callable[[], str],
    ) -> DossierWritten:
        """Judge a filing whose key is new, in the contract's order, and keep it."""
        if edition is None:
            raise NotKnown
        if edition.state != "open":
            raise CampaignClosed
        there = self.stored.get(write.year)
        if (there.etag if there else None) != write.if_match:
            raise PreconditionFailed(there.etag if there else None)
        try:
            value = decode(write.octets, max_depth=32)
        except Malformed:
            raise Rejected(400) from None
        if problems := validate_dossier(value, siren, write.year):
            raise Rejected(422, problems)
        earlier = there.receipts if there else ()
        receipt = FiledReceipt(
            number=f"{write.year}-{siren}-{len(earlier) + 1}",
            received_at=received_at,
            sha256=hashlib.sha256(write.octets).hexdigest(),
            key=write.key,
        )
        made = StoredDossier(tag(), write.key, value, (receipt, *earlier))
        self.stored[write.year] = made
        self.etag = tag()
        return DossierWritten(200 if there else 201, made.etag, receipt)
