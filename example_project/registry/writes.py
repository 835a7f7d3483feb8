"""How a PUT or a DELETE is read, step by step in the contract's order of judgement."""

import re
from dataclasses import dataclass, field

from django.http import HttpRequest, UnreadablePostError

from . import jsontext
from .jsontext import Body
from .problems import Problem

MAX_BODY = 1024 * 1024

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# RFC 9110, 8.8.3: etagc, obs-text included.
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')
# A String of RFC 8941, whose backslash escapes itself and the quote.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_JSON_TYPE = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)


def is_service_id(text: object) -> bool:
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def _is_strong_tag(text: object) -> bool:
    return isinstance(text, str) and _STRONG_TAG.fullmatch(text) is not None


@dataclass(frozen=True)
class Order:
    """One write as it was asked, its key read and nothing else judged.

    `resource` is the id of a service, or `dossiers/` and a year; in a batch, an id or a tag may be
    any JSON value until it is judged.
    """

    operation: str
    resource: str
    key: str
    if_match: str | None
    if_none_match: str | None
    body: Body = field(repr=False)
    by_octets: bool = False

    @property
    def fingerprint(self) -> str:
        """Same operation, id, precondition and JSON value of the body: the same request. Where
        the order is `by_octets`, the same octets."""
        body = self.body if self.operation == "PUT" else Body()
        return jsontext.fingerprint(
            [self.operation, self.resource, self.if_match, self.if_none_match],
            body,
            by_octets=self.by_octets,
        )

    @property
    def creates(self) -> bool:
        return self.if_none_match == "*"

    def check_id(self) -> None:
        """Raises `Problem` 400."""
        if not is_service_id(self.resource):
            raise Problem(400, "L’identifiant d’un service est un UUID en minuscules.")

    def check_precondition(self) -> None:
        """`If-Match` with one strong tag, or, to create, `If-None-Match: *`, and never both.

        Raises `Problem`: 428 when there is none, 400 when it is malformed.
        """
        may_create = self.operation == "PUT"
        if self.if_match is None and (self.if_none_match is None or not may_create):
            raise Problem(428, "Une écriture porte une condition.")
        if self.if_match is not None and self.if_none_match is not None:
            raise Problem(400, "Une écriture ne porte qu’une condition.")
        if self.if_match is not None and not _is_strong_tag(self.if_match):
            raise Problem(400, "If-Match porte exactement une étiquette forte.")
        if self.if_none_match not in (None, "*"):
            raise Problem(400, "If-None-Match vaut « * » pour une création.")


def read_order(
    request: HttpRequest, resource: str, octets: bytes, *, by_octets: bool = False
) -> Order:
    """Raises `Problem` 400 for a missing or malformed key."""
    return Order(
        operation=request.method or "",
        resource=resource,
        key=read_key(request.META.get("HTTP_IDEMPOTENCY_KEY")),
        if_match=_stripped(request.META.get("HTTP_IF_MATCH")),
        if_none_match=_stripped(request.META.get("HTTP_IF_NONE_MATCH")),
        body=jsontext.read(octets),
        by_octets=by_octets,
    )


def _stripped(header: str | None) -> str | None:
    return None if header is None else header.strip(" \t")


def read_key(header: str | None) -> str:
    """The string inside the quotes. Raises `Problem` 400."""
    quoted = _QUOTED.fullmatch(header.strip(" \t")) if header is not None else None
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    return check_key(key, "Idempotency-Key est une chaîne entre guillemets")


def check_key(key: object, what: str = "key est une chaîne") -> str:
    """The key itself. Raises `Problem` 400."""
    if not (isinstance(key, str) and _KEY.fullmatch(key)):
        raise Problem(400, f"{what} de 1 à 255 caractères ASCII imprimables.")
    return key


def read_body(request: HttpRequest, most: int = MAX_BODY) -> bytes:
    """The octets of a body, at most that many.

    Raises `Problem`: 413, 415, 400 for one cut on its way.
    """
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch(r"[0-9]+", declared):
        raise Problem(400, "Content-Length n’est pas un nombre.")
    if len(declared) > 18 or int(declared) > most:
        raise Problem(413, f"Le corps dépasse {most // MAX_BODY} Mio.")
    if "HTTP_CONTENT_ENCODING" in request.META:
        raise Problem(415, "Le corps n’est ni compressé ni codé.")
    if request.method != "DELETE" and not _JSON_TYPE.fullmatch(
        request.META.get("CONTENT_TYPE", "")
    ):
        raise Problem(415, "Le corps est en application/json.")
    try:
        octets = request.body
    except UnreadablePostError:
        octets = b""
    # A body cut on its way must not be judged: its key would be taken for another request's.
    if len(octets) != int(declared):
        raise Problem(400, "Le corps est arrivé incomplet.")
    return octets
