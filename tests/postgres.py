"""A PostgreSQL cluster of the tests' own, for processes that share a database."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from tests.processes import wait_until

# Debian keeps the server's programs out of the PATH.
DEBIAN = Path("/usr/lib/postgresql")
STARTS_WITHIN = 30.0
USER = "tests"
# Nothing of it need survive a power cut.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def programs() -> Path | None:
    """The folder of the server's programs, of the newest version; None where there are none."""
    newest = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda found: float(found.parts[-3]))
    found = newest[-1] if newest else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """Starts a server that listens on a socket in a folder of its own, and throws both away.

    `environment` is what libpq, and `tests.settings`, need to find it::

        with Cluster() as cluster:
            subprocess.run([…], env={**os.environ, **cluster.environment})

    Raises `FileNotFoundError` where PostgreSQL is not installed.
    """

    def __enter__(self) -> "Cluster":
        if (found := programs()) is None:
            raise FileNotFoundError("PostgreSQL: apt-get install postgresql")
        self.programs = found
        # A socket's path is short, and no other user may enter the folders of pytest.
        self.folder = Path(tempfile.mkdtemp(prefix="vi-pg-"))
        # The server refuses to be root.
        self.user = {"user": "postgres"} if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-sync")
        options = [f"-c{option}" for option in (*FAST, "listen_addresses=", "max_connections=50")]
        self.log = (self.folder / "server.log").open("wb")
        self.server = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder, *options],
            stdout=self.log,
            stderr=self.log,
            cwd=self.folder,
            **self.user,
        )
        try:
            wait_until(self.answers, STARTS_WITHIN, "PostgreSQL did not start.")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # « Immediate »: what is thrown away need not be put in order.
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()
        self.log.close()
        shutil.rmtree(self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "VI_TEST_DATABASE": "postgresql",
            "PGHOST": str(self.folder),
            "PGUSER": USER,
            "PGDATABASE": "postgres",
        }

    def answers(self) -> bool:
        asked = subprocess.run(
            [self.programs / "pg_isready", "-q", "-h", self.folder], check=False, cwd="/"
        )
        return asked.returncode == 0

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, "-D", self.data, *arguments],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self.user,
        )
