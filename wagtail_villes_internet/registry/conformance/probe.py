"""What the checks have in hand: requests as odd as they want, and answers as they came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.utils.functional import Promise

from ..canonical import body_text, canonical_body
from ..decode import Malformed, decode
from ..http import HttpRegistry
from ..transport import Bearer
from ..types import STRONG_TAG

JSON = {"Content-Type": "application/json"}
CREATE = {"If-None-Match": "*"}
MAX_DEPTH = 32
# Shown of what was seen: enough to recognise it.
MAX_SHOWN = 200


class Mismatch(Exception):
    """An answer is not the one the contract asks for: what was looked at, expected and seen."""

    def __init__(self, what: str, expected: object, seen: object) -> None:
        super().__init__(what)
        self.what = what
        self.expected = shown(expected)
        self.seen = shown(seen)


class NotNow(Exception):
    """What a check needs is not there today, and that is no fault of the registry's."""


def shown(value: object) -> str:
    words = isinstance(value, (str, Promise))
    text = str(value) if words else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def expect(what: str, expected: object, seen: object) -> None:
    """Raises `Mismatch` unless both are the same JSON value."""
    if type(expected) is not type(seen) or expected != seen:
        raise Mismatch(what, expected, seen)


@dataclass(frozen=True)
class Reply:
    """An answer; `data` is its JSON value, None for anything else."""

    status: int
    headers: Mapping[str, str]
    data: Any = field(repr=False)

    @property
    def members(self) -> dict[str, Any]:
        return self.data if isinstance(self.data, dict) else {}

    def get(self, name: str) -> Any:
        return self.members.get(name)

    def expect(self, status: int, kind: str | None = None, *, epoch: str | None = None) -> "Reply":
        """The answer itself. Raises `Mismatch` unless it has that status and, from 400 on, is a
        problem whose type ends in `kind`; with `epoch`, unless it carries that epoch."""
        expect("status", status, self.status)
        media_type = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        wanted = "application/problem+json" if status >= 400 else "application/json"
        expect("Content-Type", wanted, media_type)
        if status >= 400:
            for name in ("type", "title", "status", "detail"):
                if name not in self.members:
                    raise Mismatch("problem", f"“{name}”", self.data)
            expect("problem.status", status, self.get("status"))
        if kind is not None:
            given = str(self.get("type")).partition("?")[0].partition("#")[0]
            if not given.endswith(kind):
                raise Mismatch("type", f"…{kind}", self.get("type"))
        if epoch is not None:
            expect("epoch", epoch, self.get("epoch"))
        return self

    def tag(self, name: str = "etag") -> str:
        """The strong tag in the body. Raises `Mismatch` without one."""
        value = self.get(name)
        if not (isinstance(value, str) and STRONG_TAG.fullmatch(value)):
            raise Mismatch(name, '"…"', value)
        return value


class Probe:
    """One registry, one authority, its token, and the services the checks made there."""

    def __init__(self, url: str, siren: str, token: str) -> None:
        self.registry = HttpRegistry({"url": url})
        self.siren = siren
        self.token = token
        self.code = ""
        self.made: list[str] = []

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "",
        headers: Mapping[str, str] | None = None,
        octets: bytes | None = None,
        **params: object,
    ) -> Reply:
        """One request below the base address. The probe's token, another one, or None for none.

        Raises `Unreachable` without an answer.
        """
        answer = self.registry.transport.exchange(
            method,
            self.registry.address + path,
            auth=Bearer(self.token if token == "" else token),
            params={name: str(value) for name, value in params.items()},
            headers=headers,
            octets=octets,
        )
        try:
            data = decode(answer.octets, max_depth=MAX_DEPTH)
        except Malformed:
            data = None
        return Reply(answer.status, answer.headers, data)

    @property
    def authority(self) -> str:
        return f"authorities/{self.siren}"

    @property
    def services(self) -> str:
        return f"{self.authority}/services"

    def service(self, id: str) -> str:
        return f"{self.services}/{id}"

    def get(self, path: str, **options: Any) -> Reply:
        return self.send("GET", path, **options)

    def read(self, id: str, **options: Any) -> Reply:
        return self.get(self.service(id), **options)

    def put(
        self,
        id: str,
        body: Mapping[str, Any] | bytes,
        condition: Mapping[str, str] = CREATE,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A declaration under a new key, or the one given; the body as JSON, or as octets."""
        octets = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.made.append(id)
        given = {**JSON, **self._key(key), **condition, **(headers or {})}
        return self.send("PUT", self.service(id), headers=given, octets=octets)

    def delete(self, id: str, condition: Mapping[str, str], *, key: str | None = None) -> Reply:
        given = {**self._key(key), **condition}
        return self.send("DELETE", self.service(id), headers=given)

    def batch(self, *operations: object) -> Reply:
        self.made += [
            operation["id"]
            for operation in operations
            if isinstance(operation, dict) and operation.get("op") == "put"
        ]
        octets = json.dumps({"operations": operations}).encode()
        return self.send("POST", f"{self.services}/batch", headers=JSON, octets=octets)

    def body(self, **changes: Any) -> dict[str, Any]:
        """A service that says what it is, canonical, with these fields changed as given."""
        made = canonical_body(
            title="Essai de conformité",
            summary="Créé par la commande de conformité, et retiré par elle.",
            description="<p>Essai.</p>",
            reference_services=[self.code],
            public=False,
        )
        return {**json.loads(body_text(made)), **changes}

    def create(self, **changes: Any) -> Reply:
        """A new service. Raises `Mismatch` when the registry does not take it."""
        return self.put(new_id(), self.body(**changes)).expect(201)

    def epoch(self) -> str:
        return str(self.get(self.authority).expect(200).get("epoch"))

    def sequence(self) -> Any:
        return self.get(self.authority).expect(200).get("sequence")

    def withdraw_all(self) -> int:
        """Withdraws what the checks left. Returns how many could not be."""
        left = 0
        for id in dict.fromkeys(self.made):
            there = self.read(id)
            if there.status == 200:
                gone = self.delete(id, {"If-Match": str(there.get("etag"))})
                left += gone.status != 200
        return left

    def close(self) -> None:
        self.registry.close()

    @staticmethod
    def _key(key: str | None) -> dict[str, str]:
        return {"Idempotency-Key": f'"{new_id() if key is None else key}"'}


def new_id() -> str:
    return str(uuid4())


def replaced(reply: Reply) -> dict[str, str]:
    """The condition to replace, or withdraw, what that answer shows."""
    return {"If-Match": reply.tag()}
