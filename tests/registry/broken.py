"""Registries with one fault each: the reference registry, behind somebody who alters one thing."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import requests

TIMEOUT = 30
PASSED_ON = ("Content-Type", "ETag", "Idempotency-Replayed", "Retry-After", "Location")


@dataclass
class Asked:
    """What arrived, to be altered on its way in."""

    method: str
    path: str
    headers: dict[str, str]
    octets: bytes

    @property
    def is_feed(self) -> bool:
        return "since=" in self.path

    @property
    def is_dossier(self) -> bool:
        return "/dossiers/" in self.path

    @property
    def is_filing(self) -> bool:
        return self.is_dossier and self.method == "PUT"


@dataclass
class Answered:
    """What the registry answered, to be altered on its way out; `data` is its JSON, or None."""

    status: int
    headers: dict[str, str]
    data: object = field(default=None)

    def each(self, change: Callable[[dict], object]) -> None:
        """Changes every object in the answer that is a service or speaks of one."""
        if isinstance(self.data, dict):
            change(self.data)
            for name in ("items", "results"):
                for item in self.data.get(name, []):
                    change(item)


class Fault:
    """Nothing altered: the base of those that do."""

    def ask(self, asked: Asked) -> None:
        """Alters a request."""

    def answer(self, asked: Asked, answered: Answered) -> None:
        """Alters an answer."""


class IgnoresIfMatch(Fault):
    """Takes whatever is there for what was expected."""

    def __init__(self) -> None:
        self.current: dict[str, str] = {}

    def ask(self, asked):
        if "If-Match" in asked.headers:
            asked.headers["If-Match"] = self.current.get(asked.path, '"x"')

    def answer(self, asked, answered):
        if answered.status in (200, 201) and "etag" in answered.data:
            self.current[asked.path] = answered.data["etag"]


class HashForATag(Fault):
    def __init__(self) -> None:
        self.tags: dict[tuple[str, str], str] = {}

    def ask(self, asked):
        given = asked.headers.get("If-Match")
        if given:
            asked.headers["If-Match"] = self.tags.get((asked.path, given), given)

    def answer(self, asked, answered):
        def change(service):
            if "hash" in service and service.get("etag"):
                tag = f'"{service["hash"]}"'
                self.tags[(asked.path, tag)] = service["etag"]
                service["etag"] = tag

        answered.each(change)


class UntypedProblems(Fault):
    def answer(self, asked, answered):
        if answered.status == 404:
            answered.data["type"] = "about:blank"


class HtmlForA404(Fault):
    def answer(self, asked, answered):
        if answered.status == 404:
            answered.headers["Content-Type"] = "text/html"


class ForgetsKeys(Fault):
    def __init__(self) -> None:
        self.numbers = count()

    def ask(self, asked):
        if "Idempotency-Key" in asked.headers and len(asked.headers["Idempotency-Key"]) > 4:
            asked.headers["Idempotency-Key"] = f'"fresh-{next(self.numbers)}"'


class ReplaysInSilence(Fault):
    def answer(self, asked, answered):
        answered.headers.pop("Idempotency-Replayed", None)


class FeedBackwards(Fault):
    def answer(self, asked, answered):
        if asked.is_feed and answered.status == 200:
            answered.data["items"].reverse()


class FeedWithoutTombstones(Fault):
    def answer(self, asked, answered):
        if asked.is_feed and answered.status == 200:
            answered.data["items"] = [i for i in answered.data["items"] if "deleted" not in i]
            last = answered.data["items"][-1:]
            if last:
                answered.data["sequence"] = last[0]["sequence"]


class Redirects(Fault):
    def answer(self, asked, answered):
        if asked.method == "GET":
            answered.status = 307
            answered.headers["Location"] = asked.path


class TagInTheHeaderOnly(Fault):
    def answer(self, asked, answered):
        if answered.status == 200 and asked.method == "GET":
            answered.data.pop("etag", None)
            answered.headers["ETag"] = f"W/{answered.headers.get('ETag', '')}"


class WrongHash(Fault):
    def answer(self, asked, answered):
        def change(service):
            if service.get("hash"):
                service["hash"] = service["hash"][::-1]

        answered.each(change)


class Trims(Fault):
    def ask(self, asked):
        if asked.method == "PUT" and asked.octets.startswith(b"{"):
            with contextlib.suppress(ValueError):
                body = json.loads(asked.octets)
                if isinstance(body.get("title"), str):
                    body["title"] = body["title"].strip()
                asked.octets = json.dumps(body).encode()


class Sorts(Fault):
    def ask(self, asked):
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            body = json.loads(asked.octets)
            body["audiences"] = sorted(set(body["audiences"]))
            asked.octets = json.dumps(body).encode()


class NeedsNoCondition(Fault):
    def ask(self, asked):
        if asked.method == "PUT" and not {"If-Match", "If-None-Match"} & set(asked.headers):
            asked.headers["If-None-Match"] = "*"


class EpochOnlyInGoodNews(Fault):
    def answer(self, asked, answered):
        if answered.status >= 400:
            answered.data.pop("epoch", None)


class HidesForbiddenTowns(Fault):
    def answer(self, asked, answered):
        if answered.status == 403:
            answered.status = answered.data["status"] = 404
            answered.data["type"] = "https://registre.example/problems/not-known"


class BatchInAnyOrder(Fault):
    def answer(self, asked, answered):
        if asked.path.endswith("/batch") and answered.status == 200:
            answered.data["results"].reverse()


class ListsTwice(Fault):
    """Its pages overlap."""

    def answer(self, asked, answered):
        if "cursor=" in asked.path and answered.status == 200 and answered.data["items"]:
            answered.data["items"] = answered.data["items"][:1] + answered.data["items"]


class NoOpenEdition(Fault):
    """No fault at all: a registry between two campaigns."""

    def answer(self, asked, answered):
        if asked.path.endswith("/editions"):
            for edition in answered.data["items"]:
                edition["state"] = "published"


class HashesTheJson(Fault):
    """Keeps the value of a dossier, not its octets."""

    def ask(self, asked):
        if asked.is_filing:
            with contextlib.suppress(ValueError):
                asked.octets = json.dumps(json.loads(asked.octets)).encode()


class TakesLateDossiers(Fault):
    def answer(self, asked, answered):
        if asked.is_filing and answered.status == 409:
            answered.status = 201
            answered.headers["Content-Type"] = "application/json"


class OldestReceiptFirst(Fault):
    def answer(self, asked, answered):
        if asked.is_dossier and "receipts" in answered.data:
            answered.data["receipts"].reverse()


class LastReceiptOnly(Fault):
    def answer(self, asked, answered):
        if asked.is_dossier and "receipts" in answered.data:
            del answered.data["receipts"][1:]


class SummaryWithoutDossiers(Fault):
    def answer(self, asked, answered):
        if "dossiers_etag" in (answered.data or {}):
            answered.data["dossiers_etag"] = '"always"'


class UntypedNothingFiled(Fault):
    def answer(self, asked, answered):
        if asked.is_dossier and answered.status == 404 and asked.method == "GET":
            answered.data["type"] = "https://registre.example/problems/not-known"


class TrimsStatements(Fault):
    """Shows a dossier as it would have liked it."""

    def answer(self, asked, answered):
        if asked.is_dossier and "dossier" in answered.data:
            dossier = answered.data["dossier"]
            dossier["statement"] = dossier["statement"].strip()


class SmallDossiers(Fault):
    def answer(self, asked, answered):
        if asked.is_filing and len(asked.octets) > 1024 * 1024:
            answered.status = 413
            answered.headers["Content-Type"] = "application/problem+json"
            answered.data = {"type": "about:blank", "title": "x", "status": 413, "detail": "x"}


class SignsForAnybody(Fault):
    """Lets any role agree."""

    def ask(self, asked):
        if asked.is_filing:
            asked.octets = asked.octets.replace(b'"mayor"', b'"elected"')


class DossierTagOfContent(Fault):
    """The same octets, the same tag."""

    def __init__(self) -> None:
        self.tags: dict[str, str] = {}

    def ask(self, asked):
        given = asked.headers.get("If-Match")
        if asked.is_filing and given:
            asked.headers["If-Match"] = self.tags.get(given, given)

    def answer(self, asked, answered):
        if asked.is_filing and answered.status in (200, 201):
            tag = f'"{answered.data["receipt"]["sha256"][:8]}"'
            self.tags[tag] = answered.data["etag"]
            answered.data["etag"] = tag
        elif asked.is_dossier and answered.status == 200:
            shown = answered.data["receipts"][0]["sha256"][:8]
            self.tags[f'"{shown}"'] = answered.data["etag"]
            answered.data["etag"] = f'"{shown}"'


class FilesForAnybody(Fault):
    """Looks at the token of whoever reads, not of whoever files."""

    def answer(self, asked, answered):
        if asked.is_filing and answered.status == 403:
            answered.status = 201
            answered.headers["Content-Type"] = "application/json"


class EditionBeforeCondition(Fault):
    """Says that there is no such edition before it asks for a condition."""

    def ask(self, asked):
        if asked.is_filing and not {"If-Match", "If-None-Match"} & set(asked.headers):
            asked.headers["If-None-Match"] = "*"


@contextlib.contextmanager
def behind(fault: Fault, base_url: str) -> Iterator[str]:
    """The address of a registry like that one, but for the fault."""
    origin = base_url.partition("/api/")[0]
    session = requests.Session()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def handle_any(self) -> None:
            octets = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers), octets)
            fault.ask(asked)
            answered = self.forward(asked)
            fault.answer(asked, answered)
            body = b"" if answered.data is None else json.dumps(answered.data).encode()
            self.send_response(answered.status)
            for name, value in answered.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

        def forward(self, asked: Asked) -> Answered:
            headers = {
                name: value
                for name, value in asked.headers.items()
                if name not in ("Host", "Connection", "Content-Length")
            }
            found = session.request(
                asked.method,
                origin + asked.path,
                headers=headers,
                data=asked.octets,
                timeout=TIMEOUT,
            )
            kept = {name: found.headers[name] for name in PASSED_ON if name in found.headers}
            return Answered(found.status_code, kept, found.json() if found.content else None)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server, session:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/v1/"
        finally:
            server.shutdown()
            thread.join()
