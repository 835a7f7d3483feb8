"""Four workers over PostgreSQL, two of them killed on the way: nothing lost, nothing twice.

`VI_WORKERS="200x20"` is the full size: towns, and services in each.
"""

import json
import os
import sqlite3
from collections import defaultdict
from contextlib import closing

import pytest

from tests.postgres import Cluster, programs
from tests.processes import RegistryProcess, wait_until

from .installation import WITHIN, Installation, end

TOWNS, SERVICES = map(int, os.environ.get("VI_WORKERS", "8x5").split("x"))
DECLARED = TOWNS * SERVICES

# What a worker sent then is done when it is dead, and when another may have sent it again.
SLOW_WRITES = [
    {"method": method, "path": "/services", "answer": "pass", "seconds": 3}
    for method in ("POST", "PUT")
]
LATER = """
from django.db.models import F
from datetime import timedelta
Link.objects.update(queued_at=F("queued_at") - timedelta(minutes=10))
"""
SAYING_WHY = "SELECT count(*) FROM wagtail_villes_internet_link WHERE last_error <> ''"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        programs() is None, reason="PostgreSQL is not installed: apt-get install postgresql"
    ),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with RegistryProcess(tmp_path_factory.mktemp("registry"), faulty=True) as served:
        yield served


@pytest.fixture(scope="module")
def site(registry, tmp_path_factory):
    with Cluster() as cluster:
        opened = Installation(cluster, registry, tmp_path_factory.mktemp("site"))
        opened.open(TOWNS, SERVICES)
        yield opened
        opened.close()


@pytest.fixture
def workers(site):
    """Four of them, of which a test may kill some."""
    begun = {name: site.start_worker(name) for name in ("a", "b", "c", "d")}
    yield begun
    for worker in begun.values():
        end(worker)


def log_of(registry) -> list[tuple[str, str, str]]:
    """Service, key and title of every change at the registry, in its order."""
    with closing(sqlite3.connect(f"file:{registry.database}?mode=ro", uri=True)) as database:
        return database.execute(
            "SELECT service_id, key, public_title FROM registry_logline ORDER BY id"
        ).fetchall()


def until_changes(registry, count: int) -> None:
    wait_until(lambda: len(log_of(registry)) >= count, WITHIN, f"{count} changes did not arrive")


def versions_of(log) -> dict[str, list[int]]:
    found = defaultdict(list)
    for service, _key, title in log:
        found[service].append(int(title.rpartition("v")[2]))
    return found


def test_two_of_four_workers_are_killed_on_the_way(site, registry, workers, capsys):
    assert site.sync("--enqueue").returncode == 0
    until_changes(registry, DECLARED // 4)
    for version in (2, 3):
        registry.fail(*SLOW_WRITES)
        # Every town publishes while they are at it: each publication asks for a run of its own.
        edit = site.start_edit(version)
        site.kill_one_at_work(workers)
        assert edit.wait(WITHIN) == 0
    site.wait_until_idle(interrupted=2)

    # Ten minutes later, cron: the workers that are left make up for the two that are gone, one of
    # which may have died before it began.
    site.do(LATER)
    assert site.sync("--enqueue").returncode == 0
    site.wait_until_idle(interrupted=2)
    last = site.sync("--format", "json")
    log = log_of(registry)
    after = site.do(
        """
answer = {
    "states": sorted(set(Declaration.objects.values_list("state", flat=True))),
    "declarations": Declaration.objects.count(),
    "unanswered": Attempt.objects.filter(answered_at=None).count(),
    "attempts": Attempt.objects.count(),
    "tasks": DBTaskResult.objects.filter(task_path__endswith="synchronise").count(),
    "failed": list(DBTaskResult.objects.filter(status="FAILED").values_list("traceback")),
}
"""
    )
    done = [one["did"]["declared"] for one in json.loads(last.stdout)["authorities"]]
    with capsys.disabled():
        print(
            f"\n{TOWNS} towns × {SERVICES} services, 4 workers, 2 killed: "
            f"{len(log)} changes under {len({key for _id, key, _title in log})} keys, "
            f"{after['attempts']} attempts, {after['tasks']} tasks of which "
            f"2 interrupted"
        )

    assert sum(done) == 0
    assert (last.returncode, last.stderr) == (0, "")
    assert after["failed"] == []
    assert (after["declarations"], after["states"]) == (DECLARED, ["sent"])
    assert after["unanswered"] == 0
    keys = [key for _service, key, _title in log]
    assert len(keys) == len(set(keys)), "a key had two effects"
    versions = versions_of(log)
    assert len(versions) == DECLARED
    assert all(found == sorted(set(found)) for found in versions.values()), "out of order"
    assert sum(found[-1] == 3 for found in versions.values()) == TOWNS
    assert sum(found == [1] for found in versions.values()) == TOWNS * (SERVICES - 1)


def test_the_workers_of_a_copied_database_send_nothing(site, registry):
    before = log_of(registry)
    site.do(LATER)
    copy = site.as_copy()
    site.edit(version=4)
    copy.start_worker("copy", "--batch").wait(WITHIN)

    assert log_of(registry) == before
    assert site.value_of(SAYING_WHY) == TOWNS
    # And by the command alike, which says so.
    assert copy.sync().returncode == 2
    assert log_of(registry) == before
