"""The network between the site's own HTTP client and the far side, and all that goes wrong there.

Stands in for the client's `Transport`: what arrives is read as HTTP, what comes back are octets,
which the client reads and judges as it does any other's.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.core.serializers.json import DjangoJSONEncoder
from requests.structures import CaseInsensitiveDict

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.errors import RegistryError
from wagtail_villes_internet.registry.transport import Answer, Bearer
from wagtail_villes_internet.registry.types import (
    DossierWrite,
    RemoteService,
    Tagged,
    Tombstone,
    Write,
    Written,
)

from .far_side import FarSide

ADDRESS = "http://127.0.0.1:9/api/v1/"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Request:
    """What the client sent; `token` as the far side reads it, empty without one."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    octets: bytes
    token: str

    @property
    def writes(self) -> bool:
        return self.method != "GET"


class Wire:
    """`tokens` are those that the far side takes now. `meet` is asked what befalls each exchange,
    and gives what to do in its place, or None."""

    def __init__(self, far: FarSide, tokens: set[str]) -> None:
        self.far = far
        self.tokens = tokens
        self.meet: Callable[[Request], Callable[[Request], Answer] | None] = lambda request: None
        self.late: list[Request] = []
        self.exchanges = 0

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
        sent = SimpleNamespace(headers={})
        auth(sent)
        request = Request(
            method,
            urlsplit(url).path.removeprefix("/api/v1/"),
            dict(params or {}),
            dict(headers or {}),
            octets or b"",
            sent.headers.get("Authorization", "").removeprefix("Bearer "),
        )
        self.exchanges += 1
        instead = self.meet(request)
        return instead(request) if instead else self.passed(request)

    def close(self) -> None:
        """Nothing is held open."""

    def passed(self, request: Request) -> Answer:
        """What the far side answers, having done what it was asked."""
        needs_token = request.writes or "/services" in request.path or "/dossiers" in request.path
        if (needs_token or request.token) and request.token not in self.tokens:
            return problem(401)
        try:
            return self._routed(request)
        except RegistryError as refused:
            status, members = refusal(refused)
            return problem(status, **members)

    def _routed(self, request: Request) -> Answer:
        head, *rest = request.path.split("/")
        if head == "matrix":
            return self._tagged(request, self.far.matrix())
        if head == "editions":
            return self._tagged(request, self.far.editions(), "items")
        siren, *rest = rest
        if not rest:
            return document(200, asdict(self.far.summary(siren)))
        if rest == ["awards"]:
            return self._tagged(request, self.far.awards(siren), "items")
        if rest == ["services"]:
            since = int(request.params["since"])
            page = self.far.feed(
                siren, since=since, epoch=request.params.get("epoch"), limit=self.page
            )
            return document(
                200,
                {
                    "epoch": page.epoch,
                    "items": [representation(item) for item in page.items],
                    "sequence": page.sequence,
                    "more": page.more,
                },
            )
        if rest[0] == "dossiers":
            return self._dossier(siren, int(rest[1]), request)
        if rest[1] == "batch":
            return self.batched(siren, request)
        if request.writes:
            return self._written(siren, rest[1], request)
        found = self.far.service(siren, rest[1])
        return document(200, {**representation(found), "epoch": found.epoch})

    def _dossier(self, siren: str, year: int, request: Request) -> Answer:
        if not request.writes:
            stored = self.far.dossier(siren, year)
            receipts = [asdict(receipt) for receipt in stored.receipts]
            return document(200, {**asdict(stored), "receipts": receipts})
        write = DossierWrite(
            key=request.headers["Idempotency-Key"].strip('"'),
            year=year,
            if_match=request.headers.get("If-Match"),
            octets=request.octets,
        )
        written = self.far.file(siren, write)
        members = {"etag": written.etag, "receipt": asdict(written.receipt)}
        answer = document(written.status, members)
        if written.replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer

    # Pages short enough to be turned.
    page = 2

    def _tagged(self, request: Request, found: Tagged | None, name: str = "") -> Answer:
        if found is None:
            raise AssertionError("asked without a tag")
        if request.headers.get("If-None-Match") == found.etag:
            return Answer(304, CaseInsensitiveDict(), b"")
        if name:
            return document(200, {name: [asdict(item) for item in found.value], "etag": found.etag})
        return document(200, {**asdict(found.value), "etag": found.etag})

    def _written(self, siren: str, id: str, request: Request) -> Answer:
        written = self.far.write(
            siren,
            Write(
                key=request.headers["Idempotency-Key"].strip('"'),
                operation=request.method.lower(),
                id=id,
                if_match=request.headers.get("If-Match"),
                body=request.octets.decode() if request.method == "PUT" else None,
            ),
        )
        answer = document(written.status, result_of(written))
        if written.replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer

    def batched(self, siren: str, request: Request, *, most: int | None = None) -> Answer:
        """`most`: how many operations are done before the far side dies."""
        operations = json.loads(request.octets)["operations"]
        results = []
        for operation in operations[:most]:
            body = operation.get("body")
            write = Write(
                key=operation["key"],
                operation=operation["op"],
                id=operation["id"],
                if_match=operation["if_match"],
                body=None if body is None else json.dumps(body, ensure_ascii=False),
            )
            try:
                written = self.far.write(siren, write)
            except RegistryError as refused:
                status, members = refusal(refused)
                results.append(
                    {
                        "id": write.id,
                        "status": status,
                        "etag": None,
                        "hash": None,
                        "problem": members,
                        "replayed": False,
                    }
                )
            else:
                results.append(
                    {
                        "id": write.id,
                        "status": written.status,
                        "etag": written.etag,
                        "hash": written.hash,
                        "problem": None,
                        "replayed": written.replayed,
                    }
                )
        return document(200, {"results": results, "epoch": self.far.store.epoch})

    def arrive(self, number: int) -> None:
        """What was held up on the way arrives now; nobody hears the answer."""
        self.passed(self.late.pop(number % len(self.late)))


