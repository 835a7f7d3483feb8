"""What is exported, and what a file says of itself: which version, of when, received or not."""

from dataclasses import dataclass
from datetime import datetime

from ..agreements import signed_off
from ..content import Content
from ..drafting import Draft
from ..freezing import content_of
from ..models import Filing, Receipt
from ..sealing import Flaw, verify
from .errors import Altered


@dataclass(frozen=True, slots=True)
class ReceiptMark:
    """A receipt as it is known: `typed` by somebody of the town, or the registry's word."""

    number: str
    received_at: datetime
    typed: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file says beside the content of the dossier.

    `number` is that of the version, None for a draft. `dated` is the instant it was frozen, or read
    for a draft. `sha256` is that of the octets of a version, or the digest that an agreement to a
    draft is over (`Content.digest`). `state` is one of `Filing.State`, empty for a draft; it, the
    receipt and the flaws are what is known of a version, and may move.
    """

    number: int | None
    dated: datetime
    sha256: str
    state: str = ""
    receipt: ReceiptMark | None = None
    flaws: tuple[Flaw, ...] = ()

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def is_received(self) -> bool:
        return self.state in Filing.RECEIVED


@dataclass(frozen=True, slots=True)
class Export:
    """A dossier to be written in any format; `octets` and `annex` are canonical JSON."""

    content: Content
    octets: bytes
    annex: bytes
    marks: Marks


def of_filing(filing: Filing) -> Export:
    """A version that was frozen. Raises `Altered` where its octets or its annex are others.

    A seal that cannot be verified does not keep it from being exported: a change of `SECRET_KEY`
    breaks it too. The file says so.
    """
    flaws = verify(filing)
    if Flaw.OCTETS in flaws or Flaw.ANNEX in flaws:
        raise Altered
    receipt = Receipt.objects.filter(filing=filing).first()
    return Export(
        content_of(filing),
        bytes(filing.octets),
        bytes(filing.annex),
        Marks(
            number=filing.number,
            dated=filing.frozen_at,
            sha256=filing.sha256,
            state=filing.state,
            receipt=_mark(receipt) if receipt else None,
            flaws=flaws,
        ),
    )


def of_draft(draft: Draft, at: datetime) -> Export:
    """A dossier as it stands at that instant, with the agreement that counts for it."""
    digest = draft.content.digest
    content = draft.content.signed(signed_off(draft.dossier, digest))
    marks = Marks(number=None, dated=at, sha256=digest)
    return Export(content, content.octets, content.annex_octets, marks)


def _mark(receipt: Receipt) -> ReceiptMark:
    return ReceiptMark(receipt.number, receipt.received_at, receipt.typed)
