"""HTTP exchanges that end in time, whatever the server does.

`requests` gives each read its own time limit, so that a server which sends one octet a second is
never too late. Here every read of the socket, headers included, is given what is left of the
whole exchange's time. The system's resolver keeps its own time.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

PROJECT = "https://github.com/wagtail-villes-internet/wagtail-villes-internet"

_deadline: ContextVar[float] = ContextVar("deadline")


class OneExchange(requests.Session):
    """A session that does not even look at redirections."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        # Even when told not to follow, requests would read the whole body to prepare for it.
        return None


def user_agent() -> str:
    """What the package calls itself, with where it is described."""
    return f"wagtail-villes-internet/{_version()} (+{PROJECT})"


def _version() -> str:
    try:
        return version("wagtail-villes-internet")
    except PackageNotFoundError:
        return "0"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the exchanges made inside that many seconds, all their waits together."""
    previous = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(previous)


def time_left() -> float:
    """The seconds left of the exchange. Raises `TimeoutError` when there are none."""
    left = _deadline.get() - monotonic()
    if left <= 0:
        raise TimeoutError("the exchange took too long")
    return left


class BoundedSocket:
    """A connected socket whose every wait ends at the deadline of the exchange."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._limit = sock.gettimeout()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def settimeout(self, seconds: float | None) -> None:
        self._limit = seconds

    def arm(self) -> None:
        """Set the time left for the next wait. Raises `TimeoutError` when there is none."""
        left = time_left()
        self._sock.settimeout(left if self._limit is None else min(left, self._limit))

    def sendall(self, data: Any, flags: int = 0) -> None:
        view = memoryview(data).cast("B")
        while view:
            self.arm()
            view = view[self._sock.send(view, flags) :]

    def makefile(self, mode: str, *args: Any, **kwargs: Any) -> io.BufferedReader:
        return io.BufferedReader(BoundedReader(self, self._sock.makefile(mode, buffering=0)))


class BoundedReader(io.RawIOBase):
    def __init__(self, sock: BoundedSocket, raw: Any) -> None:
        self._socket = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.arm()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock: Any = BoundedSocket(self.sock)


class BoundedTlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock: Any = BoundedSocket(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = BoundedTlsConnection


class BoundedAdapter(HTTPAdapter):
    """For `requests`: every wait of its connections ends with `within`."""

    pools: dict[str, type] = {"http": _Pool, "https": _TlsPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        if isinstance(manager, ProxyManager):
            manager.pool_classes_by_scheme = self.pools
        return manager
