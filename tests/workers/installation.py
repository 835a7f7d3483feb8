"""An operator's installation in processes: the site of many towns, and the workers beside it."""

import json
import os
import signal
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from tests.factories import next_siren
from tests.postgres import Cluster
from tests.processes import RegistryProcess, wait_until

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "operator-token"
WITHIN = 300
PRELUDE = """
import json
from wagtail.models import Locale
from django_tasks_db.models import DBTaskResult
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link

answer = None
"""
# What an import does: many live rows at once, which no signal announces.
OPEN = """
towns = LocalAuthority.objects.bulk_create(
    LocalAuthority(name=f"Ville {{siren}}", siren=siren, department_name="Hérault")
    for siren in {sirens!r}
)
services = DigitalService.objects.bulk_create(
    DigitalService(authority=town, locale=Locale.get_default(), title=f"Service {{n}} v1")
    for town in towns for n in range({services})
)
code = ReferenceService.objects.get(code="p-rdv-titres")
through = DigitalService.reference_services.through
through.objects.bulk_create(through(digitalservice=one, referenceservice=code) for one in services)
"""
# What an editor does, in every town.
EDIT = """
for one in DigitalService.objects.filter(title__startswith="Service 0 "):
    one.title = "Service 0 v{version}"
    one.save_revision().publish()
"""

# The worker of one town that is being run, among those that live.
AT_WORK = """
SELECT max(worker_ids ->> -1) FROM django_tasks_database_dbtaskresult
WHERE status = 'RUNNING' AND task_path LIKE '%%.synchronise' AND worker_ids ?| %s
"""
BUSY = """
SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')
"""


class Installation:
    """Towns of `services` services each, known to `registry`, with as many workers as are begun.

    `instance` names it; a copy under another name is `as_copy`.
    """

    def __init__(
        self, cluster: Cluster, registry: RegistryProcess, folder: Path, instance: str = "site"
    ) -> None:
        self.cluster, self.registry, self.folder = cluster, registry, folder
        self.instance = instance

    def as_copy(self) -> "Installation":
        return Installation(self.cluster, self.registry, self.folder, "copy")

    def open(self, towns: int, services: int) -> None:
        sirens = [next_siren() for _n in range(towns)]
        known = self.folder / "authorities.json"
        known.write_text(json.dumps([{"siren": one, "name": f"Ville {one}"} for one in sirens]))
        self.registry.agent("add-authorities", known)
        self.registry.agent("issue-token", "operator", TOKEN, *sirens)
        done = self.manage("migrate", "--verbosity=0")
        assert done.returncode == 0, done.stderr
        self.do(OPEN.format(sirens=sirens, services=services))

    def start_edit(self, version: int) -> subprocess.Popen[bytes]:
        """Publish the first service of every town under another title."""
        script = PRELUDE + EDIT.format(version=version)
        return self._start("edit", "shell", "--no-imports", "-c", script)

    def edit(self, version: int) -> None:
        assert self.start_edit(version).wait(WITHIN) == 0

    def start_worker(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        options = ("--no-startup-delay", "--interval", "0.1", "--worker-id", name)
        return self._start(name, "db_worker", *options, *arguments)

    def kill_one_at_work(self, workers: dict[str, subprocess.Popen[bytes]]) -> None:
        """SIGKILL to one of these workers while it runs a town, and at no other moment.

        Takes it out of `workers`.
        """

        def is_caught() -> bool:
            name = self.value_of(AT_WORK, [*workers])
            if name is None:
                return False
            workers[name].send_signal(signal.SIGSTOP)
            if self.value_of(AT_WORK, [name]) is None:
                workers[name].send_signal(signal.SIGCONT)
                return False
            end(workers.pop(name))
            return True

        wait_until(is_caught, WITHIN, "No worker was ever seen at work.")

    def value_of(self, query: str, *values: object) -> Any:
        """What the database answers to a query for one value."""
        return self._database.execute(query, values).fetchone()[0]

    @cached_property
    def _database(self) -> psycopg.Connection:
        where = self.cluster.environment
        return psycopg.connect(
            host=where["PGHOST"], user=where["PGUSER"], dbname=where["PGDATABASE"], autocommit=True
        )

    def close(self) -> None:
        self._database.close()

    def wait_until_idle(self, *, interrupted: int) -> None:
        """Nothing waits or runs but the tasks of killed workers, which nobody takes up again."""
        wait_until(lambda: self.value_of(BUSY) == interrupted, WITHIN, "The queue was not emptied.")

    def sync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.manage("villes_internet_sync", *arguments)

    def do(self, code: str) -> object:
        """Run Python on the site, and return what it left in `answer`."""
        script = f"{PRELUDE}\n{code}\nprint(json.dumps(answer))\n"
        done = self.manage("shell", "--no-imports", "-c", script)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "django", *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.cluster.environment,
            "DJANGO_SETTINGS_MODULE": "tests.workers.settings",
            "VI_TEST_REGISTRY_URL": self.registry.base_url,
            "VI_TEST_TOKEN": TOKEN,
            "VI_TEST_INSTANCE": self.instance,
        }


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, and nothing is left of it."""
    process.kill()
    process.wait()
