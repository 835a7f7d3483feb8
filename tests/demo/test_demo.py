"""`make demo`, but for its virtual environment: it starts, carries on, and leaves nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from demo_town import ROOT, answers

from tests.demo.towns import declared
from tests.processes import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]
# This interpreter has what the demo would install.
START = "import demo, sys; demo.ensure = lambda *extras: sys.executable; demo.main()"
STARTS_WITHIN, HAPPENS_WITHIN = 90, 20


@contextmanager
def demo_of(town):
    """The demo script as a process that has said where its town answers."""
    said = town.var / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=ROOT / "scripts",
            env=town.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process.said = said.read_text
    try:
        wait_until(
            lambda: "lunel-demo" in said.read_text() or process.poll() is not None,
            STARTS_WITHIN,
            "The demo did not start.",
        )
        assert process.poll() is None, said.read_text()
        yield process
    finally:
        process.kill()
        process.wait()


def processes_of(town):
    """The processes started for this town, told by the folder in their environment."""
    wanted = f"VI_DEMO_VAR={town.var}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().decode()
    return found


@pytest.fixture
def demo(town):
    with demo_of(town) as process:
        yield process


def test_says_where_it_answers_and_leaves_nothing_behind(town, demo):
    assert town.site_url in demo.said()
    assert town.registry_url in demo.said()
    assert declared(town)["total"] == 38

    demo.send_signal(signal.SIGINT)

    assert demo.wait(HAPPENS_WITHIN) is not None
    assert processes_of(town) == {}


def test_asked_to_end_by_kill_it_leaves_nothing_behind(town, demo):
    demo.terminate()

    assert demo.wait(HAPPENS_WITHIN) == 0
    # One that was just being started ends with its parent, a moment later.
    wait_until(
        lambda: not processes_of(town), HAPPENS_WITHIN, "A process of the demo is still there."
    )


def test_killed_it_leaves_nothing_behind(town, demo):
    wait_until(
        lambda: any("keep_in_step" in command for command in processes_of(town).values()),
        HAPPENS_WITHIN,
        "The loop did not start.",
    )
    demo.kill()
    demo.wait()

    wait_until(
        lambda: not processes_of(town), HAPPENS_WITHIN, "A process of the demo is still there."
    )


def test_what_changes_on_the_site_reaches_the_registry_by_itself(town, demo):
    database = sqlite3.connect(town.var / "site.sqlite3", timeout=20)
    with database:
        database.execute(
            "UPDATE wagtail_villes_internet_digitalservice SET live = 0 "
            "WHERE title = 'Parapheur électronique'"
        )
    database.close()

    wait_until(
        lambda: declared(town)["total"] == 37, HAPPENS_WITHIN, "The change was not transmitted."
    )


def test_without_its_registry_the_site_carries_on_and_the_script_says_so(town, demo):
    [registry] = [pid for pid, command in processes_of(town).items() if "serve\0" in command]

    os.kill(registry, signal.SIGKILL)

    wait_until(
        lambda: "Le registre s'est arrêté" in demo.said(), HAPPENS_WITHIN, "Nothing was said."
    )
    assert answers(town.site_url)
    assert demo.poll() is None


def test_a_second_start_finds_what_the_first_left(town):
    with demo_of(town) as first:
        first.terminate()
        first.wait(HAPPENS_WITHIN)

    with demo_of(town):
        assert declared(town)["total"] == 38
