"""The demo town as processes: its registry, its site, and the loop that keeps them in step.

Standard library only. `demo.py` runs it for people; the browser tests run it on ports and in a
folder of their own.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from environment import Trouble

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "example_project"
SITE_MANAGE = PROJECT / "manage.py"
REGISTRY_MANAGE = PROJECT / "registry" / "manage.py"
TETHER = ROOT / "scripts" / "tether.py"
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10


class DemoTown:
    """One demo town: a folder of databases, two ports, and the processes started on them.

    `python` is the interpreter that has the package. With `by_hand`, there is no registry.
    """

    def __init__(self, *, python, site_port, registry_port, var=PROJECT / "var", by_hand=False):
        self.python = str(python)
        self.site_port = site_port
        self.registry_port = registry_port
        self.var = Path(var)
        self.by_hand = by_hand
        self.processes = {}

    @property
    def site_url(self):
        return f"http://{HOST}:{self.site_port}/"

    @property
    def registry_url(self):
        return f"http://{HOST}:{self.registry_port}/"

    @property
    def environment(self):
        """What every process of this town finds in its environment."""
        inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        return inherited | {
            "SITE_PORT": str(self.site_port),
            "REGISTRY_PORT": str(self.registry_port),
            "VI_DEMO_VAR": str(self.var),
            "VI_REGISTRY_DB": str(self.var / "registry.sqlite3"),
            "VI_DEMO_REGISTRY": "none" if self.by_hand else "http",
            "PYTHONPATH": str(ROOT),  # this checkout's package, installed or not
            "PYTHONUNBUFFERED": "1",
        }

    def prepare(self):
        """Make or bring up to date the databases; what people changed in them is kept."""
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        for manage in [SITE_MANAGE] if self.by_hand else [REGISTRY_MANAGE, SITE_MANAGE]:
            for command in ["migrate", "load_demo"]:
                done = self.run(manage, command, "--verbosity", "0")
                if done.returncode:
                    raise Trouble(f"{manage.parent.name} {command} : {last_line(done.stderr)}")

    def run(self, manage, *arguments, **options):
        """A management command of the site or of the registry, run to its end."""
        return subprocess.run(
            [self.python, str(manage), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            **options,
        )

    def sync(self, *arguments):
        """One run of `villes_internet_sync`."""
        return self.run(SITE_MANAGE, "villes_internet_sync", *arguments)

    def start_registry(self):
        self._start("registry", REGISTRY_MANAGE, "serve", "--port", str(self.registry_port))
        self._wait_for("registry", self.registry_url)

    def start_site(self):
        self._start("site", SITE_MANAGE, "runserver", "--noreload", f"{HOST}:{self.site_port}")
        self._wait_for("site", self.site_url)

    def start_loop(self):
        """The loop says on our own output what it transmits."""
        self._start("loop", SITE_MANAGE, "keep_in_step", output=None)

    def kill(self, name):
        """End a process as a power cut would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def ended(self):
        """The names of the processes that ended by themselves since the last call."""
        names = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in names:
            del self.processes[name]
        return names

    def stop(self):
        """End every process, the last started first."""
        while self.processes:
            _name, process = self.processes.popitem()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name):
        return self.var / "log" / f"{name}.log"

    def _start(self, name, manage, *arguments, output=subprocess.STDOUT):
        command = [self.python, str(TETHER), str(os.getpid()), self.python, str(manage), *arguments]
        # A session of its own: Ctrl-C reaches this script only, which ends the rest in order.
        options = {"env": self.environment, "stdin": subprocess.DEVNULL, "start_new_session": True}
        if output is None:
            self.processes[name] = subprocess.Popen(command, **options)
            return
        with self.log(name).open("w", encoding="utf-8") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=output, **options)

    def _wait_for(self, name, url):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.processes[name].poll() is not None:
                del self.processes[name]
                break
            if answers(url):
                return
            time.sleep(0.1)
        raise Trouble(f"{name} ne démarre pas. Le détail est dans {self.log(name)}")


def answers(url):
    """Whether anything speaks HTTP there, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (loopback, built here)
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False


def is_free(port):
    """Whether a server can listen on that port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
