"""Takes a version of the matrix into use: the services of every town follow, or wait for a person.

The one way to another version once there are services: from a file, a registry, or the desk.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from ...matrix import store
from ...matrix.data import MatrixData
from ...matrix.models import Matrix, ReferenceService
from .families import concerned_by, families
from .mapping import Ways
from .planning import Change, carried
from .writing import write


@dataclass(slots=True)
class Outcome:
    """What taking `matrix` into use did to services, or would do.

    `changed`: the services attached elsewhere by themselves, by former code and new ones.
    `waiting`: those that wait for a person, by the code that leads nowhere alone. `services` and
    `waiting_services` count each service once. `left`: the codes in use until now that wait.
    """

    matrix: Matrix
    changed: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    services: int = 0
    waiting_services: int = 0
    left: set[str] = field(default_factory=set)

    def count(self, change: Change, placed: Collection[str], before: Collection[str]) -> None:
        waiting = change.after - placed
        self.services += bool(change.codes)
        self.changed.update(change.led.items())
        self.waiting_services += bool(waiting)
        self.waiting.update(waiting)
        self.left |= waiting & before


def receive(
    data: MatrixData, *, edition: int | None = None, mapped: Collection[str] = ()
) -> Outcome:
    """Store a version and take it into use, all or nothing; see `matrix.store.store`."""
    with transaction.atomic():
        store.hold()
        before = codes_in_use()
        matrix = store.store(data, make_current=False, edition=edition, mapped=mapped)
        return _carry_over(matrix, before)


def take_into_use(matrix: Matrix) -> Outcome:
    """Take into use a version that is stored, an earlier one as well, all or nothing.

    Every service whose codes it does not place is attached to what took their place, where the
    answer is single, or to what it had under that version before. The others stay as they are and
    wait: see `waiting`. The number of queries does not grow with services but by batches.
    """
    with transaction.atomic():
        store.hold()
        matrix.refresh_from_db(fields=["is_current"])
        return _carry_over(matrix, codes_in_use())


def foresee(matrix: Matrix) -> Outcome:
    """What taking `matrix` into use would do; writes nothing."""
    with transaction.atomic():
        # In the order of those that write: none waits for another that waits for it.
        store.hold()
        outcome = Outcome(matrix)
        for _change in _changes(matrix, codes_in_use(), outcome):
            pass
        return outcome


def codes_in_use() -> frozenset[str]:
    """The codes that the matrix in use places; one query."""
    return frozenset(ReferenceService.objects.filter(in_use=True).values_list("code", flat=True))


def _carry_over(matrix: Matrix, before: frozenset[str]) -> Outcome:
    if not matrix.is_current:
        store.take_into_use(matrix)
    outcome = Outcome(matrix)
    write(_changes(matrix, before, outcome))
    return outcome


def _changes(matrix: Matrix, before: frozenset[str], outcome: Outcome) -> Iterator[Change]:
    placed = ReferenceService.objects.filter(placements__theme__axis__matrix=matrix)
    ways = Ways(placed.values_list("code", flat=True), store.replacements())
    for family in families(concerned_by(placed), lock=True):
        change = carried(family, ways, before)
        outcome.count(change, ways.placed, before)
        yield change
