"""Keeps a mistake here from emptying the registry (design decision 8). Pure.

A script that unpublishes everything, or a database restored empty, would otherwise withdraw a
year's work in one run.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from .plan import Action, Plan

# Fewer never need a confirmation.
MANY = 10

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recent:
    """What the guard goes by, as remote ids.

    `day_before`: what stood at the registry 24 hours ago. `gone`: what of it was withdrawn since.
    `held`: withdrawals held already. `by_a_person`: what somebody unpublished or deleted, one at a
    time. `confirmed`: withdrawals that passed this guard, or a person, already.
    """

    day_before: AbstractSet[str] = NONE
    gone: AbstractSet[str] = NONE
    held: AbstractSet[str] = NONE
    by_a_person: AbstractSet[str] = NONE
    confirmed: AbstractSet[str] = NONE


def hold_back(made: Plan, recent: Recent, percent: int) -> Plan:
    """The plan, its withdrawals held where they are too many.

    That is more than `MANY`, and more than `percent` of what stood there the day before, those of
    the last 24 hours included, so that many small steps count as one.
    """
    planned = {step.id for step in made.of(Action.WITHDRAW)}
    taken = (planned | recent.gone | recent.held) - recent.by_a_person
    if len(taken) <= MANY or len(taken) * 100 <= percent * len(recent.day_before):
        return made
    held = planned - recent.by_a_person - recent.confirmed
    return Plan(
        tuple(replace(step, action=Action.HOLD) if step.id in held else step for step in made.steps)
    )
