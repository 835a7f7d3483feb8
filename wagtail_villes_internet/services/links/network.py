"""Asks an address whether it answers, without ever asking anything of a private network.

The addresses are typed by editors, and servers redirect where they like: each connection is made
to the very address that was looked up and found public, so that no name can change in between.
"""

import ipaddress
import socket
from collections.abc import Callable
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError
from urllib3.exceptions import TimeoutError as Late

from ...bounded import (
    BoundedAdapter,
    BoundedConnection,
    BoundedTlsConnection,
    OneExchange,
    time_left,
    user_agent,
    within,
)
from .verdict import WORKS, Outcome, Reason, Verdict, of_status, says_not_found

# Seconds: for one connection, for one exchange.
CONNECT = 5.0
EXCHANGE = 15.0
MOST_REDIRECTIONS = 5
# A title and a first heading stand within it; no more of a page is read.
MOST_OCTETS = 65_536
REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
HTML = ("text/html", "application/xhtml+xml")
# What another method would not change.
FINAL = frozenset({Reason.PRIVATE, Reason.DNS, Reason.TLS, Reason.ADDRESS})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Never of the public Internet, whatever the version of Python says: NAT64 inside a network (RFC
# 8215), addresses of a site (RFC 3879), and those that held an IPv4 one (RFC 4291, 2.5.5.1).
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "fec0::/10", "::/96")))

MayReach = Callable[[str, int], bool]


class Private(OSError):
    """The address leads into a network that is nobody's business."""


def is_public(ip: str, port: int) -> bool:
    """Whether that IP address is of the public Internet, and the port one where pages are served.

    An IPv6 address that stands for an IPv4 one (RFC 4291, 3056, 4380 and 6052) is judged by it.
    """
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.ip_address(address.packed[-4:])
        if address.teredo or any(address in network for network in NOT_PUBLIC):
            return False
        if inner is not None:
            return is_public(str(inner), port)
    # Below 1024, other ports are those of mail and of machines.
    return address.is_global and not address.is_multicast and (port in (80, 443) or port >= 1024)


