"""One runner at a time for one authority at one registry.

A lease is a conditional UPDATE, which every database does alike; it needs no lock held during a
request. It covers pull and push. Its generation is what every acknowledgement is conditional on:
a runner that was taken for dead, and was not, finds another generation and writes nothing.
"""

import os
import socket
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from ..authorities.models import LocalAuthority
from . import clock
from .errors import LeaseLost
from .models import Link, Registry

# Longer than two of the longest exchanges with a registry: each transaction of a run renews it.
DURATION = timedelta(seconds=120)
# Longer than a lease, so that whoever waits outlives a runner that died on another machine.
PATIENCE = DURATION + timedelta(seconds=5)
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run, as given: `generation` is its number, `wakeups` what it will have seen."""

    link_id: int
    generation: int
    wakeups: int

    def hold(self) -> None:
        """Renew the lease, first thing in a transaction, whose writes then stand or fall with it.

        Raises `LeaseLost` when another runner has taken over. The row stays locked until the end
        of the transaction: nobody can take over between this and the commit.
        """
        held = Link.objects.filter(pk=self.link_id, generation=self.generation)
        if not held.update(leased_until=clock.now() + DURATION):
            raise LeaseLost


def take(link_id: int, *, patience: timedelta = timedelta(0)) -> Lease | None:
    """The lease of a link, or None when another runner has it for all of `patience`.

    A runner that cannot have it wakes the one that has, which will run once more.
    """
    deadline = time.monotonic() + patience.total_seconds()
    while (lease := _try(link_id)) is None:
        if time.monotonic() >= deadline:
            wake(link_id)
            return None
        time.sleep(POLL_SECONDS)
    return lease


def wake(link_id: int) -> None:
    """Note that a run is asked for: the one under way, if any, will run once more."""
    Link.objects.filter(pk=link_id).update(wakeups=F("wakeups") + 1)


def wake_all(authority: LocalAuthority, registry: Registry | None) -> None:
    """Wake what may run for `authority` at `registry`, first thing in a transaction.

    Those of a run begin with this row too, and so wait for this one to end.
    """
    Link.objects.filter(authority=authority, registry=registry).update(wakeups=F("wakeups") + 1)


def release(lease: Lease) -> Lease | None:
    """Give the lease back; where somebody woke the runner since, the lease to run again with.

    Raises `LeaseLost`.
    """
    with transaction.atomic():
        lease.hold()
        wakeups = Link.objects.values_list("wakeups", flat=True).get(pk=lease.link_id)
        if wakeups != lease.wakeups:
            return Lease(lease.link_id, lease.generation, wakeups)
        Link.objects.filter(pk=lease.link_id).update(leased_until=None, served_wakeups=wakeups)
    return None


def abandon(lease: Lease) -> None:
    """Give the lease back after a failure, whoever woke the runner: the next run serves them."""
    Link.objects.filter(pk=lease.link_id, generation=lease.generation).update(leased_until=None)


def _try(link_id: int) -> Lease | None:
    """Compare and swap: the row must still be as it was read when it is taken."""
    generation, until, holder, wakeups = Link.objects.values_list(
        "generation", "leased_until", "holder", "wakeups"
    ).get(pk=link_id)
    now = clock.now()
    # One from further ahead was given by a clock since put right.
    is_held = until is not None and now <= until <= now + 2 * DURATION
    if is_held and not _is_dead(holder):
        return None
    as_read = Link.objects.filter(pk=link_id, generation=generation, leased_until=until)
    taken = as_read.update(
        generation=generation + 1, leased_until=clock.now() + DURATION, holder=_this_process()
    )
    return Lease(link_id, generation + 1, wakeups) if taken else None


def _this_process() -> str:
    return f"{socket.gethostname()[:200]} {os.getpid()}"


def _is_dead(holder: str) -> bool:
    """Whether a process of this machine had the lease and is no more: nobody need wait for it.

    A mistake costs nothing but a run: what lost its lease writes nothing.
    """
    host, _, pid = holder.rpartition(" ")
    if os.name != "posix" or host != socket.gethostname()[:200]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False
