"""What each answer of a registry, and each thing read there, means (contract, « How a client
behaves »). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from ..registry import errors
from ..registry.types import Written
from .plan import NOTHING, Known


class Verdict(StrEnum):
    """What an answer to an attempt means."""

    DONE = "done"
    READ = "read"
    GONE = "gone"
    UNKNOWN_CODE = "unknown_code"
    REJECTED = "rejected"
    LATER = "later"
    STOP = "stop"


# The first class that the answer is an instance of: narrower ones stand first.
VERDICTS: tuple[tuple[type[errors.RegistryError], Verdict], ...] = (
    (errors.PreconditionFailed, Verdict.READ),
    (errors.UnknownService, Verdict.GONE),
    (errors.WithdrawnService, Verdict.GONE),
    (errors.UnknownCode, Verdict.UNKNOWN_CODE),
    (errors.KeyReused, Verdict.REJECTED),
    (errors.CampaignClosed, Verdict.REJECTED),
    (errors.Rejected, Verdict.REJECTED),
    (errors.InProgress, Verdict.LATER),
    (errors.Unreachable, Verdict.LATER),
    # The token, the address or the authority: nothing else of this run would fare better.
    (errors.RegistryError, Verdict.STOP),
)


def judge(answer: Written | errors.RegistryError) -> Verdict:
    """What the answer to one attempt means. `LATER` and `STOP` leave the attempt as it was."""
    if isinstance(answer, Written):
        return Verdict.DONE
    return next(verdict for cls, verdict in VERDICTS if isinstance(answer, cls))


@dataclass(frozen=True, slots=True)
class OurAttempt:
    """An attempt of this site, found by the key of what was read at the registry.

    `hash` is the content hash sent, empty for a withdrawal. `taken`: it was acknowledged.
    `answered`: its answer, whatever it was, is known.
    """

    hash: str
    taken: bool
    answered: bool


class Reading(StrEnum):
    """What a state read at the registry is to this site."""

    # What was acknowledged, perhaps under another tag: our own echo.
    SAME = "same"
    # An attempt whose answer is awaited: sending it again will tell.
    PENDING = "pending"
    # An attempt that had been taken for refused: it is what was last acknowledged.
    TAKEN = "taken"
    # Ours, but older than what was acknowledged: the registry went back in time.
    OLD = "old"
    # Somebody else's content.
    FOREIGN = "foreign"
    # Withdrawn by somebody else.
    GONE = "gone"


def read(known: Known, there: str, attempt: OurAttempt | None, *, last: str = NOTHING) -> Reading:
    """What it means that `there` (a content hash, empty for a tombstone) was read under an id.

    `attempt` is the one of this site that made it, if any. `last` is the content hash of what was
    known to be there: it may be a write of ours that also had what somebody changed there.
    """
    if attempt is not None and not attempt.answered:
        return Reading.PENDING
    # No withdrawal leaves a service there, nor a declaration nothing: its key is not to be trusted.
    if attempt is not None and (attempt.hash == NOTHING) == (there == NOTHING):
        if not attempt.taken:
            return Reading.TAKEN
        is_echo = attempt.hash in (known.acknowledged, last or known.acknowledged)
        return Reading.SAME if is_echo else Reading.OLD
    if there == NOTHING:
        stood = known.acknowledged or known.foreign or known.pending or known.withdrawn_there
        return Reading.GONE if stood else Reading.SAME
    ours = {known.acknowledged, known.stored} if known.acknowledged else set()
    return Reading.SAME if there in ours else Reading.FOREIGN
