"""The contract's rules on a dossier: its form only, which is judged as that of a service.

Whether its services and codes exist is nobody's to check: a filing never waits for them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .problems import FieldProblem
from .rules import MAX_ITEMS, parse_day
from .text import is_canonical_text
from .types import SERVICE_ID

ROLES = ("elected", "technical")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_TITLE = 255

Problems = Iterator[tuple[str, str]]


def validate_dossier(value: object, siren: str, year: int) -> tuple[FieldProblem, ...]:
    """What a registry would refuse of that dossier, sent as that authority's for that year.

    The items of `services` and `signed_off` come in any order, and as many as the size of a
    dossier holds; a service comes once. Empty when there is nothing to refuse.
    """
    rules: Mapping[str, _Rule] = {
        "edition": lambda at, given: _number(at, given, year),
        "authority": lambda at, given: _word(at, given, (siren,)),
        "matrix_version": _text,
        "services": _services,
        "answers": _text,
        "statement": _text,
        "signed_off": _signed_off,
    }
    faults = _members("", value, rules, never_empty=("authority", "matrix_version"))
    return tuple(FieldProblem(pointer, code) for pointer, code in faults)


_Rule = Callable[[str, Any], Problems]


def _members(
    at: str, value: object, rules: Mapping[str, _Rule], *, never_empty: Iterable[str]
) -> Problems:
    if not isinstance(value, dict):
        yield at, "bad_type"
        return
    for name in value.keys() - rules.keys():
        yield f"{at}/{name.replace('~', '~0').replace('/', '~1')}", "unknown_field"
    for name, rule in rules.items():
        given = value.get(name)
        if given is None or (name in never_empty and given in ("", [])):
            yield f"{at}/{name}", "required"
        else:
            yield from rule(f"{at}/{name}", given)


def _items(at: str, value: object, rule: _Rule) -> Problems:
    if not isinstance(value, list):
        yield at, "bad_type"
        return
    for index, item in enumerate(value):
        yield from rule(f"{at}/{index}", item)


def _number(at: str, value: object, expected: int) -> Problems:
    if not isinstance(value, int) or isinstance(value, bool):
        yield at, "bad_type"
    elif value != expected:
        yield at, "bad_choice"


def _word(at: str, value: object, choices: tuple[str, ...]) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
    elif value not in choices:
        yield at, "bad_choice"


def _text(at: str, value: object, most: int | None = None) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
        return
    if not is_canonical_text(value):
        yield at, "not_canonical"
    if most is not None and len(value) > most:
        yield at, "too_long"


def _matching(at: str, value: object, pattern: re.Pattern[str]) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
    elif not pattern.fullmatch(value):
        yield at, "not_canonical"


def _services(at: str, value: object) -> Problems:
    yield from _items(at, value, _service)
    if isinstance(value, list):
        ids = [item.get("id") for item in value if isinstance(item, dict)]
        known = [id for id in ids if isinstance(id, str)]
        if len(set(known)) < len(known):
            yield at, "not_canonical"


def _service(at: str, value: object) -> Problems:
    rules: Mapping[str, _Rule] = {
        "id": lambda at, given: _matching(at, given, SERVICE_ID),
        "hash": lambda at, given: _matching(at, given, _SHA256),
        "title": lambda at, given: _text(at, given, _LONGEST_TITLE),
        "reference_services": _codes,
    }
    return _members(at, value, rules, never_empty=rules)


def _codes(at: str, value: object) -> Problems:
    if isinstance(value, list) and len(value) > MAX_ITEMS:
        yield at, "too_many"
        return
    yield from _items(at, value, _code)
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if texts and value != sorted(set(value)):  # type: ignore[call-overload]
        yield at, "not_canonical"


def _code(at: str, value: object) -> Problems:
    if value is None or value == "":
        yield at, "required"
    else:
        yield from _text(at, value)


def _signed_off(at: str, value: object) -> Problems:
    yield from _items(at, value, _signature)


def _signature(at: str, value: object) -> Problems:
    rules: Mapping[str, _Rule] = {
        "role": lambda at, given: _word(at, given, ROLES),
        "on": _day,
    }
    return _members(at, value, rules, never_empty=rules)


def _day(at: str, value: object) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
    elif parse_day(value) is None:
        yield at, "bad_date"
