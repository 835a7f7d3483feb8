"""JSON from somebody one does not trust."""

import json
import re
from collections.abc import Iterable
from typing import Any, cast

_NESTED = (dict, list)
_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")
# Strict UTF-8 and JSON let them in by these escapes only.
_PERHAPS_NO_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


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
    _check_depth(value, max_depth)
    if _PERHAPS_NO_TEXT.search(octets):
        _check_texts(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member twice")
    return members


def _no_constant(name: str) -> None:
    raise Malformed("not a JSON number")


def _check_depth(value: object, max_depth: int) -> None:
    level = [value] if isinstance(value, _NESTED) else []
    for _ in range(max_depth):
        level = [child for item in level for child in _values(item) if isinstance(child, _NESTED)]
    if level:
        raise Malformed("nested too deep")


def _check_texts(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if _SURROGATE_OR_NUL.search(item):
                raise Malformed("a text that is no text")
        elif isinstance(item, _NESTED):
            waiting.extend(_values(item))
            waiting.extend(item if isinstance(item, dict) else ())


def _values(item: object) -> Iterable[object]:
    return item.values() if isinstance(item, dict) else cast(list[object], item)
