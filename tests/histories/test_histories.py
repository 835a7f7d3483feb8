"""A declaration is never lost, never doubled, never silently different: random histories.

`VI_HISTORIES` is how many; each seed makes `EACH` of them, every other one without batches, and
one in three with the yearly dossier as well.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Histories
from .town import Base

EACH = 20
STEPS = 20
SEEDS = range(max(1, int(os.environ.get("VI_HISTORIES", "200")) // EACH))


def tell(machine: type[Histories], number: int, *, shrink: bool = True) -> None:
    """Tell the histories of that seed. Raises what a broken promise does."""
    machine.batches = number % 2 == 0
    machine.with_dossier = number % 3 == 1
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=EACH,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


# What a killed process leaves open.
@pytest.mark.filterwarnings("ignore:.*ServerSideCursor:ResourceWarning")
@pytest.mark.django_db
@pytest.mark.parametrize("number", SEEDS)
def test_nothing_is_lost_doubled_or_silently_different(number, record_property):
    class Machine(Histories):
        base = Base()
        counts = Counter()

    tell(Machine, number)

    assert Machine.counts["histories"] >= EACH
    way = "in batches" if Machine.batches else "one by one"
    subject = f"histories, seeds 0 to {SEEDS[-1]}"
    record_property("counted", (subject, {f"seeds {way}": 1, **Machine.counts}))
