"""JSON as the contract reads and writes it. Pure: no Django here."""

import hashlib
import json
from dataclasses import dataclass


class NotJson(ValueError):
    """The octets are not one JSON text in UTF-8 whose objects name each member once."""


@dataclass(frozen=True)
class Body:
    """What a write brings: octets and the JSON value they are, or why they are none.

    Kept unjudged, because whether it is JSON is asked last (contract, « Order of judgement »).
    """

    value: object = None
    octets: bytes = b""
    fault: NotJson | None = None

    def parsed(self) -> object:
        """The JSON value. Raises `NotJson`."""
        if self.fault is not None:
            raise self.fault
        return self.value


def read(octets: bytes) -> Body:
    """The body that those octets are, JSON or not."""
    try:
        return Body(parse(octets), octets)
    except NotJson as fault:
        return Body(octets=octets, fault=fault)


def parse(octets: bytes) -> object:
    """The JSON value of a request body. Every number comes back as a float (RFC 8785, 3.2.2.3).

    Raises `NotJson`: not UTF-8, not JSON (`NaN` included), a member twice, or nested too deep.
    """
    try:
        value = json.loads(
            octets.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_refuse_constant,
            parse_int=float,
        )
        # What cannot be written again cannot be compared with a later copy of the request.
        json.dumps(value)
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("Le corps n’est pas un texte JSON en UTF-8.") from error
    return value


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("Un membre figure deux fois dans un même objet.")
    return members


def _refuse_constant(name: str) -> object:
    raise NotJson(f"{name} n’est pas du JSON.")


def content_hash(fields: dict[str, object]) -> str:
    """SHA-256, in lower-case hexadecimal, of the RFC 8785 canonical JSON of a judged service.

    The fields of a service hold no number and their names are ASCII, so that sorted keys, no
    space and the shortest escapes are the whole of RFC 8785.
    """
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fingerprint(operation: list[object], body: Body, *, by_octets: bool = False) -> str:
    """What two requests share exactly when the contract calls them the same.

    Bodies are compared as JSON values; those that are no JSON, and dossiers, as octets.
    """
    if body.fault is None and not by_octets:
        compared = ["json", body.value]
    else:
        compared = ["octets", hashlib.sha256(body.octets).hexdigest()]
    text = json.dumps([*operation, compared], sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
