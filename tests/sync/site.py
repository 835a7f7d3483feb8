"""A town's site in processes of its own, on a database in a file or a server's."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 60
PRELUDE = """
import json
from django.core.management import call_command
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService
from wagtail.models import Locale
from django.conf import settings
from django.utils import timezone
from datetime import timedelta

def create(title, **fields):
    service = DigitalService(
        authority=LocalAuthority.objects.get(), locale=Locale.get_default(), live=False,
        title=title, **fields,
    )
    service.reference_services.set([ReferenceService.objects.get(code="p-rdv-titres")])
    service.save()
    return service

def publish(service):
    service.save_revision().publish()

def service(title):
    return DigitalService.objects.get(title=title)
"""


class SiteProcess:
    """Runs the management command, and what an editor does, each in a process of its own.

    `database` is its file; or what the environment of its processes must say of a server's.
    """

    def __init__(
        self, database: Path | Mapping[str, str], *, url: str = "", token: str = ""
    ) -> None:
        self.database = database
        self.url = url
        self.token = token

    def copy(self, folder: Path, **changes: str) -> "SiteProcess":
        database = folder / "site.sqlite3"
        shutil.copy(self.database, database)
        return SiteProcess(database, **changes)

    def sync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.manage("villes_internet_sync", *arguments)

    def start_sync(self) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        return subprocess.Popen(
            [sys.executable, "-m", "django", "villes_internet_sync"],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("-m", "django", *arguments)

    def edit(self, code: str) -> object:
        """Run Python as an editor would act, and return what it left in `answer`."""
        script = f"{PRELUDE}\nanswer = None\n{code}\nprint(json.dumps(answer))\n"
        done = self._run("-m", "django", "shell", "--no-imports", "-c", script)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        is_file = isinstance(self.database, Path)
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            **({"VI_TEST_DB": str(self.database)} if is_file else self.database),
            "VI_TEST_REGISTRY_URL": self.url,
            "VI_TEST_TOKEN": self.token,
        }


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list]]:
    """A server that answers everything alike; yields its base address and what it was sent.

    `body` is sent as it is; `Content_Length` in `headers` may lie about it.
    """
    received: list[tuple[str, str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            received.append((self.command, self.path, self.headers.get("Authorization")))
            self.send_response(status)
            sent = {"Content_Length": str(len(body)), **headers}
            for name, value in sent.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_GET = do_PUT = do_DELETE = do_POST = answer  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Nothing: the test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1/", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
