"""What stands between a site and the reference registry, and may do worse than not answer.

Everything is handed on as it is, until a test says what happens to one kind of request.
"""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from tests.registry.hostile import Exchange, HostileServer

# Reads the honest answer, which may have done something at the registry, and answers something.
Behaviour = Callable[[Exchange, Callable[[], bytes]], None]

STEPS = {
    "write": re.compile(r"(PUT|DELETE|POST) "),
    "feed": re.compile(r"GET \S+/services\?"),
    "service": re.compile(r"GET \S+/services/"),
    "awards": re.compile(r"GET \S+/awards "),
    "editions": re.compile(r"GET \S+/editions "),
    "matrix": re.compile(r"GET \S+/matrix "),
    "summary": re.compile(r"GET \S+/authorities/[0-9]{9} "),
}


def step_of(line: str) -> str:
    """What a request line asks for."""
    return next(step for step, asked in STEPS.items() if asked.match(line))


class Gateway:
    """Hands requests on to `registry`, but those of a step that was given a behaviour."""

    def __init__(self, registry: str) -> None:
        self.registry = registry
        self.behaviours: dict[str, Behaviour] = {}
        self.server = HostileServer(self._answer)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def asked(self) -> list[Exchange]:
        return self.server.exchanges

    def steps(self) -> list[str]:
        """What was asked for, in order."""
        return [step_of(exchange.line) for exchange in self.asked]

    def honest(self) -> None:
        """From now on nothing is in between; what was asked before is forgotten."""
        self.behaviours.clear()
        self.asked.clear()

    def _answer(self, exchange: Exchange) -> None:
        def honest() -> bytes:
            return self._hand_on(exchange)

        behave = self.behaviours.get(step_of(exchange.line))
        if behave is None:
            exchange.send(honest())
        else:
            behave(exchange, honest)

    def _hand_on(self, exchange: Exchange) -> bytes:
        method, path, _version = exchange.line.split(" ")
        headers = {name: value for name, value in exchange.headers.items() if name != "Host"}
        answer = self.ask(method, path.removeprefix("/api/v1/"), headers, exchange.body)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in ("connection", "content-length", "transfer-encoding")
        }
        kept |= {"Connection": "close", "Content-Length": str(len(answer.content))}
        head = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
        return f"HTTP/1.1 {answer.status_code} Whatever\r\n{head}\r\n".encode() + answer.content

    def ask(
        self, method: str, path: str, headers: dict[str, str], octets: bytes = b""
    ) -> requests.Response:
        """Ask the registry itself."""
        return requests.request(
            method,
            self.registry + path,
            headers=headers,
            data=octets or None,
            timeout=20,
            allow_redirects=False,
        )


@contextmanager
def gateway_to(registry: str) -> Iterator[Gateway]:
    gateway = Gateway(registry)
    with gateway.server:
        yield gateway


def body_of(octets: bytes) -> bytes:
    return octets.partition(b"\r\n\r\n")[2]


def wait_for_hang_up(exchange: Exchange) -> None:
    """Leave the connection standing until the client gives up."""
    while exchange.connection.recv(65_536):
        pass


def reset(exchange: Exchange) -> None:
    """Close with RST, as a machine does that was switched off and on."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
