"""One HTTP exchange with a registry that may be slow, broken or hostile.

`requests` gives each read its own time limit, so that a server which sends one octet a second is
never too late. Here every read of the socket, headers included, is given what is left of the
whole exchange's time. Answers are read up to a size and never decompressed, redirections are not
even looked at, and the token is only in the header of the request, never in a value that a
traceback or a log would show.
"""

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import Any

import requests
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from .errors import Unparsable, Unreachable

PROJECT = "https://github.com/wagtail-villes-internet/wagtail-villes-internet"

logger = logging.getLogger(__name__)

_deadline: ContextVar[float] = ContextVar("deadline")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its status, its headers by name in any case, its octets."""

    status: int
    headers: CaseInsensitiveDict[str]
    octets: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Bearer(AuthBase):
    """Puts the token where it belongs. Without one, still keeps `requests` from looking for
    credentials in the environment's `.netrc`."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    @property
    def has_token(self) -> bool:
        return self._token is not None

    def __repr__(self) -> str:
        return "Bearer(…)" if self.has_token else "Bearer(None)"


class Transport:
    """Exchanges with one origin (`https://host:port`), all within a time and a size.

    `connect` and `read` limit one step, `deadline` a whole exchange, in seconds; `max_bytes` an
    answer. The system's resolver keeps its own time. Proxies of the environment are used, but not
    to reach the machine itself (`direct`).
    """

    def __init__(
        self,
        origin: str,
        *,
        connect: float,
        read: float,
        deadline: float,
        max_bytes: int,
        direct: bool = False,
    ) -> None:
        self.timeout = (min(connect, deadline), min(read, deadline))
        self.deadline = deadline
        self.max_bytes = max_bytes
        self.session = _Session()
        self.session.trust_env = not direct
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.adapters.clear()
        self.session.mount(f"{origin}/", _Adapter())
        self.session.headers.clear()
        self.session.headers.update(
            {
                "User-Agent": f"wagtail-villes-internet/{_version()} (+{PROJECT})",
                "Accept": "application/json, application/problem+json",
                "Accept-Encoding": "identity",
            }
        )

    def exchange(
        self,
        method: str,
        url: str,
        *,
        auth: Bearer,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        octets: bytes | None = None,
    ) -> Answer:
        """Send one request, once, and read its whole answer.

        Raises `Unreachable` without one, `Unparsable` for one too large or encoded; never what
        the HTTP library raised, which holds the request and its token.
        """
        failure: Unreachable
        try:
            with (
                _within(self.deadline),
                self.session.request(
                    method,
                    url,
                    params=dict(params or {}),
                    data=octets,
                    headers=dict(headers or {}),
                    auth=auth,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                answer = self._read(response)
            logger.debug("%s %s: %s", method, url, answer.status)
            return answer
        except Unreachable as error:
            failure = error
        except requests.exceptions.SSLError:
            failure = Unreachable(
                message=_("The registry's certificate is not valid: nothing was sent.")
            )
        except (requests.RequestException, HTTPError, HTTPException, OSError):
            failure = Unreachable()
        # Raised out of the handler, so that it does not carry the library's error as its context.
        logger.debug("%s %s: %s", method, url, type(failure).__name__)
        raise failure

    def _read(self, response: requests.Response) -> Answer:
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Unparsable
        octets = bytearray()
        for chunk in response.raw.stream(65_536, decode_content=False):
            octets += chunk
            if len(octets) > self.max_bytes:
                raise Unparsable(message=_("The registry's answer is too large."))
        return Answer(response.status_code, response.headers, bytes(octets))

    def close(self) -> None:
        self.session.close()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        # Even when told not to follow, requests would read the whole body to prepare for it.
        return None


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    previous = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(previous)


class _BoundedSocket:
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
        left = _deadline.get() - monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        self._sock.settimeout(left if self._limit is None else min(left, self._limit))

    def sendall(self, data: Any, flags: int = 0) -> None:
        view = memoryview(data).cast("B")
        while view:
            self.arm()
            view = view[self._sock.send(view, flags) :]

    def makefile(self, mode: str, *args: Any, **kwargs: Any) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self, self._sock.makefile(mode, buffering=0)))


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: _BoundedSocket, raw: Any) -> None:
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


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock: Any = _BoundedSocket(self.sock)


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock: Any = _BoundedSocket(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        if isinstance(manager, ProxyManager):
            manager.pool_classes_by_scheme = _POOLS
        return manager


def _version() -> str:
    try:
        return version("wagtail-villes-internet")
    except PackageNotFoundError:
        return "0"
