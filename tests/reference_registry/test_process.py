"""The registry as a program: its start, its end, its log, and what a crash leaves."""

import os
import re
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
import requests

from tests.processes import MANAGE, STARTS_WITHIN, RegistryProcess, free_port, wait_until

from .town import TIMEOUT, Town, a_service, new_id, new_key

pytestmark = pytest.mark.processes


@pytest.fixture
def own_registry(prepared_database, tmp_path):
    """A registry that a test may stop and kill."""
    registry = RegistryProcess(tmp_path)
    registry.database.write_bytes(prepared_database.read_bytes())
    registry.start()
    yield registry
    registry.stop()


def test_a_registry_that_is_stopped_ends_well_and_keeps_its_data(own_registry, session):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)
    created = town.create(new_id()).json()
    assert own_registry.stop() == 0
    own_registry.start()
    assert town.read(created["id"]).json() == created


def test_a_port_in_use_is_said_in_one_line(registry):
    second = RegistryProcess(registry.database.parent, port=registry.port)
    done = second.run("serve", "--port", registry.port)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"CommandError: Le port {registry.port} est déjà pris : arrêtez ce qui l'occupe, "
        "ou choisissez-en un autre avec --port."
    ]
    assert done.stdout == ""


def test_a_database_that_is_not_migrated_is_said_in_one_line(tmp_path):
    done = RegistryProcess(tmp_path).run("serve", "--port", free_port())
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "migrate" in done.stderr


def test_the_commands_work_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, str(MANAGE), "check"],
        cwd=tmp_path,
        env={**os.environ, "VI_REGISTRY_DB": str(tmp_path / "a.sqlite3")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_migrations_are_those_of_the_models(registry):
    registry.manage("makemigrations", "--check", "--dry-run")


def test_the_registry_is_a_program_of_its_own():
    imports = re.compile(r"^\s*(?:from|import)\s+(wagtail\w*|requests|town)\b", re.MULTILINE)
    for path in MANAGE.parent.rglob("*.py"):
        assert not imports.search(path.read_text(encoding="utf-8")), path


def test_the_log_has_one_short_line_a_request_and_no_token(own_registry, session):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)
    town.create(new_id())
    town.get("/services", access_token=town.token)
    Town(own_registry, own_registry.siren, "a-wrong-token", session).get("/services")

    def lines() -> list[str]:
        # Those of whoever waited for the registry to answer are not the test's.
        return [line for line in own_registry.log.read_text().splitlines() if town.siren in line]

    wait_until(lambda: len(lines()) == 3, STARTS_WITHIN, "A request has no line.")
    assert [re.sub(r"[0-9a-f-]{36}|\d+ ms$", "…", line) for line in lines()] == [
        f"PUT /api/v1/authorities/{town.siren}/services/… 201 …",
        f"GET /api/v1/authorities/{town.siren}/services 200 …",
        f"GET /api/v1/authorities/{town.siren}/services 401 …",
    ]
    assert "token" not in own_registry.log.read_text()


def test_tokens_are_not_kept_in_clear(registry):
    octets = registry.database.read_bytes()
    assert b"demo-token-lunel" not in octets
    assert b"token-900000000" not in octets


def test_the_log_of_changes_says_who_changed_what(own_registry, session):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)
    created = town.create(new_id(), key='"k1"').json()
    own_registry.agent("edit", town.siren, created["id"], "--field", "title", "--value", "B")
    edited = town.read(created["id"]).json()
    town.withdraw(created["id"], edited["etag"], key='"k2"')
    own_registry.stop()
    connection = sqlite3.connect(own_registry.database)
    lines = connection.execute(
        "SELECT sequence, operation, service_id, key, actor, hash_before, hash_after"
        " FROM registry_logline ORDER BY sequence"
    ).fetchall()
    connection.close()
    lunel, id_ = "Lunel (démonstration)", created["id"]
    assert lines == [
        (1, "create", id_, "k1", lunel, "", created["hash"]),
        (2, "replace", id_, None, "registry", created["hash"], edited["hash"]),
        (3, "withdraw", id_, "k2", lunel, edited["hash"], ""),
    ]


@pytest.mark.parametrize("run", range(3))
def test_a_registry_killed_while_it_writes_has_each_write_whole_or_not_at_all(own_registry, run):
    sent: list[tuple[str, str]] = []
    acknowledged: dict[str, dict] = {}
    stopped = Event()

    def write() -> None:
        with requests.Session() as session:
            town = Town(own_registry, own_registry.siren, own_registry.token, session)
            for number in count():
                service_id, key = new_id(), new_key()
                sent.append((service_id, key))
                try:
                    answer = town.create(service_id, a_service(title=f"{number}"), key=key)
                except requests.RequestException:
                    break
                acknowledged[key] = answer.json()
        stopped.set()

    writer = Thread(target=write)
    writer.start()
    wait_until(lambda: len(acknowledged) > 5 + 3 * run, STARTS_WITHIN, "Nothing was written.")
    own_registry.kill()
    writer.join(TIMEOUT)
    assert stopped.is_set()
    own_registry.start()

    with requests.Session() as session:
        town = Town(own_registry, own_registry.siren, own_registry.token, session)
        for number, (service_id, key) in enumerate(sent):
            again = town.create(service_id, a_service(title=f"{number}"), key=key)
            assert again.status_code == 201
            if key in acknowledged:
                assert again.json() == acknowledged[key]
        items = town.feed(limit=500).json()["items"]
    assert [item["sequence"] for item in items] == list(range(1, len(sent) + 1))
    assert [item["id"] for item in items] == [service_id for service_id, _ in sent]


def test_a_registry_whose_file_is_held_says_that_it_is_busy(tmp_path, prepared_database, session):
    registry = RegistryProcess(tmp_path, environment={"VI_REGISTRY_LOCK_SECONDS": "0.1"})
    registry.database.write_bytes(prepared_database.read_bytes())
    registry.start()
    holder = sqlite3.connect(registry.database, isolation_level=None)
    try:
        town = Town(registry, registry.siren, registry.token, session)
        holder.execute("BEGIN IMMEDIATE")
        answer = town.create(new_id())
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["epoch"]
        assert town.get("/services").status_code == 200
        holder.execute("ROLLBACK")
        assert town.create(new_id()).status_code == 201
    finally:
        holder.close()
        registry.stop()


def test_the_folder_of_the_database_is_made(tmp_path: Path):
    registry = RegistryProcess(tmp_path / "not" / "yet")
    registry.prepare()
    assert registry.database.exists()
