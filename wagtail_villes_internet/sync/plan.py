"""What has to be sent, out of what is wanted and what is known to be at the registry.

Pure, and said by content hashes only: « changed » means that what is wanted differs from what was
acknowledged, never that a date or the registry's own hash differs (contract, « How a client
behaves »).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

NOTHING = ""


@dataclass(frozen=True, slots=True)
class WantedService:
    """A service that the site declares: the content hash of its body, and its title for people.

    `unknown_codes` are its provisional codes that this registry's matrix lacks.
    """

    hash: str
    title: str = ""
    unknown_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Where one service stands at the registry, as far as this site knows.

    `acknowledged`: content hash of what of ours was last acknowledged; empty when nothing is.
    `etag`: tag of what is there; empty when nothing is.
    `foreign`: content hash of what is there, where it is not ours.
    `stored`: the hash under which the registry says to keep what is ours; another one than
    `acknowledged` where it altered it.
    `rejected`: content hash of what it refused (empty: a withdrawal), None when it refused nothing;
    `code_unknown`: it refused that for a code.
    `pending`: the answer to an attempt is not known.
    `withdrawn_there`: somebody withdrew it at the registry.
    `held`: waits until a person confirms.
    `given_up`: a person gave up what was refused.
    """

    acknowledged: str = NOTHING
    etag: str = ""
    foreign: str = NOTHING
    stored: str = NOTHING
    rejected: str | None = None
    code_unknown: bool = False
    pending: bool = False
    withdrawn_there: bool = False
    held: bool = False
    given_up: bool = False

    @property
    def there(self) -> str:
        """Content hash of what is there now, ours or not; empty when nothing is."""
        return self.foreign or (self.acknowledged if self.etag else NOTHING)


@dataclass(frozen=True, slots=True)
class MergedService:
    """What came of merging a service that changed on both sides (see `merge`).

    `hash` is the content hash of what should stand there; `has_conflict`: a person decides first.
    """

    hash: str
    has_conflict: bool = False
    has_proposals: bool = False


class Action(StrEnum):
    """What to do for one service."""

    NONE = "none"
    RESEND = "resend"
    CREATE = "create"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    # Both sides say the same without having told each other: only to be noted.
    AGREE = "agree"
    # The rest waits for a person.
    CONFLICT = "conflict"
    REJECTED = "rejected"
    UNKNOWN_CODE = "unknown_code"
    HOLD = "hold"
    # Nobody waits for it any more, until it changes.
    GIVEN_UP = "given_up"


SENT = frozenset({Action.RESEND, Action.CREATE, Action.REPLACE, Action.WITHDRAW})
WAITING = frozenset({Action.CONFLICT, Action.REJECTED, Action.UNKNOWN_CODE, Action.HOLD})


@dataclass(frozen=True, slots=True)
class Step:
    """One service and what to do for it."""

    id: str
    action: Action


@dataclass(frozen=True, slots=True)
class Plan:
    """Every service for which something is to do, lost attempts first, then by id."""

    steps: tuple[Step, ...]

    def of(self, *actions: Action) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action in actions)

    @property
    def sending(self) -> tuple[Step, ...]:
        """What goes to the registry."""
        return self.of(*SENT)

    @property
    def waiting(self) -> tuple[Step, ...]:
        """What waits for a person."""
        return self.of(*WAITING)

    @property
    def left(self) -> int:
        """How many services do not stand there as they are wanted."""
        return len(self.sending) + len(self.waiting)

    def without(self, steps: Iterable[Step]) -> "Plan":
        """The plan once these steps are done."""
        done = {step.id for step in steps}
        return Plan(tuple(step for step in self.steps if step.id not in done))

    def counts(self) -> dict[Action, int]:
        """How many services for each action that occurs."""
        counts: dict[Action, int] = {}
        for step in self.steps:
            counts[step.action] = counts.get(step.action, 0) + 1
        return counts


def decide(
    wanted: WantedService | None, known: Known, merged: MergedService | None = None
) -> Action:
    """What to do for one service. `wanted` is None when nothing is to stand at the registry.

    `merged` is needed where both sides changed since they last agreed; without it, that is a
    conflict.
    """
    want = wanted.hash if wanted else NOTHING
    if known.pending:
        return Action.RESEND
    if want == known.there:
        return Action.NONE if want == known.acknowledged else Action.AGREE
    if known.there != known.acknowledged or known.withdrawn_there:
        if (action := _changed_there(want, known, merged)) is not None:
            return action
        want = merged.hash if merged else want
    if want == known.rejected:
        if known.given_up:
            return Action.GIVEN_UP
        return Action.UNKNOWN_CODE if known.code_unknown else Action.REJECTED
    if wanted is None:
        return Action.HOLD if known.held else Action.WITHDRAW
    if wanted.unknown_codes:
        return Action.UNKNOWN_CODE
    return Action.REPLACE if known.there else Action.CREATE


def _changed_there(want: str, known: Known, merged: MergedService | None) -> Action | None:
    """What to do for what is not there as it was acknowledged; None: send the merge."""
    if known.held:
        return Action.HOLD
    if not known.foreign and not known.withdrawn_there:
        # Gone without a trace of who withdrew it: the registry went back in time.
        return Action.HOLD
    if not known.foreign:
        return None if known.there else Action.CONFLICT
    if want == known.acknowledged:
        # Changed there only: proposals, neither overwritten nor sent back.
        return Action.NONE
    if merged is None or merged.has_conflict:
        return Action.CONFLICT
    return Action.NONE if merged.hash == known.foreign else None


def plan(
    wanted: Mapping[str, WantedService],
    known: Mapping[str, Known],
    merged: Mapping[str, MergedService] | None = None,
) -> Plan:
    """The plan over every service that is wanted here or known there."""
    merged = merged or {}
    steps = []
    for id in sorted(wanted.keys() | known.keys()):
        action = decide(wanted.get(id), known.get(id, Known()), merged.get(id))
        if action is not Action.NONE:
            steps.append(Step(id, action))
    # Nothing else may go out for a resource before its lost attempt.
    steps.sort(key=lambda step: step.action is not Action.RESEND)
    return Plan(tuple(steps))
