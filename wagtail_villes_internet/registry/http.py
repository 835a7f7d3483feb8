"""A registry that speaks the contract over HTTP."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from ..conf import get_settings
from . import batches, dossiers, parse
from .answers import refusal
from .base import RegistryBackend
from .decode import Malformed, decode
from .errors import Misconfigured, RegistryError, TooLarge, Unparsable
from .palmares import PAGE, PalmaresPage, parse_page
from .transport import Answer, Bearer, Transport
from .types import (
    SIREN,
    AuthoritySummary,
    DossierWrite,
    DossierWritten,
    FeedPage,
    RemoteAward,
    RemoteEdition,
    RemoteMatrix,
    RemoteService,
    StoredDossier,
    Tagged,
    Write,
    Written,
)

T = TypeVar("T")

DEFAULTS = {
    "timeout": (5, 15),
    "deadline": 30,
    "max_bytes": 32 * 1024 * 1024,
    "max_depth": 32,
}
# A runner's lease lasts 120 s: no exchange may come near outliving it.
LONGEST_DEADLINE = 60


class HttpRegistry(RegistryBackend):
    """The OPTIONS: `url`, the base of the contract (`https://…/api/v1/`), required; `timeout`,
    seconds to connect and to wait for each read, one number or two; `deadline`, seconds for a
    whole exchange; `max_bytes` and `max_depth` of an answer.
    """

    supports_batch = True

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        if unknown := sorted(set(self.options) - {"url", *DEFAULTS}):
            raise Misconfigured(
                _("Unknown registry options: {names}.").format(names=", ".join(unknown))
            )
        given = {**DEFAULTS, **self.options}
        self.address, direct = _address(given.get("url"))
        connect, read = _timeout(given["timeout"])
        self.max_depth = _whole(given, "max_depth")
        self.transport = Transport(
            _origin(self.address),
            connect=connect,
            read=read,
            deadline=_seconds(given["deadline"], "deadline", LONGEST_DEADLINE),
            max_bytes=_whole(given, "max_bytes"),
            direct=direct,
        )

    def summary(self, siren: str) -> AuthoritySummary:
        auth = _bearer(siren)
        answer = self._get(_authority(siren), auth=auth)
        return self._parsed(
            answer, lambda data: parse.summary(data, siren, with_token=auth.has_token)
        )

    def editions(self, *, etag: str | None = None) -> Tagged[tuple[RemoteEdition, ...]] | None:
        return self._unless_same("editions", etag, parse.editions)

    def awards(
        self, siren: str, *, etag: str | None = None
    ) -> Tagged[tuple[RemoteAward, ...]] | None:
        return self._unless_same(f"{_authority(siren)}/awards", etag, parse.awards)

    def palmares_page(
        self, year: int, *, cursor: str | None = None, limit: int = PAGE
    ) -> PalmaresPage:
        params = {"limit": str(limit), **({"cursor": cursor} if cursor is not None else {})}
        answer = self._get(f"palmares/{year}", auth=Bearer(None), params=params)
        return self._parsed(answer, lambda data: parse_page(data, year))

    def matrix(
        self, *, version: str | None = None, etag: str | None = None
    ) -> Tagged[RemoteMatrix] | None:
        path = "matrix" if version is None else f"matrix/{quote(version, safe='')}"
        return self._unless_same(path, etag, parse.matrix)

    def feed(
        self, siren: str, *, since: int = 0, epoch: str | None = None, limit: int = 100
    ) -> FeedPage:
        params = {"since": str(since), "limit": str(limit)}
        if since and epoch:
            params["epoch"] = epoch
        answer = self._get(_services(siren), auth=_required_bearer(siren), params=params)
        return self._parsed(answer, lambda data: parse.feed(data, since=since))

    def service(self, siren: str, id: str) -> RemoteService:
        answer = self._get(f"{_services(siren)}/{quote(id, safe='')}", auth=_required_bearer(siren))
        return self._parsed(answer, lambda data: parse.service(data, id))

    def write(self, siren: str, attempt: Write) -> Written:
        answer = self._send(
            attempt.operation.upper(),
            f"{_services(siren)}/{attempt.id}",
            siren,
            attempt,
            None if attempt.body is None else attempt.body.encode(),
        )
        return self._parsed(
            answer,
            lambda data: parse.written(
                data, attempt, status=answer.status, replayed=_is_replayed(answer)
            ),
        )

    def batch(self, siren: str, attempts: Sequence[Write]) -> list[Written | RegistryError]:
        answer = self.transport.exchange(
            "POST",
            f"{self.address}{_services(siren)}/batch",
            auth=_required_bearer(siren),
            headers={"Content-Type": "application/json"},
            octets=batches.envelope(attempts),
        )
        return self._parsed(self._ok(answer), lambda data: batches.outcomes(data, attempts))

    def dossier(self, siren: str, year: int) -> StoredDossier:
        answer = self._get(_dossier(siren, year), auth=_required_bearer(siren))
        return self._parsed(answer, lambda data: dossiers.stored(data, siren, year))

    def file(self, siren: str, write: DossierWrite) -> DossierWritten:
        if len(write.octets) > dossiers.MAX_OCTETS:
            raise TooLarge
        answer = self._send("PUT", _dossier(siren, write.year), siren, write, write.octets)
        return self._parsed(
            answer,
            lambda data: dossiers.written(
                data, write, status=answer.status, replayed=_is_replayed(answer)
            ),
        )

    def close(self) -> None:
        self.transport.close()

    def _send(
        self,
        method: str,
        path: str,
        siren: str,
        attempt: Write | DossierWrite,
        octets: bytes | None,
    ) -> Answer:
        """One frozen attempt, under its key and its precondition."""
        headers = {"Idempotency-Key": f'"{attempt.key}"'}
        if attempt.if_match is None:
            headers["If-None-Match"] = "*"
        else:
            headers["If-Match"] = attempt.if_match
        if octets is not None:
            headers["Content-Type"] = "application/json"
        answer = self.transport.exchange(
            method,
            self.address + path,
            auth=_required_bearer(siren),
            headers=headers,
            octets=octets,
        )
        if answer.status != 200 and not (answer.status == 201 and method == "PUT"):
            raise refusal(answer, max_depth=self.max_depth)
        return answer

    def _unless_same(
        self, path: str, etag: str | None, read: Callable[[object], Tagged[T]]
    ) -> Tagged[T] | None:
        """A resource that anybody may read, or None when it still has that tag."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self.transport.exchange(
            "GET", self.address + path, auth=Bearer(None), headers=headers
        )
        if etag and answer.status == 304:
            return None
        return self._parsed(self._ok(answer), read)

    def _get(self, path: str, *, auth: Bearer, params: Mapping[str, str] | None = None) -> Answer:
        return self._ok(
            self.transport.exchange("GET", self.address + path, auth=auth, params=params)
        )

    def _ok(self, answer: Answer) -> Answer:
        if answer.status != 200:
            raise refusal(answer, max_depth=self.max_depth)
        return answer

    def _parsed(self, answer: Answer, read: Callable[[object], T]) -> T:
        if answer.media_type == "application/json":
            try:
                return read(decode(answer.octets, max_depth=self.max_depth))
            except Malformed:
                pass
        raise Unparsable


