"""A worker makes the run that a publication asks for: one, after it, and never in the request."""

import logging
from datetime import timedelta

import pytest
from django import VERSION
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.sync import lease, tasks
from wagtail_villes_internet.sync.models import Link

from .queue import TASKS, Queue

MEMORY = {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
MANUAL = {"BACKEND": "wagtail_villes_internet.registry.manual.ManualRegistry"}
HTTP = {
    "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
    "OPTIONS": {"url": "https://registre.invalid/api/v1/"},
}
NO_WORKER = [
    f"{package}.{backend}"
    for package in ("django_tasks.backends", "django.tasks.backends")
    for backend in ("immediate.ImmediateBackend", "dummy.DummyBackend")
    # Django has them from 6.0 on.
    if package.startswith("django_tasks") or VERSION >= (6, 0)
]


def configured(registry=None, **settings):
    given = {"REGISTRY": registry} if registry else {}
    return override_settings(WAGTAIL_VILLES_INTERNET={**given, **settings})


@pytest.fixture
def queue():
    Queue.waiting.clear()
    with override_settings(TASKS=TASKS):
        yield Queue
    Queue.waiting.clear()


@pytest.fixture
def automatic():
    with configured(MEMORY):
        yield


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """What is left to the commit happens at the end of the `with`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def publish(service) -> None:
    service.save_revision().publish()


@pytest.fixture
def town(engine, automatic, queue):
    """A town whose one service was transmitted, and a worker."""
    engine.known = engine.service(title="Rendez-vous")
    assert engine.run().is_done
    engine.requests()
    return engine


class TestWhatAsksForARun:
    def test_a_publication(self, town, queue, on_commit):
        town.known.title = "Rendez-vous en mairie"
        with on_commit():
            publish(town.known)
            assert queue.waiting == [], "nothing before the commit"

        assert queue.work() == 1
        assert town.there()[town.known.remote_id] == "Rendez-vous en mairie"

    def test_the_very_first_publication(self, engine, automatic, queue, on_commit):
        service = engine.service(title="Premier", live=False)
        with on_commit():
            publish(service)

        assert queue.work() == 1
        assert engine.there() == {service.remote_id: "Premier"}

    def test_an_unpublication(self, town, queue, on_commit):
        with on_commit():
            town.known.unpublish()

        assert queue.work() == 1
        assert town.there() == {}

    def test_a_deletion(self, town, queue, on_commit):
        with on_commit():
            town.known.delete()

        assert queue.work() == 1
        assert town.there() == {}

    def test_counted_turned_off(self, town, queue, on_commit):
        town.known.counted = False
        with on_commit():
            publish(town.known)

        assert queue.work() == 1
        assert town.there() == {}

    def test_not_the_deletion_of_what_was_never_declared(self, town, queue, on_commit):
        draft, firewall = town.service(live=False), town.service(counted=False)
        with on_commit():
            draft.delete()
            firewall.delete()

        assert queue.waiting == []

    def test_not_a_draft(self, town, queue, on_commit):
        with on_commit():
            town.known.save_revision()

        assert queue.waiting == []

    def test_not_what_was_rolled_back(self, town, queue, on_commit):
        with on_commit(), transaction.atomic():
            publish(town.known)
            transaction.set_rollback(True)

        assert queue.waiting == []


class TestOneRunForMany:
    def test_ten_publications_are_one_task(self, town, queue, on_commit):
        with on_commit():
            for _n in range(10):
                publish(town.service())

        assert queue.work() == 1
        assert len(town.there()) == 11

    def test_what_is_published_once_it_began_is_another(self, town, queue, on_commit):
        with on_commit():
            publish(town.known)
        queue.work()
        with on_commit():
            publish(town.known)

        assert len(queue.take()) == 1

    def test_each_town_has_its_own(self, town, queue, on_commit):
        with on_commit():
            publish(town.known)
            publish(DigitalServiceFactory(authority=AuthorityFactory()))

        assert len(queue.take()) == 2

    @pytest.mark.parametrize("minutes", [-60, 60], ids=["lost", "of a clock put right"])
    def test_a_task_that_never_began_is_asked_for_again(self, town, queue, on_commit, minutes):
        Link.objects.update(queued_at=timezone.now() + timedelta(minutes=minutes))
        with on_commit():
            publish(town.known)

        assert len(queue.take()) == 1

    def test_of_two_at_once_one_enqueues(self, town, queue):
        assert tasks.enqueue(town.authority.pk, town.registry) is True
        assert tasks.enqueue(town.authority.pk, town.registry) is False
        assert len(queue.take()) == 1

    def test_a_queue_nobody_emptied_costs_one_run(self, town, queue, monkeypatch):
        for _tick in range(5):
            Link.objects.update(queued_at=timezone.now() - timedelta(hours=1))
            tasks.enqueue(town.authority.pk, town.registry)
        runs = []
        monkeypatch.setattr(tasks, "run", lambda *whom: runs.append(whom))

        assert queue.work() == 5
        assert len(runs) == 1

    def test_a_publication_during_a_run_wakes_it(self, town, queue, on_commit):
        running = lease.take(town.link.pk)
        with on_commit():
            publish(town.known)

        assert lease.release(running) is not None, "the run under way goes round once more"

    def test_a_task_that_finds_a_run_under_way_leaves_it_the_work(self, town, queue, on_commit):
        with on_commit():
            publish(town.known)
        running = lease.take(town.link.pk)
        queue.work()

        assert town.requests() == []
        assert lease.release(running) is not None


class TestWhatItCosts:
    def queries(self, on_commit, act) -> int:
        with CaptureQueriesContext(connection) as captured, on_commit():
            act()
        return len(captured)

    @pytest.fixture
    def without(self, town, on_commit):
        """The queries of a publication where nobody listens."""
        publish(town.known)
        with configured():
            return self.queries(on_commit, lambda: publish(town.known))

    def test_the_first_publication_costs_one_query(self, town, queue, on_commit, without):
        assert self.queries(on_commit, lambda: publish(town.known)) == without + 1

    def test_those_that_find_it_asked_for_cost_two(self, town, queue, on_commit, without):
        tasks.enqueue(town.authority.pk, town.registry)

        assert self.queries(on_commit, lambda: publish(town.known)) == without + 2

    @pytest.mark.parametrize("backend", NO_WORKER)
    def test_without_a_worker_nothing(self, town, on_commit, backend):
        with override_settings(TASKS={"default": {"BACKEND": backend}}):
            publish(town.known)
            with configured():
                alone = self.queries(on_commit, lambda: publish(town.known))
            assert self.queries(on_commit, lambda: publish(town.known)) == alone
        assert town.requests() == []

    def test_by_hand_nothing(self, town, queue, on_commit, without):
        with configured(MANUAL):
            assert self.queries(on_commit, lambda: publish(town.known)) == without
        assert queue.waiting == []


class TestAQueueThatFails:
    def test_leaves_the_publication_alone(self, town, queue, on_commit, monkeypatch, caplog):
        monkeypatch.setattr(Queue, "is_down", True)
        town.known.title = "Publié quand même"
        with on_commit():
            publish(town.known)

        town.known.refresh_from_db()
        assert (town.known.live, town.known.title) == (True, "Publié quand même")
        assert "No run could be enqueued" in caplog.text
        caplog.clear()

    def test_is_not_tried_again_at_every_click(self, town, queue, on_commit, monkeypatch, caplog):
        monkeypatch.setattr(Queue, "is_down", True)
        for _n in range(3):
            with on_commit():
                publish(town.known)

        assert caplog.text.count("No run could be enqueued") == 1
        caplog.clear()

    def test_a_registry_nobody_can_use_does_the_same(self, town, queue, on_commit, caplog):
        with configured({"BACKEND": "nowhere.Registry"}), on_commit():
            publish(town.known)

        assert queue.waiting == []
        assert "nowhere.Registry" in caplog.text


class TestTheTask:
    def test_runs_whoever_called_it(self, town):
        town.service(title="Autre")
        tasks.synchronise.call(town.authority.pk)

        assert "Autre" in town.there().values()

    def test_an_authority_that_is_gone_is_no_failure(self, db, automatic):
        tasks.synchronise.call(0)

    def test_by_hand_there_is_nothing_to_do(self, town):
        with configured(MANUAL):
            tasks.synchronise.call(town.authority.pk)

        assert not Link.objects.filter(registry__address="").exists()

    def test_an_authority_without_siren_is_by_hand(self, db, automatic):
        authority = AuthorityFactory(siren=None)
        tasks.synchronise.call(authority.pk)

        assert not Link.objects.filter(authority=authority).exists()

    def test_without_a_token_nobody_is_asked(self, db):
        authority = AuthorityFactory()
        with configured(HTTP):
            tasks.synchronise.call(authority.pk)

        assert not Link.objects.exists()

    @pytest.mark.parametrize("settings", [{"REGISTRY": 3}, {"REGISTRY": {"BACKEND": "no.where"}}])
    def test_settings_nobody_can_read_are_one_line_of_the_log(self, db, caplog, settings):
        authority = AuthorityFactory()
        with override_settings(WAGTAIL_VILLES_INTERNET=settings):
            tasks.synchronise.call(authority.pk)

        [record] = caplog.records
        assert (record.levelno, record.exc_info) == (logging.ERROR, None)

    def test_a_copy_of_the_database_sends_nothing(self, town):
        town.service(title="De la copie")
        with configured(MEMORY, INSTANCE="copie"):
            tasks.synchronise.call(town.authority.pk)

        assert "De la copie" not in town.there().values()
        assert town.requests() == []

    def test_no_token_is_logged(self, db, caplog):
        authority = AuthorityFactory()
        token = "un-jeton-que-nul-ne-lit"
        registry = {**HTTP, "OPTIONS": {"url": "http://127.0.0.1:9/api/v1/"}}
        with configured(registry, REGISTRY_TOKENS={authority.siren: token}):
            tasks.synchronise.call(authority.pk)

        assert Link.objects.get().last_error
        assert token not in caplog.text + Link.objects.get().last_error
        caplog.clear()


@pytest.mark.parametrize("path", NO_WORKER)
def test_neither_an_immediate_nor_a_dummy_backend_is_a_worker(path):
    with override_settings(TASKS={"default": {"BACKEND": path}}):
        assert tasks.has_worker() is False


def test_a_queue_is_one(queue):
    assert tasks.has_worker() is True
