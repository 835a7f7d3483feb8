"""The HTTP server: Django's threaded one, made fit for kept connections and hostile bodies."""

import json
import sys
import time

from django.conf import settings
from django.core.servers.basehttp import (
    ServerHandler,
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)

from .faults import Faulty
from .problems import Problem

# What the application did not read of a body is thrown away up to here, for the client to hear
# the answer; above, the connection is cut.
MOST_DISCARDED = 16 * 1024 * 1024
BLOCK = 64 * 1024
IDLE_SECONDS = 75


def make_server(host: str, port: int) -> ThreadedWSGIServer:
    """A server that listens already. Raises `OSError` when it cannot."""
    server = _Server((host, port), _RequestHandler, ipv6=":" in host)
    application = get_internal_wsgi_application()
    server.set_app(Faulty(application, settings.FAULTS) if settings.FAULTS else application)
    return server


class _Server(ThreadedWSGIServer):
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that went away, or fell silent, is its own affair.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Answer(ServerHandler):
    def send_headers(self) -> None:
        self.request_handler.answered = True
        super().send_headers()

    def close(self) -> None:
        try:
            self.stdout.flush()
            self._discard_body()
        except OSError:
            self.request_handler.close_connection = True
        # Django's own would read the rest of the body whole.
        super(ServerHandler, self).close()

    def _discard_body(self) -> None:
        left = MOST_DISCARDED
        stream = self.get_stdin()
        while block := stream.read(min(BLOCK, left)):
            left -= len(block)
            if left == 0:
                self.request_handler.close_connection = True
                return


class _RequestHandler(WSGIRequestHandler):
    # One packet an answer, sent at once: without both, each request on a kept connection would
    # wait for the client's delayed acknowledgement, 40 ms.
    wbufsize = BLOCK
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def handle_one_request(self) -> None:
        """Django's own, with our handler and without bodies of unknown length."""
        self.raw_requestline = self.rfile.readline(65537)
        self.started = time.monotonic()
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = self.path = ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        refusal = self._framing_refusal()
        if refusal:
            self._refuse(refusal)
            return
        handler = _Answer(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
        handler.request_handler = self
        self.answered = False
        handler.run(self.server.get_app())
        if not self.answered:
            # Nobody must wait for an answer that will not come.
            self.close_connection = True

    def handle_expect_100(self) -> bool:
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def _framing_refusal(self) -> Problem | None:
        """What cannot be told apart from the next request on this connection (RFC 9112, 6.3)."""
        if self.headers.get("Transfer-Encoding") is not None:
            return Problem(411, "Le corps est envoyé avec Content-Length.")
        lengths = self.headers.get_all("Content-Length", [])
        if len(lengths) > 1 or not all(length.strip().isdecimal() for length in lengths):
            return Problem(400, "Content-Length est un nombre, donné une fois.")
        return None

    def _refuse(self, problem: Problem) -> None:
        body = json.dumps(problem.members, ensure_ascii=False).encode("utf-8")
        self.close_connection = True
        self.send_response(problem.status)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: object = "---", size: object = "-") -> None:
        """Method, path, status, time. Neither headers nor query: no token is ever written."""
        path = ascii(getattr(self, "path", "").partition("?")[0])[1:-1]
        milliseconds = (time.monotonic() - self.started) * 1000
        status = getattr(code, "value", code)
        print(f"{self.command} {path} {status} {milliseconds:.0f} ms", file=sys.stderr, flush=True)

    def log_message(self, format: str, *args: object) -> None:
        """The line above is the only one."""
