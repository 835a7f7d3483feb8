"""Leaves a registry alone that does not answer, or that refused a token, until it is time.

Kept in the database, one row a host, one a token that was refused and one an authority that fails
by itself, for every runner on every machine. Past its time, one runner wins the row and tries for
all: the others wait for what comes of it. Another token is another row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import QuerySet

from ..authorities.models import LocalAuthority
from ..conf import get_settings
from ..registry.base import RegistryBackend
from ..registry.errors import InProgress, RegistryError, Unauthorized, Unparsable, Unreachable
from ..registry.retry import DAY, LONGEST_DELAY, next_delay
from . import clock
from .errors import Paused
from .lease import DURATION
from .models import Backoff

# Failures in a row, whoever met them, before all are kept from trying.
OPENS_AFTER = 3
# Nobody is told to wait for longer: a later time is that of a clock since put right.
LONGEST_WAIT = timedelta(seconds=DAY)
# The name of the host's own row.
HOST = ""


@dataclass(frozen=True, slots=True)
class Circuits:
    """The names of the rows that keep one authority from trying, at one registry's host.

    `token` is that of all that shares its token there, empty where the registry takes none; `own`
    that of the authority with this token.
    """

    host: str
    token: str
    own: str

    @property
    def names(self) -> set[str]:
        return {HOST, self.token, self.own}

    @property
    def rows(self) -> QuerySet[Backoff]:
        return Backoff.objects.filter(host=self.host, token__in=self.names)

    def refuses_token(self, row: Backoff) -> bool:
        """Whether `row` says that the token of the authority is refused."""
        return row.token == self.token != HOST


def circuits_of(authority: LocalAuthority, backend: RegistryBackend) -> Circuits:
    """Raises `ImproperlyConfigured` for a token that cannot be read."""
    siren = authority.siren or ""
    token = get_settings().token_fingerprint(siren) if backend.needs_token else HOST
    return Circuits(host_of(backend), token, f"{token[:7]}{siren}")


def host_of(backend: RegistryBackend) -> str:
    """The host of a registry, with its port where its address has one."""
    return urlsplit(backend.address).netloc


def admit(circuits: Circuits) -> bool:
    """Whether anything was wrong before this run, which may try; see `recovered`.

    Raises `Paused` where it is too early, or another runner is trying for all.
    """
    rows = list(circuits.rows)
    now = clock.now()
    for row in rows:
        if now < row.retry_at <= now + LONGEST_WAIT:
            raise Paused(row.message, row.retry_at)
    for row in rows:
        if not _is_open(row):
            continue
        as_read = Backoff.objects.filter(pk=row.pk, retry_at=row.retry_at)
        if not as_read.update(retry_at=now + DURATION):
            raise Paused(row.message, now + DURATION)
    return bool(rows)


def recovered(circuits: Circuits, *, for_others: bool = False) -> None:
    """The registry answered, and took the token. `for_others`: though something of this authority
    alone failed."""
    rows = circuits.rows
    if for_others:
        rows = rows.exclude(token=circuits.own)
    rows.delete()


def failed(circuits: Circuits, error: RegistryError, *, alone: bool = False) -> datetime:
    """Note a failure for all that would meet it too; returns when the authority may try again.

    `alone`: nobody else would, since the registry answered everything else.
    """
    if alone:
        names = [circuits.own]
    elif isinstance(error, Unauthorized):
        names = [circuits.token or circuits.own]
    elif isinstance(error, Unreachable) and not isinstance(error, Unparsable):
        names = [HOST, circuits.own]
    else:
        names = [circuits.own]
    return max(_note(circuits.host, name, error) for name in names)


def _note(host: str, name: str, error: RegistryError) -> datetime:
    now = clock.now()
    row, _created = Backoff.objects.get_or_create(
        host=host, token=name, defaults={"since": now, "retry_at": now}
    )
    row.failures += 1
    row.message = str(error)
    asked = isinstance(error, Unreachable) and error.retry_after is not None
    delay = delay_after(error, row.failures) if asked or _is_open(row) else 0
    retry_at = now + timedelta(seconds=delay)
    # Gone, where another runner has just found the registry well.
    Backoff.objects.filter(pk=row.pk).update(
        failures=row.failures, message=row.message, retry_at=retry_at
    )
    return retry_at


def _is_open(row: Backoff) -> bool:
    """Whether it keeps anybody from trying. One authority that fails by itself, where others do
    not, must not keep these."""
    return row.token != HOST or row.failures >= OPENS_AFTER


def delay_after(error: RegistryError, failures: int) -> float:
    """Seconds until the next attempt, after that many failures in a row: what the registry asked
    for, an hour where it refused somebody, full jitter otherwise; soon, what it is still handling
    (contract, « How a client behaves »)."""
    if isinstance(error, InProgress):
        return next_delay(1)
    if not isinstance(error, Unreachable):
        return LONGEST_DELAY
    return next_delay(failures) if error.retry_after is None else min(error.retry_after, DAY)
