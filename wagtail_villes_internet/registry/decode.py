"""JSON from somebody one does not trust."""

import json
import re
from typing import Any

_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


class Malformed(ValueError):
    """What came is not what the contract says. The text says what of it, never its content."""


def decode(octets: bytes, *, max_depth: int) -> Any:
    """The value of a JSON text in UTF-8.

    Raises `Malformed` for what is not JSON, a member named twice, `NaN`, a nesting deeper than
    `max_depth`, and texts that no database holds: a NUL or a lone surrogate.
    """
    try:
        value = json.loads(
            octets.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    _check(value, max_depth)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member twice")
    return members


def _no_constant(name: str) -> None:
    raise Malformed("not a JSON number")


def _check(value: object, max_depth: int) -> None:
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            if _SURROGATE_OR_NUL.search(item):
                raise Malformed("a text that is no text")
        elif isinstance(item, (dict, list)):
            if depth > max_depth:
                raise Malformed("nested too deep")
            if isinstance(item, dict):
                waiting.extend((key, depth) for key in item)
                item = list(item.values())
            waiting.extend((child, depth + 1) for child in item)
