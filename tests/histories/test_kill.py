"""The command is killed at any moment, and the next run goes on from there, dossiers included.

`VI_KILLS` is how many times on each database. Every other kill comes at a random moment of a run,
the others as soon as the registry has begun to do what it was sent: between send and answer.
"""

import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.postgres import Cluster, programs
from tests.processes import RegistryProcess, wait_until
from tests.sync.filings.by_process import FILE, STANDS, YEAR
from tests.sync.site import SiteProcess

KILLS = int(os.environ.get("VI_KILLS", "5"))
SEED = 20260302
# After so many, the command is left to itself and both sides are compared.
IN_A_ROW = 5
RUNS_TO_RECOVER = 3
SERVICES = 100
WITHIN = 60

SERVICE = "wagtail_villes_internet_digitalservice"
OPEN = f"""
town = LocalAuthority.objects.create(
    name="Lunel", siren="{RegistryProcess.siren}", insee="34145", department_name="Hérault"
)
services = DigitalService.objects.bulk_create(
    DigitalService(authority=town, locale=Locale.get_default(), title="Service")
    for n in range({SERVICES})
)
code = ReferenceService.objects.get(code="p-rdv-titres")
through = DigitalService.reference_services.through
through.objects.bulk_create(through(digitalservice=one, referenceservice=code) for one in services)
"""
# What a script does, past all signals: a third changes, ten leave, and those before them are back.
EDIT = (
    "UPDATE {table} SET title = 'Service ' || id || ', version {version}'"
    " WHERE id % 3 = {version} % 3",
    "UPDATE {table} SET live = (id % 10 <> {version} % 10)",
)
UNANSWERED = (
    "SELECT (SELECT count(*) FROM wagtail_villes_internet_attempt WHERE answered_at IS NULL)"
    " + (SELECT count(*) FROM wagtail_villes_internet_filingattempt WHERE answered_at IS NULL)"
)
LINES = "SELECT count(*) FROM registry_logline"
TWICE = "SELECT key FROM registry_logline WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"

FILINGS = "SELECT key, sha256 FROM registry_filing"

pytestmark = pytest.mark.processes


@dataclass
class Told:
    """What came of the kills."""

    killed: int = 0
    unanswered: int = 0
    too_late: int = 0
    filed: int = 0
    recoveries: list[int] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return self.killed + self.too_late


class Site:
    """The town's site, and its database seen from beside it."""

    def __init__(self, process: SiteProcess, connect) -> None:
        self.process = process
        self.connect = connect
        self.version = 0

    def open(self, registry: RegistryProcess) -> None:
        done = self.process.manage("migrate", "--verbosity=0")
        assert done.returncode == 0, done.stderr
        self.process.edit(OPEN)
        self.process.url, self.process.token = registry.base_url, registry.token

    def edit(self) -> None:
        self.version += 1
        with closing(self.connect()) as database:
            for statement in EDIT:
                database.execute(statement.format(table=SERVICE, version=self.version))
            database.commit()

    def file(self) -> None:
        """Another version of the dossier, for the next run to send."""
        self.process.edit(f"{FILE}\nfile('Version {self.version}')")

    def unanswered(self) -> int:
        with closing(self.connect()) as database:
            return database.execute(UNANSWERED).fetchone()[0]

    def timed_sync(self) -> float:
        begun = time.monotonic()
        done = self.process.sync("--now")
        assert (done.returncode, done.stderr) == (0, "")
        return time.monotonic() - begun


@pytest.fixture
def registry(tmp_path):
    with RegistryProcess(tmp_path) as served:
        served.agent("open-edition", YEAR)
        yield served


@pytest.fixture
def on_sqlite(tmp_path):
    file = tmp_path / "site.sqlite3"
    return Site(SiteProcess(file), lambda: sqlite3.connect(file, timeout=WITHIN))


@pytest.fixture
def on_postgresql():
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with Cluster() as cluster:
        where = cluster.environment
        yield Site(
            SiteProcess(where),
            lambda: psycopg.connect(
                host=where["PGHOST"], user=where["PGUSER"], dbname=where["PGDATABASE"]
            ),
        )


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_killed_run_is_gone_on_with(request, database, registry, record_property):
    site = request.getfixturevalue(f"on_{database}")
    site.open(registry)
    site.timed_sync()
    idle = site.timed_sync()
    site.edit()
    busy = site.timed_sync()
    told, moments = Told(), random.Random(SEED)

    while told.killed < KILLS:
        for _kill in range(min(IN_A_ROW, KILLS - told.killed)):
            site.edit()
            site.file()
            if told.runs % 2:
                kill_at_work(site, registry, told)
            else:
                kill_after(site, moments.uniform(idle / 2, busy), told)
        told.recoveries.append(recover(site))
        assert ask(registry, TWICE) == []
        told.filed = filed_once(site, registry)

    assert told.killed == KILLS
    counted = {
        "kills": told.killed,
        "kills that left an answer unknown": told.unanswered,
        "runs that ended before their kill": told.too_late,
        "recoveries": len(told.recoveries),
        "runs to recover, at most": max(told.recoveries),
        "dossiers filed": told.filed,
        "changes at the registry": len(ask(registry, "SELECT id FROM registry_logline")),
    }
    record_property("counted", (f"kill -9 on {database}, seed {SEED}", counted))


def kill_after(site: Site, delay: float, told: Told) -> None:
    run = site.process.start_sync()
    with suppress(subprocess.TimeoutExpired):
        run.wait(timeout=delay)
    end(site, run, told)


def kill_at_work(site: Site, registry: RegistryProcess, told: Told) -> None:
    """As soon as the registry's log grows."""
    [(before,)] = ask(registry, LINES)
    run = site.process.start_sync()
    wait_until(
        lambda: ask(registry, LINES) != [(before,)] or run.poll() is not None,
        WITHIN,
        "Nothing was sent.",
    )
    end(site, run, told)


def end(site: Site, run: subprocess.Popen[str], told: Told) -> None:
    run.kill()
    run.communicate(timeout=WITHIN)
    if run.returncode == -signal.SIGKILL:
        told.killed += 1
        told.unanswered += site.unanswered() > 0
    else:
        told.too_late += 1


def recover(site: Site) -> int:
    """How many runs it takes until nothing is left, and both sides say the same."""
    done, count = site.process.sync("--now"), 1
    while done.returncode and count < RUNS_TO_RECOVER:
        done, count = site.process.sync("--now"), count + 1
    assert (done.returncode, done.stderr) == (0, "")
    assert site.unanswered() == 0
    compared = site.process.manage("villes_internet_reconcile")
    assert compared.returncode == 0, compared.stdout + compared.stderr
    return count


def filed_once(site: Site, registry: RegistryProcess) -> int:
    """How many versions stand at the registry: each once, each with its receipt here, and the
    last among them."""
    versions = site.process.edit(FILE + STANDS)
    sent = {ours: received for _n, state, ours, received in versions if state == "filed"}
    there = ask(registry, FILINGS)
    assert sorted(sha256 for _key, sha256 in there) == sorted(sent), "one effect a version"
    assert len({key for key, _sha256 in there}) == len(there)
    assert all(ours == received for ours, received in sent.items()), "a receipt is not ours"
    assert {state for _n, state, *_rest in versions} <= {"filed", "given_up"}
    assert versions[-1][1] == "filed"
    return len(sent)


def ask(registry: RegistryProcess, query: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{registry.database}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()
