"""Reading a JSON object one member at a time, strictly.

Each function takes the object and the member's name, and raises `Malformed` with that name when
the member is missing or is not what the function is called after.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from .decode import Malformed
from .rules import parse_day
from .text import is_web_address
from .types import SERVICE_ID, STRONG_TAG

T = TypeVar("T")
Object = Mapping[str, Any]

# What this site can keep; the contract sets no limit on these.
MAX_CODE = 100
MAX_NAME = 255
MAX_ADDRESS = 500
MAX_SMALL = 32_767
MAX_COUNT = 2**31 - 1
MAX_SEQUENCE = 2**53 - 1
# Any instant between them can be read in any time zone, and be kept by any database.
FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(9000, 1, 1, tzinfo=UTC)

_HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_UUID = re.compile(SERVICE_ID.pattern, re.IGNORECASE)
_KEY = re.compile(r"[ -~]{1,255}")


def an_object(value: object) -> Object:
    """The value itself, which must be a JSON object."""
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def member(given: Object, name: str) -> Any:
    if name not in given:
        raise Malformed(name)
    return given[name]


def maybe(read: Callable[[Object, str], T], given: Object, name: str) -> T | None:
    """A member that is always there and may be null."""
    return None if member(given, name) is None else read(given, name)


def optional(read: Callable[[Object, str], T], given: Object, name: str) -> T | None:
    """A member that may be null or left out."""
    return None if given.get(name) is None else read(given, name)


def array(given: Object, name: str) -> list[Any]:
    value = member(given, name)
    if not isinstance(value, list):
        raise Malformed(name)
    return value


def objects(given: Object, name: str) -> list[Object]:
    """An array of objects."""
    return [an_object(item) for item in array(given, name)]


def text(given: Object, name: str) -> str:
    value = member(given, name)
    if not isinstance(value, str):
        raise Malformed(name)
    return value


def name_(given: Object, name: str) -> str:
    """A name or label: 1 to 255 characters."""
    return _of_length(given, name, MAX_NAME)


def code(given: Object, name: str) -> str:
    """A code or version: 1 to 100 characters."""
    return _of_length(given, name, MAX_CODE)


def codes(given: Object, name: str) -> tuple[str, ...]:
    values = array(given, name)
    if not all(isinstance(value, str) and 0 < len(value) <= MAX_CODE for value in values):
        raise Malformed(name)
    return tuple(values)


def choice(given: Object, name: str, choices: tuple[str, ...]) -> str:
    """One word of a closed list."""
    if (value := text(given, name)) not in choices:
        raise Malformed(name)
    return value


def integer(given: Object, name: str, least: int, most: int) -> int:
    value = member(given, name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(name)
    return value


def boolean(given: Object, name: str) -> bool:
    value = member(given, name)
    if not isinstance(value, bool):
        raise Malformed(name)
    return value


def level(given: Object, name: str) -> int:
    return integer(given, name, 1, 5)


def year(given: Object, name: str) -> int:
    return integer(given, name, 1, 9999)


def small(given: Object, name: str) -> int:
    return integer(given, name, 0, MAX_SMALL)


def count(given: Object, name: str) -> int:
    return integer(given, name, 0, MAX_COUNT)


def sequence(given: Object, *, least: int = 1) -> int:
    return integer(given, "sequence", least, MAX_SEQUENCE)


def tag(given: Object, name: str = "etag") -> str:
    """A strong tag, quotes included."""
    return _matching(STRONG_TAG, given, name)


def service_id(given: Object) -> str:
    return _matching(SERVICE_ID, given, "id")


def content_hash(given: Object) -> str:
    return sha256(given, "hash")


def sha256(given: Object, name: str) -> str:
    """A SHA-256: 64 lower-case hexadecimal digits."""
    return _matching(_HEXADECIMAL, given, name)


def epoch(given: Object) -> str:
    """A UUID, in the registry's own writing: it is sent back as it came."""
    return _matching(_UUID, given, "epoch")


def key(given: Object) -> str | None:
    """The key of the write that made it; null when the registry wrote."""
    return maybe(lambda given, name: _matching(_KEY, given, name), given, "key")


def day(given: Object, name: str) -> date:
    if (value := parse_day(text(given, name))) is None:
        raise Malformed(name)
    return value


def instant(given: Object, name: str) -> datetime:
    """An aware datetime of 1970 to 8999, from RFC 3339 with an offset."""
    if (value := instant_within_reach(given, name)) is None:
        raise Malformed(name)
    return value


def instant_within_reach(given: Object, name: str) -> datetime | None:
    """As `instant`, but None for one out of its years: 9999-12-31 is a usual way of saying « no
    end », and no reason to refuse all that comes with it."""
    value = _matching(_INSTANT, given, name)
    try:
        found = datetime.fromisoformat(value.upper())
    except ValueError:
        raise Malformed(name) from None
    return found if FIRST_INSTANT <= found < LAST_INSTANT else None


def web_address(given: Object, name: str) -> str:
    """An address that a page may link to; empty for anything else, `javascript:` first of all."""
    value = optional(text, given, name) or ""
    return value if len(value) <= MAX_ADDRESS and is_web_address(value) else ""


def each_once(values: Iterable[object]) -> None:
    """Raises `Malformed` when an identifier comes twice."""
    seen = list(values)
    if len(set(seen)) != len(seen):
        raise Malformed("an identifier twice")


def _of_length(given: Object, name: str, most: int) -> str:
    if not 0 < len(value := text(given, name)) <= most:
        raise Malformed(name)
    return value


def _matching(pattern: re.Pattern[str], given: Object, name: str) -> str:
    if not pattern.fullmatch(value := text(given, name)):
        raise Malformed(name)
    return value
