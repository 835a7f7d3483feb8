"""What the registry accepts as a dossier: the contract's « A dossier ».

Pure, and written from the contract alone. Its form only, judged as that of a service: whether the
services it names are declared, and its codes published, is not asked.
"""

import re

from .judge import Fault, Rule, array_of, bad_type, choice, day, object_of, text

ROLES = ("elected", "technical")


def judge_dossier(body: object, siren: str, year: int) -> list[Fault]:
    """Every fault of what an authority files for the edition of a year."""
    rules: dict[str, Rule] = {
        "edition": _edition(year),
        "authority": choice((siren,)),
        "matrix_version": text(),
        "services": _services,
        "answers": text(),
        "statement": text(),
        "signed_off": _list_of(
            object_of({"role": choice(ROLES), "on": day}, never_empty=("role", "on"))
        ),
    }
    return object_of(rules, never_empty=("authority", "matrix_version"))("", body)


def _edition(year: int) -> Rule:
    def rule(pointer: str, value: object) -> list[Fault]:
        # Numbers arrive as floats: JSON knows one kind.
        if not isinstance(value, float):
            return bad_type(pointer, "une année")
        if value != year:
            return [Fault(pointer, "bad_choice", "L’édition est celle de l’adresse.")]
        return []

    return rule


def _list_of(item_rule: Rule) -> Rule:
    """As many items as the body holds, in any order."""

    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, list):
            return bad_type(pointer, "un tableau")
        return [
            fault
            for index, item in enumerate(value)
            for fault in item_rule(f"{pointer}/{index}", item)
        ]

    return rule


def _services(pointer: str, value: object) -> list[Fault]:
    faults = _list_of(_SERVICE)(pointer, value)
    items = value if isinstance(value, list) else []
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    named = [each for each in ids if isinstance(each, str)]
    if len(set(named)) < len(named):
        faults.append(Fault(pointer, "not_canonical", "Un service figure une fois."))
    return faults


def _written_as(pattern: str, detail: str) -> Rule:
    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, str):
            return bad_type(pointer, "un texte")
        return [] if re.fullmatch(pattern, value) else [Fault(pointer, "not_canonical", detail)]

    return rule


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SERVICE = object_of(
    {
        "id": _written_as(_UUID, "Un UUID en minuscules."),
        "hash": _written_as("[0-9a-f]{64}", "64 chiffres hexadécimaux en minuscules."),
        "title": text(255),
        "reference_services": array_of(text()),
    },
    never_empty=("id", "hash", "title", "reference_services"),
)
