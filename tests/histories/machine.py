"""Random histories of a town, its editors, an agent of the registry and a network that fails."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wagtail_villes_internet.registry.types import SERVICE_FIELDS
from wagtail_villes_internet.sync.settling import Choice

from . import invariants
from .faults import FAULTS
from .mortal import Process
from .town import FIELDS, PAST_BACK_OFF, SERVICES, Base, Town
from .wire import Request

DELAYS = [timedelta(seconds=1), timedelta(minutes=3), timedelta(hours=2), timedelta(days=31)]
QUIET_RUNS = 5

numbers = st.integers(0, SERVICES)
fields = st.sampled_from(FIELDS)
some_fields = st.lists(fields, min_size=1, max_size=len(FIELDS), unique=True).map(tuple)
sides = st.sampled_from(Choice)
befalling = st.dictionaries(
    # A run makes as few as one exchange, and rarely more than nine.
    st.integers(0, 8),
    st.tuples(st.sampled_from(sorted(FAULTS)), st.integers(0, 5)),
    max_size=3,
)


class Histories(RuleBasedStateMachine):
    """One example is one history; `base` and `batches` are set by whoever runs it."""

    base: Base
    batches = True
    counts: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.town: Town | None = None

    @initialize(many=st.sampled_from((1, 10)), live=st.integers(1, SERVICES))
    def begin(self, many: int, live: int) -> None:
        self.town = Town(self.base, batches=self.batches, many=many)
        for number in range(live):
            self.town.edit(number, "title")
        self.town.run()

    # Editors.

    @rule(number=numbers, field=fields, how=st.sampled_from(("publish", "draft", "bulk")))
    def edit(self, number: int, field: str, how: str) -> None:
        self.town.edit(number, field, how=how)

    @rule(number=numbers)
    def publish(self, number: int) -> None:
        self.town.publish(number)

    @rule(number=numbers, by_a_person=st.booleans())
    def unpublish(self, number: int, by_a_person: bool) -> None:
        self.town.unpublish(number, by_a_person=by_a_person)

    @rule(number=numbers)
    def delete(self, number: int) -> None:
        self.town.delete(number)

    @rule(number=numbers)
    def count(self, number: int) -> None:
        self.town.count(number)

    @rule(number=numbers, end=st.booleans())
    def schedule(self, number: int, end: bool) -> None:
        self.town.schedule(number, end=end)

    @rule(number=numbers)
    def copy(self, number: int) -> None:
        self.town.copy(number)

    @rule(number=numbers, chosen=some_fields, side=sides)
    def decide(self, number: int, chosen: tuple[str, ...], side: str) -> None:
        self.town.decide(number, chosen, side)

    @rule(number=numbers)
    def look(self, number: int) -> None:
        self.town.look(number)

    @rule()
    def confirm(self) -> None:
        self.town.confirm()

    @rule()
    def try_again(self) -> None:
        self.town.try_again()

    @rule(number=numbers)
    def give_up(self, number: int) -> None:
        self.town.give_up(number)

    # The registry's people.

    @rule(number=numbers, chosen=some_fields)
    def agent_edits(self, number: int, chosen: tuple[str, ...]) -> None:
        self.town.agent_edits(number, chosen)

    @rule(number=numbers, field=fields)
    def agent_edits_one_field(self, number: int, field: str) -> None:
        self.town.agent_edits(number, (field,))

    @rule(number=numbers)
    def agent_puts_back(self, number: int) -> None:
        self.town.agent_puts_back(number)

    @rule(number=numbers)
    def agent_deletes(self, number: int) -> None:
        self.town.agent_deletes(number)

    @rule()
    def back_up(self) -> None:
        self.town.back_up()

    @precondition(lambda self: self.town.backups)
    @rule()
    def restore(self) -> None:
        self.town.restore()

    @rule()
    def revoke(self) -> None:
        self.town.revoke()

    @precondition(lambda self: self.town.token not in self.town.wire.tokens)
    @rule()
    def change_token(self) -> None:
        self.town.change_token()

    # Time and the network.

    @rule(delay=st.sampled_from(DELAYS))
    def wait(self, delay: timedelta) -> None:
        self.town.wait(delay)

    @precondition(lambda self: self.town.wire.late)
    @rule(number=st.integers(0, 3))
    def arrive_late(self, number: int) -> None:
        self.town.wire.arrive(number)

    @rule()
    def run(self) -> None:
        self.town.run()

    @rule(befalls=befalling, now=st.booleans())
    def run_through_faults(self, befalls: dict[int, tuple[str, int]], now: bool) -> None:
        self.town.run(self._meeting(befalls), now=now)

    @rule(dies_at=st.integers(1, 60), elsewhere=st.booleans())
    def run_and_die(self, dies_at: int, elsewhere: bool) -> None:
        self.town.run(dies_at=dies_at, elsewhere=elsewhere, now=True)

    def _meeting(self, befalls: dict[int, tuple[str, int]]) -> Callable:
        def meet(process: Process, request: Request):
            found = befalls.get(self.town.wire.exchanges - 1)
            if found is None:
                return None
            name, n = found
            self.counts[name] += 1
            note(f"{request.method} {request.path}: {name} ({n})")

            def instead(request: Request):
                with process.aside():
                    return FAULTS[name](self.town, process, request, n)

            return instead

        return meet

    # What holds.

    @invariant()
    def a_key_has_one_effect(self) -> None:
        self._check(invariants.a_key_has_one_effect)

    @invariant()
    def nothing_is_overwritten_unseen(self) -> None:
        self._check(invariants.nothing_is_overwritten_unseen)

    @invariant()
    def nobody_is_bothered_for_nothing(self) -> None:
        self._check(invariants.nobody_is_bothered_for_nothing)

    @invariant()
    def only_editors_change_the_site(self) -> None:
        self._check(invariants.only_editors_change_the_site)

    @invariant()
    def all_that_was_read_was_applied(self) -> None:
        self._check(invariants.all_that_was_read_was_applied)

    @invariant()
    def nobody_sees_a_token(self) -> None:
        self._check(invariants.nobody_sees_a_token)

    def _check(self, holds: Callable[[Town], None]) -> None:
        if self.town is not None:
            holds(self.town)

    def teardown(self) -> None:
        try:
            if self.town is not None:
                self.counts["histories"] += 1
                self.counts["runs killed"] += self.town.died
                self._end()
        finally:
            if self.town is not None:
                self.town.close()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _end(self) -> None:
        """Faults stop; a few runs later all is equal, or somebody is told why not. Once they have
        decided, all is equal."""
        town = self.town
        town.change_token()
        town.wait(timedelta(0))
        self._run_in_quiet()
        invariants.both_sides_are_equal_or_it_shows(town)
        if town.result.plan.waiting or any(row.remote for row in town.rows().values()):
            self.counts["settled by a person"] += 1
        for _time in range(2):
            # What went back is confirmed first; it may then turn out to differ.
            town.confirm()
            for number in town.slots():
                town.decide(number, SERVICE_FIELDS, Choice.MINE)
            town.try_again()
            self._run_in_quiet()
        assert not invariants.differences(town), "what was decided on does not get through"

    def _run_in_quiet(self) -> None:
        for _run in range(QUIET_RUNS):
            self.town.wait(PAST_BACK_OFF)
            self.town.run()
            for holds in invariants.ALWAYS:
                holds(self.town)
