"""Small servers on the loopback that answer whatever a test wants, octet by octet."""

import contextlib
import itertools
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

# For 127.0.0.1, signed by itself: nobody trusts it who was not told to.
CERTIFICATE = Path(__file__).with_name("localhost.pem")

Answer = bytes | Callable[["Exchange"], None]


class Exchange:
    """One request as it arrived, and the connection to answer it on."""

    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        self.connection = connection
        self.closing = closing
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        self.line = line.decode("ascii")
        self.headers = BytesHeaderParser().parsebytes(fields)
        length = int(self.headers.get("Content-Length", 0))
        while len(body) < length:
            body += self._some()
        self.body = body

    def send(self, octets: bytes) -> None:
        self.connection.sendall(octets)

    def drip(self, octets: bytes) -> None:
        """One octet at a time, over and over, for longer than any client should wait."""
        for octet in itertools.islice(itertools.cycle(octets), 500):
            if self.closing.wait(0.02):
                return
            self.send(bytes([octet]))

    def _some(self) -> bytes:
        octets = self.connection.recv(65_536)
        if not octets:
            raise ConnectionError("nothing was asked")
        return octets

    def _until(self, end: bytes) -> bytes:
        octets = b""
        while end not in octets:
            octets += self._some()
        return octets


class HostileServer:
    """Gives the answers one by one, one a request; the last is given for ever."""

    def __init__(self, *answers: Answer, tls: bool = False) -> None:
        self.tls = tls_context() if tls else None
        self.answers = list(answers)
        self.exchanges: list[Exchange] = []
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/api/v1/"

    def __enter__(self) -> "HostileServer":
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        # Wakes the thread that waits for a connection.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            pass
        self.thread.join(10)
        self.listener.close()
        assert not self.thread.is_alive()

    def _serve(self) -> None:
        while not self.closing.is_set():
            connection, _ = self.listener.accept()
            connection.settimeout(10)
            with contextlib.ExitStack() as held:
                # A client that hangs up, or that does not trust our certificate.
                held.enter_context(contextlib.suppress(ConnectionError, ssl.SSLError))
                held.enter_context(connection)
                if self.tls:
                    connection = held.enter_context(
                        self.tls.wrap_socket(connection, server_side=True)
                    )
                exchange = Exchange(connection, self.closing)
                self.exchanges.append(exchange)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if callable(answer):
                    answer(exchange)
                else:
                    exchange.send(answer)


@contextlib.contextmanager
def hostile(*answers: Answer, tls: bool = False) -> Iterator[HostileServer]:
    with HostileServer(*answers, tls=tls) as server:
        yield server


def tls_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def answer(
    status: int = 200,
    body: object = None,
    *,
    content_type: str | None = None,
    **headers: str,
) -> bytes:
    """A whole answer; a body that is no bytes is written as JSON, a problem from 400 on."""
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = content_type or ("application/problem+json" if status >= 400 else "application/json")
    fields = {
        "Content-Type": kind,
        "Content-Length": str(len(octets)),
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + octets


def problem(status: int, name: str = "", *, headers: dict[str, str] | None = None, **members):
    """A problem of the contract's type, or of none."""
    kind = f"https://registry.example/problems/{name}" if name else "about:blank"
    return answer(status, {"type": kind, "status": status, **members}, **(headers or {}))