def representation(item: RemoteService | Tombstone) -> dict[str, Any]:
    if isinstance(item, Tombstone):
        return {**asdict(item), "deleted": True}
    members = {"id": item.id, "etag": item.etag, "hash": item.hash, "key": item.key}
    return {**item.body.as_json(), **members, "sequence": item.sequence}


def result_of(written: Written) -> dict[str, Any]:
    members = asdict(written)
    return {**members, "deleted": True} if written.tombstone else members


def refusal(error: RegistryError) -> tuple[int, dict[str, Any]]:
    """The status and the members of the problem that stand for an error of the contract."""
    plain = {
        errors.NotKnown: (404, "not-known"),
        errors.UnknownService: (404, "service-unknown"),
        errors.KeyReused: (422, "key-reused"),
        errors.UnknownDossier: (404, "dossier-unknown"),
        errors.CampaignClosed: (409, "campaign-closed"),
    }
    status, kind, more = 422, "invalid", {}
    if type(error) in plain:
        status, kind = plain[type(error)]
    elif isinstance(error, errors.WithdrawnService):
        status, kind, more = 410, "service-withdrawn", representation(error.tombstone)
    elif isinstance(error, errors.SequenceGone):
        status, kind = 410, "sequence-gone"
    elif isinstance(error, errors.PreconditionFailed):
        status, kind, more = 412, "precondition-failed", {"etag": error.etag}
    elif isinstance(error, errors.UnknownCode):
        kind, more = "unknown-code", {"matrix_version": error.matrix_version}
    elif isinstance(error, errors.Rejected):
        status = error.status
        more = {"errors": [asdict(found) for found in error.problems]}
    return status, {"type": f"{ADDRESS}problems/{kind}", "epoch": error.epoch, **more}


def document(status: int, members: Mapping[str, Any]) -> Answer:
    return _answer(status, "application/json", members)


def problem(status: int, kind: str = "", **members: Any) -> Answer:
    named = {"type": f"{ADDRESS}problems/{kind}"} if kind else {}
    return _answer(status, PROBLEM, {**named, "title": "", "status": status, **members})


def page(status: int, **headers: str) -> Answer:
    """What a proxy says: HTML, and nothing of the contract."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = CaseInsensitiveDict({"Content-Type": "text/html", **named})
    return Answer(status, given, b"<html><h1>Oups</h1></html>")


def _answer(status: int, media_type: str, members: Mapping[str, Any]) -> Answer:
    octets = json.dumps(members, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
    return Answer(status, CaseInsensitiveDict({"Content-Type": media_type}), octets)
