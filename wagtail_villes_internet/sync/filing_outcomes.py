"""What a registry's answer to a filing means, and what it holds to this site (contract, « How a
client behaves »). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..registry import errors
from ..registry.types import DossierWritten, FiledReceipt, StoredDossier


class Verdict(StrEnum):
    """What an answer to an attempt means; `NOT_AS_EXPECTED` and `CLOSED` are read about first."""

    RECEIVED = "received"
    NOT_AS_EXPECTED = "not_as_expected"
    CLOSED = "closed"
    REJECTED = "rejected"
    LATER = "later"
    STOP = "stop"


# The first class that the answer is an instance of: narrower ones stand first.
VERDICTS: tuple[tuple[type[errors.RegistryError], Verdict], ...] = (
    (errors.PreconditionFailed, Verdict.NOT_AS_EXPECTED),
    (errors.UnknownDossier, Verdict.NOT_AS_EXPECTED),
    (errors.CampaignClosed, Verdict.CLOSED),
    (errors.NotKnown, Verdict.REJECTED),
    (errors.KeyReused, Verdict.REJECTED),
    (errors.UnknownCode, Verdict.REJECTED),
    (errors.Rejected, Verdict.REJECTED),
    (errors.InProgress, Verdict.LATER),
    (errors.Unreachable, Verdict.LATER),
    # Words about services or their feed answer no question about a dossier.
    (errors.UnknownService, Verdict.LATER),
    (errors.WithdrawnService, Verdict.LATER),
    (errors.SequenceGone, Verdict.LATER),
    # The token, the address or the authority: nothing else of this run would fare better.
    (errors.RegistryError, Verdict.STOP),
)


def judge(answer: DossierWritten | errors.RegistryError) -> Verdict:
    """What the answer to one attempt, or to a reading, means. `LATER` and `STOP` leave the attempt
    as it was."""
    if isinstance(answer, DossierWritten):
        return Verdict.RECEIVED
    return next(verdict for cls, verdict in VERDICTS if isinstance(answer, cls))


# What the text of these says of a service, said of a dossier.
SENTENCES: tuple[tuple[tuple[type[errors.RegistryError], ...], Any], ...] = (
    (
        (errors.PreconditionFailed,),
        _("The registry holds another version of this dossier."),
    ),
    (
        (errors.UnknownCode,),
        _("The registry’s matrix does not know a reference service of this dossier."),
    ),
    (
        (errors.UnknownService, errors.WithdrawnService, errors.SequenceGone),
        errors.Unparsable.message,
    ),
)


def sentence(answer: errors.RegistryError) -> str:
    """What is said of an answer about a dossier."""
    said = (words for classes, words in SENTENCES if isinstance(answer, classes))
    return str(next(said, answer))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the dossier that this site froze, and the keys it was sent under."""

    number: int
    sha256: str
    keys: frozenset[str] = frozenset()


class Place(StrEnum):
    """Whose what stands at the registry is."""

    EMPTY = "empty"
    OURS = "ours"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the registry holds for one year, as this site sees it.

    `receipts` are those of our versions, by number. `stands` says whose dossier it holds now, and
    `newest` is the receipt of that, where there is one.
    """

    stands: Place
    receipts: Mapping[int, FiledReceipt]
    newest: FiledReceipt | None = None

    def without(self, number: int) -> "Reading":
        """The same, but for the receipt of that version, which was known already."""
        others = {key: value for key, value in self.receipts.items() if key != number}
        return replace(self, receipts=others)


NOTHING_THERE = Reading(Place.EMPTY, {})


def read(stored: StoredDossier | None, versions: Sequence[Version]) -> Reading:
    """What it means that `stored` was read, None where nothing is filed."""
    if stored is None:
        return NOTHING_THERE
    by_key = {key: version for version in versions for key in version.keys}
    receipts: dict[int, FiledReceipt] = {}
    owners = list(_owners(stored.receipts, versions, by_key))
    for receipt, owner in zip(stored.receipts, owners, strict=True):
        # The newest of a version, but before all that which answers an attempt of it.
        if owner and (owner.number not in receipts or _answers(receipt, owner, receipts)):
            receipts[owner.number] = receipt
    newest = stored.receipts[0] if stored.receipts else None
    # Written over without a receipt, it is nobody's that we know.
    is_ours = newest is not None and owners[0] is not None and stored.key == newest.key
    return Reading(Place.OURS if is_ours else Place.ANOTHER, receipts, newest)


def _owners(
    receipts: Iterable[FiledReceipt], versions: Sequence[Version], by_key: Mapping[str, Version]
) -> Iterable[Version | None]:
    """The version that each receipt, newest first, is of.

    By its key; where no attempt of ours had it (an agent entered the dossier, or the attempt went
    with a lost database), by its hash: the newest version of those octets that was not filed
    before what came after.
    """
    below: int | None = None
    for receipt in receipts:
        owner = by_key.get(receipt.key or "")
        if owner is None:
            alike = [
                version
                for version in versions
                if version.sha256 == receipt.sha256 and (below is None or version.number < below)
            ]
            owner = max(alike, key=lambda version: version.number, default=None)
        elif below is None or owner.number < below:
            below = owner.number
        yield owner


def _answers(receipt: FiledReceipt, owner: Version, found: Mapping[int, FiledReceipt]) -> bool:
    return receipt.key in owner.keys and found[owner.number].key not in owner.keys


class Next(StrEnum):
    """What becomes of a version that was not taken as it was sent."""

    RECEIVED = "received"
    SEND_AGAIN = "send_again"
    CONFLICT = "conflict"
    TOO_LATE = "too_late"
    REJECTED = "rejected"


def follow(verdict: Verdict, reading: Reading, number: int) -> Next:
    """What follows from `verdict` on version `number`, once it was read what the registry holds.

    Somebody else's dossier is never overwritten; one of ours, whatever its version, is the base.
    """
    if number in reading.receipts:
        return Next.RECEIVED
    if verdict is Verdict.CLOSED:
        return Next.TOO_LATE
    if verdict is Verdict.REJECTED:
        return Next.REJECTED
    return Next.CONFLICT if reading.stands is Place.ANOTHER else Next.SEND_AGAIN
