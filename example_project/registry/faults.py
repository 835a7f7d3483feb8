"""Faults on demand, for tests of those who speak to the registry. Off unless a file is named.

`VI_REGISTRY_FAULTS` names a JSON file, a list of faults. A request meets the first one whose
`method` and `path` (a regular expression) match it; each is met `times` times, and then gone::

    [{"method": "PUT", "path": "/services/", "times": 1, "when": "after", "seconds": 0,
      "answer": {"status": 503, "headers": {"Retry-After": "5"}, "body": "…"}}]

`when` is « before » the registry does anything, or « after » it did all and committed. Without an
`answer` the connection is cut; « pass » lets the registry's own through, `seconds` late.
"""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Cut(ConnectionAbortedError):
    """The answer is lost: the server closes the connection without a word."""


class Faulty:
    """A WSGI application, and the faults it meets on the way."""

    def __init__(self, application: Application, file: Path) -> None:
        self.application = application
        self.file = file
        self.turn = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        fault = self._next(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if fault is None:
            return self.application(environ, start_response)
        time.sleep(fault.get("seconds", 0))
        answer = fault.get("answer")
        if answer == "pass":
            return self.application(environ, start_response)
        if fault.get("when") == "after":
            self._do(environ)
        if answer is None:
            raise Cut
        return _said(answer, start_response)

    def _do(self, environ: dict[str, Any]) -> None:
        """Lets the registry do what was asked, and listens to nothing."""
        unheard = self.application(environ, lambda *arguments: None)
        for _octets in unheard:
            pass
        getattr(unheard, "close", lambda: None)()

    def _next(self, method: str, path: str) -> dict[str, Any] | None:
        with self.turn:
            try:
                faults = json.loads(self.file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                return None
            for fault in faults:
                if fault.get("method", method) == method and re.search(fault.get("path", ""), path):
                    break
            else:
                return None
            fault["times"] = fault.get("times", 1) - 1
            left = [each for each in faults if each.get("times", 1) > 0]
            written = self.file.with_suffix(".written")
            written.write_text(json.dumps(left), encoding="utf-8")
            os.replace(written, self.file)
            return fault


def _said(answer: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = answer.get("body", "")
    octets = (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(octets)),
        **answer.get("headers", {}),
    }
    status = HTTPStatus(answer["status"])
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [octets]
