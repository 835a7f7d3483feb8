"""The contract's rules on a dossier: its form only, which is judged as that of a service.

Whether its services and codes exist is nobody's to check: a filing never waits for them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
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
        "matrix_version": lambda at, given: _text(at, given, required=True),
        "services": _services,
        "answers": _text,
        "statement": _text,
        "signed_off": _signed_off,
    }
    return tuple(FieldProblem(pointer, code) for pointer, code in _members("", value, rules))


_Rule = Callable[[str, Any], Problems]


def _members(at: str, value: object, rules: Mapping[str, _Rule]) -> Problems:
    if not isinstance(value, dict):
        yield at, "bad_type"
        return
    for name in value.keys() - rules.keys():
        yield f"{at}/{name.replace('~', '~0').replace('/', '~1')}", "unknown_field"
    for name, rule in rules.items():
        if value.get(name) is None:
            yield f"{at}/{name}", "required"
        else:
            yield from rule(f"{at}/{name}", value[name])


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
        yield at, "bad_choice" if value else "required"


def _text(at: str, value: object, *, required: bool = False, most: int | None = None) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
        return
    if required and not value:
        yield at, "required"
    if not is_canonical_text(value):
        yield at, "not_canonical"
    if most is not None and len(value) > most:
        yield at, "too_long"


def _matching(at: str, value: object, pattern: re.Pattern[str]) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
    elif not pattern.fullmatch(value):
        yield at, "not_canonical" if value else "required"


def _services(at: str, value: object) -> Problems:
    yield from _items(at, value, lambda at, item: _members(at, item, _SERVICE))
    if isinstance(value, list):
        ids = [item.get("id") for item in value if isinstance(item, dict)]
        known = [id for id in ids if isinstance(id, str)]
        if len(set(known)) < len(known):
            yield at, "not_canonical"


def _codes(at: str, value: object) -> Problems:
    yield from _items(at, value, lambda at, item: _text(at, item, required=True))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return
    if not value:
        yield at, "required"
    if len(value) > MAX_ITEMS:
        yield at, "too_many"
    if value != sorted(set(value)):
        yield at, "not_canonical"


_SERVICE: Mapping[str, _Rule] = {
    "id": lambda at, given: _matching(at, given, SERVICE_ID),
    "hash": lambda at, given: _matching(at, given, _SHA256),
    "title": lambda at, given: _text(at, given, required=True, most=_LONGEST_TITLE),
    "reference_services": _codes,
}


def _signed_off(at: str, value: object) -> Problems:
    yield from _items(at, value, lambda at, item: _members(at, item, _SIGNATURE))


def _day(at: str, value: object) -> Problems:
    if not isinstance(value, str):
        yield at, "bad_type"
    elif parse_day(value) is None:
        yield at, "bad_date" if value else "required"


_SIGNATURE: Mapping[str, _Rule] = {
    "role": lambda at, given: _word(at, given, ROLES),
    "on": _day,
}
