"""Real processes for tests that speak HTTP between them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

MANAGE = Path(__file__).resolve().parent.parent / "example_project" / "registry" / "manage.py"
STARTS_WITHIN = 20.0
STOPS_WITHIN = 10.0
BETWEEN_POLLS = 0.02


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool], within: float, what: str) -> None:
    """Polls until `holds`. Raises `TimeoutError` with `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(BETWEEN_POLLS)


class RegistryProcess:
    """The reference registry, served by a process of its own from a database of its own.

    As a context manager it prepares the database in `folder` (migrated, and with the demo's data
    unless `demo=False`), serves it, and stops it at the end::

        with RegistryProcess(tmp_path) as registry:
            requests.get(f"{registry.base_url}matrix")
            registry.agent("delete", registry.siren, service_id)
            registry.kill()
            registry.start()
    """

    siren = "213401458"
    token = "demo-token-lunel"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        demo: bool = True,
        faulty: bool = False,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.database = folder / "registry.sqlite3"
        self.log = folder / "registry.log"
        self.port = port or free_port()
        self.demo = demo
        self.faults = folder / "faults.json"
        self.environment = environment or {}
        if faulty:
            self.environment = {**self.environment, "VI_REGISTRY_FAULTS": str(self.faults)}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def site_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def base_url(self) -> str:
        """The base path of the contract, with its final slash."""
        return f"{self.site_url}api/v1/"

    def __enter__(self) -> "RegistryProcess":
        self.prepare()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def prepare(self) -> None:
        self.manage("migrate", "--verbosity=0")
        if self.demo:
            self.manage("load_demo")

    def start(self) -> None:
        """Serves, and returns once it answers. Raises `TimeoutError` or `RuntimeError`."""
        if self.process is not None:
            raise RuntimeError("The registry is served already.")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command("serve"), "--port", str(self.port)],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._answers, STARTS_WITHIN, "The registry did not answer.")
        except BaseException:
            self.kill()
            raise

    def stop(self) -> int | None:
        """SIGTERM, and the exit code; None when nothing was served."""
        return self._end("terminate")

    def kill(self) -> int | None:
        """SIGKILL: nothing is finished, nothing is said."""
        return self._end("kill")

    def restart(self) -> None:
        """Stops and serves again, on the same port and database."""
        self.stop()
        self.start()

    def agent(self, *arguments: object) -> str:
        """Does something as the association's staff, and returns what was printed."""
        return self.manage("agent", *arguments)

    def fail(self, *faults: dict[str, object]) -> None:
        """Has the next requests meet these faults, and no other: see `registry.faults`.

        Only a registry made `faulty` looks.
        """
        written = self.faults.with_suffix(".next")
        written.write_text(json.dumps(faults), encoding="utf-8")
        os.replace(written, self.faults)

    def backup(self, file: Path) -> None:
        """Copies the registry to a new file."""
        self.manage("backup", file)

    def restore(self, file: Path) -> str:
        """Puts the registry back to that copy, and returns its new epoch."""
        return self.manage("restore", file)

    def manage(self, *arguments: object) -> str:
        """Runs a command on the registry's database. Raises `CommandFailed`."""
        done = self.run(*arguments)
        if done.returncode:
            raise CommandFailed(done.stderr)
        return done.stdout.strip()

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """The same, for those who want to see a failure."""
        return subprocess.run(
            self._command(*arguments),
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _command(self, *arguments: object) -> list[str]:
        return [sys.executable, str(MANAGE), *map(str, arguments)]

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")
        }
        return {**inherited, "VI_REGISTRY_DB": str(self.database), **self.environment}

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"The registry ended at once: {self.log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{self.base_url}editions", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def _end(self, how: str) -> int | None:
        if self.process is None:
            return None
        process, self.process = self.process, None
        getattr(process, how)()
        try:
            return process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


class CommandFailed(Exception):
    """A command ended with another code than 0; the message is what it said."""
