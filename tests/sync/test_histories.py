"""Random histories of a town, an agent of the registry, and a network that fails.

What must hold is checked at the registry, at every write that took effect, and once all is quiet.
"""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import RemoteService, Tombstone
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Attempt, Declaration
from wagtail_villes_internet.sync.wanted import wanted_for

from .conftest import Engine

State = Declaration.State
SERVICES = range(3)
ON_ONE = ["edit", "unpublish", "republish", "delete", "agent edits", "agent deletes", "take"]
FAULTS = [
    errors.Unreachable(),
    errors.Busy(5),
    errors.InProgress(),
    errors.Unauthorized(),
    errors.PreconditionFailed(None),
    errors.Rejected(422),
    errors.UnknownCode(),
]
operations = st.one_of(
    st.tuples(st.sampled_from(ON_ONE), st.sampled_from(SERVICES)),
    st.tuples(st.just("run"), st.just(0)),
    st.tuples(st.just("lose"), st.integers(1, 2)),
    st.tuples(st.just("fail"), st.integers(0, len(FAULTS) - 1)),
    st.tuples(st.sampled_from(["back up", "restore", "forget keys"]), st.just(0)),
)


class History:
    """Does what it is told, and checks each write that takes effect at the registry."""

    def __init__(self):
        MemoryRegistry.forget_all()
        self.engine = Engine(MemoryRegistry())
        self.registry = self.engine.registry
        self.keys = [UUID(int=n + 1) for n in SERVICES]
        self.ids = [str(key) for key in self.keys]
        self.titles: set[str] = set()
        self.count = 0
        self.effects = Counter()
        self.settled: set[str] = set()
        self.somebody_else = False
        self.restore = None
        self._watch()
        for number in SERVICES:
            self._create(number)

    def _watch(self):
        put, withdraw = self.registry._put, self.registry._withdraw

        def watched_put(town, id, body, key):
            self._check(town.resources.get(id), id, key)
            return put(town, id, body, key)

        def watched_withdraw(town, id, key):
            self._check(town.resources.get(id), id, key)
            return withdraw(town, id, key)

        self.registry._put, self.registry._withdraw = watched_put, watched_withdraw

    def _check(self, before, id, key):
        if key is None:
            return
        self.effects[key] += 1
        assert self.effects[key] == 1, "one key, two effects"
        if isinstance(before, RemoteService) and before.key is None:
            assert before.body.title in self.titles, "an agent's content is overwritten unseen"
        if isinstance(before, Tombstone) and before.key is None:
            assert id in self.settled, "what an agent withdrew is created again"

    def _title(self):
        self.count += 1
        self.titles.add(f"Site {self.count}")
        return f"Site {self.count}"

    def _create(self, number):
        return self.engine.service(title=self._title(), translation_key=self.keys[number])

    def _service(self, number) -> DigitalService | None:
        return DigitalService.objects.filter(translation_key=self.keys[number]).first()

    def _there(self, number) -> RemoteService | None:
        return self.registry.services(self.engine.siren).get(self.ids[number])

    def do(self, what, which):
        service = self._service(which) if what in ON_ONE else None
        if what == "edit":
            service = service or self._create(which)
            service.title = self._title()
            service.save()
        elif what == "unpublish" and service:
            service.unpublish()
        elif what == "republish":
            (service or self._create(which)).save_revision().publish()
        elif what == "delete" and service:
            service.delete()
        elif what == "take" and service and (there := self._there(which)):
            self.titles.add(there.body.title)
            service.title = there.body.title
            service.save()
        elif what.startswith("agent") and self._there(which):
            self._agent(what, which)
        elif what == "run":
            self.run()
        elif what == "lose":
            self.registry.lose_next_answer(which)
        elif what == "fail":
            self._fail_next_write(FAULTS[which])
        elif what == "back up":
            self.restore = self.registry.backup()
        elif what == "restore" and self.restore:
            self.somebody_else = True
            self.restore()
            # A registry that went back may take a write again: its log went back too.
            self.effects.clear()
        elif what == "forget keys":
            self.registry.store.towns[self.engine.siren].answers.clear()
            long_ago = timezone.now() - timedelta(days=31)
            Attempt.objects.update(created_at=long_ago)

    def _agent(self, what, which):
        self.somebody_else = True
        if what == "agent edits":
            self.count += 1
            self.registry.agent_edit(
                self.engine.siren, self.ids[which], title=f"Agent {self.count}"
            )
        else:
            self.registry.agent_delete(self.engine.siren, self.ids[which])
            self.settled.discard(self.ids[which])

    def _fail_next_write(self, error):
        write = self.registry.write

        def failing(siren, attempt):
            self.registry.write = write
            raise error

        self.registry.write = failing

    def run(self):
        before = {row.pk: row.title for row in DigitalService.objects.all()}
        result = self.engine.run()
        assert before == {row.pk: row.title for row in DigitalService.objects.all()}
        town = self.registry.store.towns[self.engine.siren]
        assert self.engine.link.epoch != self.registry.store.epoch or (
            self.engine.link.sequence <= town.sequence
        )
        # Both sides took it away, and the site has noted that: it may be offered again.
        noted = set(
            Declaration.objects.filter(state=State.WITHDRAWN).values_list("remote_id", flat=True)
        )
        live = {service.remote_id for service in DigitalService.objects.live()}
        for id in noted - live:
            if isinstance(town.resources.get(id), Tombstone):
                self.settled.add(id)
        return result

    def end(self):
        """Faults stop; five runs later all is equal, or somebody is told why not."""
        self.registry.__dict__.pop("write", None)
        self.registry.store.faults.clear()
        self.registry.store.answers_to_lose = 0
        for _run in range(5):
            result = self.run()
        assert result.error is None
        assert not Attempt.objects.filter(answered_at__isnull=True).exists()
        wanted = wanted_for(self.engine.authority).services
        rows = {row.remote_id: row for row in Declaration.objects.all()}
        waiting = {step.id for step in result.plan.waiting}
        assert not result.plan.sending
        for number, id in enumerate(self.ids):
            there = self._there(number)
            hash_there = content_hash(there.body) if there else ""
            hash_here = wanted[id].hash if id in wanted else ""
            row = rows.get(id)
            visible = id in waiting or (row is not None and row.remote is not None)
            assert hash_here == hash_there or visible, f"{id} silently differs"
            if not self.somebody_else:
                assert row is None or row.state not in (State.CONFLICT, State.HELD)
                assert row is None or row.remote is None


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(operations, min_size=1, max_size=14))
def test_nothing_is_lost_doubled_or_silently_different(history):
    with transaction.atomic():
        town = History()
        for operation in history:
            note(str(operation))
            town.do(*operation)
        town.end()
        transaction.set_rollback(True)
