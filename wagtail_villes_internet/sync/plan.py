"""What has to be sent, out of what is wanted and what is known to be at the registry.

Pure, and said by content hashes only: « changed » means that what is wanted differs from what was
acknowledged, never that a date or the registry's own hash differs (contract, « How a client
behaves »).
"""

from collections.abc import Mapping
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

    @property
    def there(self) -> str:
        """Content hash of what is there now, ours or not; empty when nothing is."""
        return self.foreign or (self.acknowledged if self.etag else NOTHING)


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

    def counts(self) -> dict[Action, int]:
        """How many services for each action that occurs."""
        counts: dict[Action, int] = {}
        for step in self.steps:
            counts[step.action] = counts.get(step.action, 0) + 1
        return counts


def decide(wanted: WantedService | None, known: Known) -> Action:
    """What to do for one service. `wanted` is None when nothing is to stand at the registry."""
    want = wanted.hash if wanted else NOTHING
    if known.pending:
        return Action.RESEND
    if want == known.there:
        return Action.NONE if want == known.acknowledged else Action.AGREE
    withdrawn_there = known.withdrawn_there and not known.there
    if known.there != known.acknowledged or withdrawn_there:
        return _changed_there(want, known)
    if want == known.rejected:
        return Action.UNKNOWN_CODE if known.code_unknown else Action.REJECTED
    if wanted is None:
        return Action.HOLD if known.held else Action.WITHDRAW
    if wanted.unknown_codes:
        return Action.UNKNOWN_CODE
    return Action.REPLACE if known.there else Action.CREATE


def _changed_there(want: str, known: Known) -> Action:
    if known.held:
        return Action.HOLD
    if not known.foreign and not known.withdrawn_there:
        # Gone without a trace of who withdrew it: the registry went back in time.
        return Action.HOLD
    if want == known.acknowledged and known.foreign:
        # Changed there only: a proposal, neither overwritten nor sent back.
        return Action.NONE
    return Action.CONFLICT


def plan(wanted: Mapping[str, WantedService], known: Mapping[str, Known]) -> Plan:
    """The plan over every service that is wanted here or known there."""
    steps = []
    for id in sorted(wanted.keys() | known.keys()):
        action = decide(wanted.get(id), known.get(id, Known()))
        if action is not Action.NONE:
            steps.append(Step(id, action))
    # Nothing else may go out for a resource before its lost attempt.
    steps.sort(key=lambda step: step.action is not Action.RESEND)
    return Plan(tuple(steps))
