"""Random histories of a town, its editors, an agent of the registry and a network that fails."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from wagtail_villes_internet.dossiers.models import Filing
from wagtail_villes_internet.registry.types import SERVICE_FIELDS
from wagtail_villes_internet.sync.declarations import State
from wagtail_villes_internet.sync.settling import Choice

from . import invariants
from .faults import FAULTS, KINDS
from .mortal import Process
from .scene import FIELDS, PAST_BACK_OFF, SERVICES
from .town import Base, Town
from .wire import Request

DELAYS = [timedelta(seconds=1), timedelta(minutes=3), timedelta(hours=2), timedelta(days=31)]
QUIET_RUNS = 5

Act = tuple[str, dict[str, Any]]
Befalls = dict[tuple[str, int], tuple[str, int]]


def act(name: str, **given: st.SearchStrategy) -> st.SearchStrategy[Act]:
    """What a method of `Town` does, as it is drawn."""
    return st.tuples(st.just(name), st.fixed_dictionaries(given))


number = st.integers(0, SERVICES - 1)
# Two people meet in one field often enough.
field = st.one_of(st.just(FIELDS[0]), st.sampled_from(FIELDS))
fields = st.lists(field, min_size=1, max_size=len(FIELDS), unique=True)
edits = act("edit", number=number, field=field)
editors = st.one_of(
    act("edit", number=number, field=field, how=st.sampled_from(("publish", "draft", "bulk"))),
    act("publish", number=number),
    act("unpublish", number=number, by_a_person=st.booleans()),
    act("delete", number=number),
    act("count", number=number),
    act("schedule", number=number, end=st.booleans()),
    act("copy", number=number),
)
decisions = st.one_of(
    act("decide", number=number, fields=fields, side=st.sampled_from(Choice)),
    act("look", number=number),
    act("confirm"),
    act("try_again"),
    act("give_up", number=number),
)
filers = st.one_of(
    act("file", anew=st.booleans()),
    act("file", anew=st.just(True)),
    act("file_elsewhere"),
    act("close_campaign"),
    act("reopen_campaign"),
    act("reopen_campaign"),
    act("settle_filing", how=st.sampled_from(("replace", "give up", "again"))),
    act("settle_filing", how=st.sampled_from(("replace", "again"))),
)
files = act("file", anew=st.just(True))
agents = st.one_of(
    act("agent_edits", number=number, fields=fields),
    act("agent_edits", number=number, fields=st.tuples(field)),
    act("agent_puts_back", number=number),
    act("agent_deletes", number=number),
)
fortunes = st.one_of(
    act("wait", delay=st.sampled_from(DELAYS)),
    act("back_up"),
    act("restore"),
    act("revoke"),
    act("change_token"),
    act("change_token"),
    act("arrive_late", number=st.integers(0, 3)),
)
# What befalls the n-th reading exchange of a run, and the n-th writing one.
befalling = st.dictionaries(
    st.tuples(st.sampled_from(("write", "write", "write", "read")), st.sampled_from((0, 0, 1, 2))),
    st.tuples(st.one_of(*map(st.sampled_from, KINDS)), st.integers(0, 5)),
    min_size=1,
    max_size=3,
)
# Somebody edits, and the run that follows meets faults; not always may it try at once.
troubles = st.lists(
    st.tuples(
        st.one_of(edits, edits, editors, files, filers),
        befalling,
        st.sampled_from((True, True, False)),
    ),
    min_size=2,
    max_size=6,
)


class Histories(RuleBasedStateMachine):
    """One example is one history; `base`, `batches` and `with_dossier` are set by whoever runs it.

    `with_dossier`: somebody files the yearly dossier too, which leaves less room for the services.
    """

    base: Base
    batches = True
    with_dossier = True
    counts: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.town: Town | None = None

    @initialize(many=st.sampled_from((1, 10)), live=st.integers(1, SERVICES), alone=st.booleans())
    def begin(self, many: int, live: int, alone: bool) -> None:
        """`alone`: nobody but the site ever writes, and the registry is never restored."""
        self.town = Town(self.base, batches=self.batches, many=many, alone=alone)
        for number in range(live):
            self.town.edit(number, "title")
        self.town.run()

    @rule(act=editors)
    def an_editor(self, act: Act) -> None:
        self._do(act)

    @rule(act=decisions)
    def an_editor_decides(self, act: Act) -> None:
        self._do(act)

    @rule(act=agents)
    def an_agent(self, act: Act) -> None:
        self._do(act)

    @precondition(lambda self: self.with_dossier)
    @rule(act=filers)
    def somebody_files(self, act: Act) -> None:
        self._do(act)

    @rule(act=fortunes)
    def it_happens(self, act: Act) -> None:
        self._do(act)

    def _do(self, act: Act) -> None:
        name, given = act
        self.counts[name] += 1
        getattr(self.town, name)(**given)

    @rule()
    def run(self) -> None:
        self.town.run()

    @rule(troubles=troubles)
    def run_through_faults(self, troubles: list[tuple[Act, Befalls, bool]]) -> None:
        for act, befalls, now in troubles:
            self._do(act)
            self.town.run(self._meeting(befalls), now=now)

    @rule(
        act=st.one_of(edits, editors, files),
        dies_at=st.integers(1, 60),
        elsewhere=st.sampled_from((False, False, True)),
    )
    def run_and_die(self, act: Act, dies_at: int, elsewhere: bool) -> None:
        self._do(act)
        self.town.run(dies_at=dies_at, elsewhere=elsewhere, now=True)

    def _meeting(self, befalls: Befalls) -> Callable:
        met: Counter[str] = Counter()

        def meet(process: Process, request: Request):
            way = "write" if request.writes else "read"
            found = befalls.get((way, met[way]))
            met[way] += 1
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
    def what_was_filed_is_kept(self) -> None:
        self._check(invariants.what_was_filed_is_kept)

    @invariant()
    def a_dossier_is_filed_as_it_was_frozen(self) -> None:
        self._check(invariants.a_dossier_is_filed_as_it_was_frozen)

    @invariant()
    def no_dossier_of_somebody_else_is_overwritten(self) -> None:
        self._check(invariants.no_dossier_of_somebody_else_is_overwritten)

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
        self._run_in_quiet()
        invariants.both_sides_are_equal_or_it_shows(town)
        invariants.the_dossier_stands_there_or_it_shows(town)
        waits = bool(town.result.plan.waiting) or any(row.remote for row in town.rows().values())
        self.counts["left to a person"] += waits
        # What went back is confirmed first; it may then turn out to differ. Not all that stands
        # there can be taken.
        for side in (Choice.THEIRS, Choice.MINE, Choice.MINE) if waits else ():
            town.confirm()
            for number in town.slots():
                town.decide(number, SERVICE_FIELDS, side)
            town.try_again()
            for id, row in town.rows().items():
                if row.state == State.UNKNOWN_CODE:
                    town.edit(town.number(UUID(id)), "title")
            self._run_in_quiet()
        assert not invariants.differences(town), "what was decided on does not get through"
        self._settle_filing()

    def _settle_filing(self) -> None:
        """Once somebody decided, and the campaign is open, the last version stands there."""
        town = self.town
        last = town.last_version()
        if last is None or last.state == Filing.State.GIVEN_UP:
            return
        self.counts["dossiers filed"] += 1
        if last.state == Filing.State.FILED and not last.message:
            return
        self.counts["dossiers left to a person"] += 1
        town.reopen_campaign()
        for how in ("again", "replace", "replace"):
            town.settle_filing(how)
            self._run_in_quiet()
        last = town.last_version()
        assert invariants.stands(town, last), last.state

    def _run_in_quiet(self) -> None:
        for _run in range(QUIET_RUNS):
            self.town.wait(PAST_BACK_OFF)
            self.town.run()
            for holds in invariants.ALWAYS:
                holds(self.town)
            if self.town.wire.exchanges == 1 and not self.town.result.error:
                # Nothing was left to read or to send, and nothing will be.
                break
