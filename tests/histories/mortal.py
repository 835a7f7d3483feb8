"""Processes that die: at a statement of the database, or during an exchange.

What a dead process had committed stays, and nothing more is written in its name: what Python still
runs on the way out, a real one would not have. Inside a test's transaction, those of the code are
savepoints, which are rolled back as a database does when it loses a connection.
"""

import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from wagtail_villes_internet.sync import lease

# Beyond what any system gives: no process has such a number, so that all of these are dead.
FIRST_PID = 2**30
CONTROLS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Killed(BaseException):
    """SIGKILL, as far as one process can play it."""


class Process:
    """One runner. `dies_at` is the number of the statement it does not live to make."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.statements = 0
        self.dead = False
        self.is_aside = False

    def die(self) -> None:
        self.dead = True
        raise Killed

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What others do meanwhile is not done by this process."""
        self.is_aside = True
        yield
        self.is_aside = False

    def __call__(self, execute, sql, params, many, context):
        if not self.is_aside and not sql.startswith(CONTROLS):
            self.statements += 1
            if self.dead or self.statements == self.dies_at:
                self.die()
        return execute(sql, params, many, context)


@contextmanager
def running(process: Process, monkeypatch: pytest.MonkeyPatch, pids: Iterator[int]):
    """What is in the block is done by `process`, on this machine."""
    holder = f"{socket.gethostname()[:200]} {next(pids)}"
    with monkeypatch.context() as patched, connection.execute_wrapper(process):
        patched.setattr(lease, "_this_process", lambda: holder)
        try:
            yield
        except Killed:
            # What a statement of its own had begun would have been a transaction of its own, and
            # not the test's.
            connection.set_rollback(False)
            raise


def new_pids() -> Iterator[int]:
    return itertools.count(FIRST_PID)
