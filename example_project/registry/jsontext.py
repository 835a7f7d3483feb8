"""JSON as the contract reads and writes it. Pure: no Django here."""

import hashlib
import json


class NotJson(ValueError):
    """The octets are not one JSON text in UTF-8 whose objects name each member once."""


def parse(octets: bytes) -> object:
    """The JSON value of a request body. Every number comes back as a float (RFC 8785, 3.2.2.3).

    Raises `NotJson`: not UTF-8, not JSON (`NaN` included), a member twice, or nested too deep.
    """
    try:
        return json.loads(
            octets.decode("utf-8"),
            object_pairs_hook=_members_once,
            parse_constant=_refuse_constant,
            parse_int=float,
        )
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("Le corps n’est pas un texte JSON en UTF-8.") from error


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


def fingerprint(operation: list[str | None], octets: bytes) -> str:
    """What two requests share exactly when the contract calls them the same.

    Bodies are compared as JSON values; those that are no JSON, as octets.
    """
    try:
        body = ["json", parse(octets)]
        text = json.dumps([*operation, body], sort_keys=True)
    except (NotJson, RecursionError):
        body = ["octets", hashlib.sha256(octets).hexdigest()]
        text = json.dumps([*operation, body], sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
