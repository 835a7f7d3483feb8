"""The demo's stand-in for cron, in one process so that a publication leaves within seconds."""

import signal
import time
from contextlib import suppress
from io import StringIO

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection

TICK_SECONDS = 2
IDLE_SECONDS = 60
LEFT = 1  # the exit code of villes_internet_sync when something is left to transmit


class Command(BaseCommand):
    ending = False

    help = (
        "Publie ce qui est programmé et transmet ce qui a changé : dans les 2 secondes quand "
        "quelque chose a été écrit ou reste à transmettre, chaque minute sinon."
    )

    def handle(self, *args, **options):
        signal.signal(signal.SIGTERM, self.end)
        with suppress(KeyboardInterrupt):
            self.keep()

    def end(self, *signal_and_frame):
        # Leaving through an exception lets a run under way give its lease back; not through
        # SystemExit, by which the command that runs says its code. One raised where nobody can
        # catch it (a finaliser) is lost: the loop looks too.
        self.ending = True
        raise KeyboardInterrupt

    def keep(self):
        said, written, left, due = None, None, False, 0.0
        while not self.ending:
            # Read before the run, so that what is written during it brings the next one.
            now = database_version()
            if left or now != written or time.monotonic() >= due:
                written, due = now, time.monotonic() + IDLE_SECONDS
                call_command("publish_scheduled")
                code, line = sync()
                left = code == LEFT
                if line != said:
                    self.stdout.write(f"{time.strftime('%H:%M:%S')}  {line}")
                    said = line
            time.sleep(TICK_SECONDS)


def database_version() -> int:
    """A number that changes when another connection wrote to this SQLite database."""
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA data_version").fetchone()[0]


def sync() -> tuple[int, str]:
    """The exit code and the last line of one run of `villes_internet_sync`."""
    said = StringIO()
    try:
        # One registry on this very machine: unplugged and plugged in again, it is back at once.
        call_command("villes_internet_sync", "--now", stdout=said, stderr=said)
    except CommandError as error:
        return error.returncode, str(error)
    except SystemExit as leaving:
        return int(leaving.code or 0), last_line(said)
    return 0, last_line(said)


def last_line(said: StringIO) -> str:
    lines = said.getvalue().strip().splitlines()
    return lines[-1] if lines else ""