class Prober:
    """Asks addresses, one at a time, each within twice `exchange` seconds.

    `may_reach` says of an IP address and a port whether they may be spoken to. Not to be shared by
    threads.
    """

    def __init__(
        self,
        may_reach: MayReach = is_public,
        *,
        connect: float = CONNECT,
        exchange: float = EXCHANGE,
    ) -> None:
        self.exchange = exchange
        self.timeout = (min(connect, exchange), exchange)
        self.session = OneExchange()
        # Neither the proxies of the environment, which would look names up by themselves, nor its
        # `.netrc`, whose passwords are for no editor's address.
        self.session.trust_env = False
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.adapters.clear()
        for scheme in ("http", "https"):
            self.session.mount(f"{scheme}://", _adapter(may_reach))
        self.session.headers.clear()
        self.session.headers.update(
            {
                "User-Agent": f"{user_agent()} link-checker",
                "Accept": "text/html, */*;q=0.8",
                "Accept-Encoding": "identity",
            }
        )

    def __enter__(self) -> "Prober":
        return self

    def __exit__(self, *exc: object) -> None:
        self.session.close()

    def check(self, url: str) -> Verdict:
        """What the address at `url` answers. Raises nothing: what goes wrong is the verdict."""
        verdict, media_type = self._verdict("HEAD", url)
        if verdict.reason in FINAL or (verdict is WORKS and media_type and media_type not in HTML):
            return verdict
        # A server may refuse HEAD, or hang, for a page that it has: GET has the last word. It is
        # asked of a page of words as well, which may say 200 and « page introuvable ».
        return self._verdict("GET", url)[0]

    def _verdict(self, method: str, url: str) -> tuple[Verdict, str]:
        try:
            with within(self.exchange):
                return self._ask(method, url)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            return _of_error(error), ""

    def _ask(self, method: str, url: str) -> tuple[Verdict, str]:
        """The verdict after all redirections, and the media type of what was answered."""
        seen = set()
        for _hop in range(MOST_REDIRECTIONS + 1):
            if url in seen or not _is_web(url):
                break
            seen.add(url)
            with self.session.request(
                method,
                url,
                auth=_no_credentials,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                location = response.headers.get("Location")
                if response.status_code in REDIRECTIONS and location:
                    url = urljoin(url, _as_sent(location)).partition("#")[0]
                    continue
                media_type = response.headers.get("Content-Type", "").partition(";")[0]
                media_type = media_type.strip().lower()
                verdict = of_status(response.status_code)
                if verdict is WORKS and method == "GET" and media_type in HTML:
                    verdict = _of_page(response)
                return verdict, media_type
        return Verdict(Outcome.FAILS, Reason.REDIRECTS if seen else Reason.ADDRESS), ""


def _of_page(response: requests.Response) -> Verdict:
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return WORKS
    octets = bytearray()
    for chunk in response.raw.stream(8_192, decode_content=False):
        octets += chunk
        if len(octets) >= MOST_OCTETS:
            break
    if says_not_found(octets.decode(_charset(response), errors="replace")):
        return Verdict(Outcome.FAILS, Reason.NOT_FOUND_PAGE)
    return WORKS


def _charset(response: requests.Response) -> str:
    given = response.encoding or "utf-8"
    try:
        "".encode(given)
    except LookupError:
        return "utf-8"
    # What `requests` says of a page that names none, as RFC 2616 had it; pages are in UTF-8 today.
    return "utf-8" if given == "ISO-8859-1" else given


def _as_sent(location: str) -> str:
    """A header as the octets it was sent in, which are UTF-8 where they are not ASCII."""
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        return False


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In place of those that stand in an address, which are left out."""
    request.headers.pop("Authorization", None)
    return request


def _of_error(error: BaseException) -> Verdict:
    causes = list(_causes(error))

    def found(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if found(Private):
        return Verdict(Outcome.UNKNOWN, Reason.PRIVATE)
    if found(NameResolutionError, socket.gaierror):
        return Verdict(Outcome.FAILS, Reason.DNS)
    if found(requests.exceptions.SSLError):
        return Verdict(Outcome.FAILS, Reason.TLS)
    if found(requests.exceptions.Timeout, ConnectTimeoutError, Late, TimeoutError):
        return Verdict(Outcome.FAILS, Reason.TIMEOUT)
    if found(requests.exceptions.InvalidURL, UnicodeError):
        return Verdict(Outcome.FAILS, Reason.ADDRESS)
    return Verdict(Outcome.FAILS, Reason.CONNECTION)


def _causes(error: BaseException | None):
    """What raised it, through the layers of the library: in `args`, `reason`, cause and context."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]


def _adapter(may_reach: MayReach) -> BoundedAdapter:
    """An adapter whose connections go to public addresses only."""

    def connected(connection: Any) -> socket.socket:
        try:
            found = socket.getaddrinfo(
                connection._dns_host, connection.port, type=socket.SOCK_STREAM
            )
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(connection.host, connection, error) from error  # type: ignore[arg-type]
        reachable = [where for *_kind, where in found if may_reach(str(where[0]), int(where[1]))]
        if not reachable:
            raise Private(connection.host)
        failure: OSError | None = None
        for where in reachable[:3]:
            try:
                timeout = min(connection.timeout, time_left())
                return socket.create_connection(where[:2], timeout=timeout)
            except OSError as error:
                failure = error
        assert failure is not None
        raise failure

    class Plain(BoundedConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class Tls(BoundedTlsConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class Adapter(BoundedAdapter):
        pools = {
            "http": type("PublicPool", (HTTPConnectionPool,), {"ConnectionCls": Plain}),
            "https": type("PublicTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": Tls}),
        }

    return Adapter()
