"""`villes_internet_sync --enqueue`: one task a town, for as many workers as there are."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from tests.factories import AuthorityFactory
from wagtail_villes_internet.sync.models import Link, Registry, SyncRun

from .queue import TASKS, Queue

MEMORY = {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}


@pytest.fixture
def queue():
    Queue.waiting.clear()
    with override_settings(TASKS=TASKS, WAGTAIL_VILLES_INTERNET={"REGISTRY": MEMORY}):
        yield Queue
    Queue.waiting.clear()


def sync(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and complaints."""
    code = 0
    try:
        call_command("villes_internet_sync", *arguments)
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    return code, said.out, said.err


def test_one_task_a_town_and_nothing_else(engine, queue, capsys):
    engine.service(title="Rendez-vous")
    engine.registry.add_authority((sete := AuthorityFactory(name="Sète")).siren)

    code, out, err = sync(capsys, "--enqueue")

    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 2
    assert engine.requests() == []
    assert {args for _task, args, _kwargs in queue.waiting} == {
        (engine.authority.pk,),
        (sete.pk,),
    }
    queue.work()
    assert list(engine.there().values()) == ["Rendez-vous"]


def test_towns_by_hand_get_none(engine, queue, capsys):
    AuthorityFactory(siren=None)

    assert sync(capsys, "--enqueue")[0] == 0
    assert len(queue.take()) == 1


def test_one_town_alone(engine, queue, capsys):
    AuthorityFactory(name="Sète")

    assert sync(capsys, "--enqueue", "--authority", engine.siren)[0] == 0
    assert [args for _task, args, _kwargs in queue.take()] == [(engine.authority.pk,)]


def test_a_town_whose_task_still_waits_gets_no_other(engine, queue, capsys):
    engine.run()
    sync(capsys, "--enqueue")
    code, out, _err = sync(capsys, "--enqueue", "--format", "json")

    document = json.loads(out)
    assert (code, document["exit_code"]) == (0, 0)
    assert [one["enqueued"] for one in document["authorities"]] == [False]
    assert len(queue.take()) == 1


def test_the_same_queries_for_one_town_however_many_services(
    engine, queue, capsys, django_assert_num_queries
):
    for _n in range(30):
        engine.service()
    engine.run()

    # The runs too old, the towns, and one UPDATE.
    with django_assert_num_queries(4):
        sync(capsys, "--enqueue")


def test_without_a_worker_it_says_so_in_one_line(engine, queue, capsys):
    AuthorityFactory()
    immediate = "django_tasks.backends.immediate.ImmediateBackend"
    with override_settings(TASKS={"default": {"BACKEND": immediate}}):
        code, out, err = sync(capsys, "--enqueue")

    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "TASKS" in err
    assert engine.requests() == []


@pytest.mark.parametrize("option", ["--dry-run", "--adopt", "--force-withdraw", "--now"])
def test_a_task_takes_none_of_the_other_options(engine, queue, capsys, option):
    code, out, err = sync(capsys, "--enqueue", option)

    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert queue.waiting == []


class TestOldRuns:
    @pytest.fixture
    def runs(self, engine):
        registry = Registry.objects.create(address=engine.registry.address)
        now = timezone.now()
        for days in (1, 390, 400):
            SyncRun.objects.create(
                authority=engine.authority,
                registry=registry,
                started_at=now - timedelta(days=days),
                outcome=SyncRun.Outcome.DONE,
            )
        return lambda: sorted(
            (now - one.started_at).days for one in SyncRun.objects.filter(started_at__lt=now)
        )

    def test_are_forgotten_after_thirteen_months(self, runs, queue, capsys):
        sync(capsys)
        assert runs() == [1, 390]

    def test_by_the_operators_call_as_well(self, runs, queue, capsys):
        sync(capsys, "--enqueue")
        assert runs() == [1, 390]

    def test_and_kept_by_a_dry_run(self, runs, queue, capsys):
        sync(capsys, "--dry-run")
        assert runs() == [1, 390, 400]


def test_what_was_asked_for_is_noted_on_the_link(engine, queue, capsys):
    engine.run()
    sync(capsys, "--enqueue")
    assert Link.objects.get().queued_at is not None

    queue.work()
    assert Link.objects.get().queued_at is None