def _authority(siren: str) -> str:
    if not SIREN.fullmatch(siren):
        raise Misconfigured(_("Only a local authority with a SIREN can transmit to a registry."))
    return f"authorities/{siren}"


def _services(siren: str) -> str:
    return f"{_authority(siren)}/services"


def _dossier(siren: str, year: int) -> str:
    return f"{_authority(siren)}/dossiers/{year}"


def _is_replayed(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed", "").strip().lower() == "true"


def _bearer(siren: str) -> Bearer:
    try:
        return Bearer(get_settings().token_for(siren))
    except ImproperlyConfigured as error:
        raise Misconfigured(str(error)) from None


def _required_bearer(siren: str) -> Bearer:
    bearer = _bearer(siren)
    if not bearer.has_token:
        raise Misconfigured(_("No token is configured for this local authority."))
    return bearer


def _address(url: object) -> tuple[str, bool]:
    """The base address in one writing, and whether it is this machine's own.

    Raises `Misconfigured`: the address says where a town's token goes.
    """
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        host = host if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        scheme = host = ""
    if scheme not in ("https", "http") or not host:
        raise Misconfigured(_("The registry's url must be an https address."))
    if parts.username is not None or parts.query or parts.fragment:
        raise Misconfigured(
            _("The registry's url must hold no user name, no query and no fragment.")
        )
    loopback = _is_loopback(host)
    if scheme == "http" and not loopback:
        raise Misconfigured(
            _("The registry's url must be https: over http, anybody on the way reads the token.")
        )
    shown = f"[{host}]" if ":" in host else host
    if port is not None and port != {"https": 443, "http": 80}[scheme]:
        shown = f"{shown}:{port}"
    return f"{scheme}://{shown}{quote(parts.path.rstrip('/'), safe='/%')}/", loopback


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _timeout(value: object) -> tuple[float, float]:
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise Misconfigured(_("The registry's timeout is one number of seconds, or two."))
    return _seconds(pair[0], "timeout"), _seconds(pair[1], "timeout")


def _seconds(value: object, name: str, most: float = LONGEST_DEADLINE) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 < value <= most:  # type: ignore[operator]
        raise Misconfigured(
            _("The registry's {name} must be a number of seconds, at most {most}.").format(
                name=name, most=most
            )
        )
    return float(value)  # type: ignore[arg-type]


def _whole(given: Mapping[str, Any], name: str) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Misconfigured(
            _("The registry's {name} must be a whole number from 1.").format(name=name)
        )
    return value
