"""What the registry accepts as a service: the contract's table « A service ».

Pure, and written from the contract alone. Nothing is repaired: a body is stored exactly as it was
sent, or refused.
"""

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date

from .links import WEB, is_absolute
from .markup import markup_fault

MAX_ITEMS = 50

KINDS = ("service", "project", "place", "event")
STATUSES = ("planned", "active", "ended")
PROVIDERS = ("authority", "intercommunal", "association", "contractor")
AUDIENCES = (
    "residents",
    "families",
    "youth",
    "elders",
    "disabled",
    "jobseekers",
    "newcomers",
    "visitors",
    "associations",
    "businesses",
    "agents",
    "elected",
)
INTERACTIONS = ("inform", "apply", "book", "pay", "report", "consult")


@dataclass(frozen=True)
class Fault:
    """One reason of a 422: an RFC 6901 pointer, a code of the contract's list, a sentence."""

    pointer: str
    code: str
    detail: str


# Given where it stands and what it is, every fault of a value that is there.
Rule = Callable[[str, object], list[Fault]]


def judge(body: object, is_known_code: Callable[[str], bool]) -> list[Fault]:
    """Every fault of a PUT body: field by field in the order of the table, then between fields.

    None when it may be stored.

    `is_known_code` says whether a code is of any matrix version the registry ever published.
    """
    faults = object_of(_rules(is_known_code), never_empty=_NEVER_EMPTY, nullable=_NULLABLE)(
        "", body
    )
    return faults + (_order_faults(body) if isinstance(body, dict) else [])


def object_of(
    rules: dict[str, Rule],
    *,
    never_empty: Container[str] = (),
    nullable: Container[str] = (),
) -> Rule:
    """An object of exactly these members."""

    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, dict):
            return bad_type(pointer, "un objet")
        faults: list[Fault] = []
        for name, member_rule in rules.items():
            member = value.get(name)
            where = f"{pointer}/{name}"
            if member is None and name in nullable and name in value:
                continue
            if member is None or (name in never_empty and member in ("", [])):
                faults.append(Fault(where, "required", "Ce champ est obligatoire."))
            else:
                faults += member_rule(where, member)
        faults += [
            Fault(f"{pointer}/{escaped(name)}", "unknown_field", "Ce champ n’existe pas.")
            for name in value
            if name not in rules
        ]
        return faults

    return rule


def _rules(is_known_code: Callable[[str], bool]) -> dict[str, Rule]:
    return {
        "kind": choice(KINDS),
        "title": text(255),
        "summary": text(500),
        "description": _description,
        "url": _url,
        "public": _boolean,
        "reference_services": array_of(_known_code(is_known_code)),
        "status": choice(STATUSES),
        "started_on": day,
        "ended_on": day,
        "provider": choice(PROVIDERS),
        "audiences": array_of(choice(AUDIENCES)),
        "interactions": array_of(choice(INTERACTIONS)),
        "offline_alternative": text(500),
        "location": _location,
    }


def escaped(name: str) -> str:
    """A member's name in a JSON pointer (RFC 6901, 3); what UTF-8 cannot say becomes « ? »."""
    speakable = name.encode("utf-8", "replace").decode("utf-8")
    return speakable.replace("~", "~0").replace("/", "~1")


def bad_type(pointer: str, expected: str) -> list[Fault]:
    return [Fault(pointer, "bad_type", f"La valeur est {expected}.")]


def is_canonical_text(text: str) -> bool:
    """NFC, LF line ends, no control character but LF, no lone surrogate."""
    return unicodedata.is_normalized("NFC", text) and not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in text if character != "\n"
    )


def _form_faults(pointer: str, text: str) -> list[Fault]:
    if is_canonical_text(text):
        return []
    detail = "Le texte est en NFC, avec LF pour fin de ligne, sans caractère de commande."
    return [Fault(pointer, "not_canonical", detail)]


def text(longest: int | None = None) -> Rule:
    """A plain text, of at most that many code points."""

    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, str):
            return bad_type(pointer, "un texte")
        faults = _form_faults(pointer, value)
        if longest is not None and len(value) > longest:
            faults.append(Fault(pointer, "too_long", f"{longest} caractères au plus."))
        return faults

    return rule


def _description(pointer: str, value: object) -> list[Fault]:
    faults = text(20_000)(pointer, value)
    detail = markup_fault(value) if isinstance(value, str) else None
    return faults + ([Fault(pointer, "bad_html", detail)] if detail else [])


def _url(pointer: str, value: object) -> list[Fault]:
    if not isinstance(value, str):
        return bad_type(pointer, "un texte")
    faults = _form_faults(pointer, value)
    if not faults and value and not is_absolute(value, WEB):
        faults.append(Fault(pointer, "bad_url", "L’adresse est vide, ou absolue en https ou http."))
    return faults


def _boolean(pointer: str, value: object) -> list[Fault]:
    return [] if isinstance(value, bool) else bad_type(pointer, "vrai ou faux")


def choice(choices: Container[str]) -> Rule:
    """One word of a closed list."""

    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, str):
            return bad_type(pointer, "un texte")
        if value not in choices:
            return [Fault(pointer, "bad_choice", "Cette valeur n’est pas dans la liste.")]
        return []

    return rule


def _known_code(is_known: Callable[[str], bool]) -> Rule:
    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, str):
            return bad_type(pointer, "un texte")
        faults = _form_faults(pointer, value)
        if not faults and not is_known(value):
            return [Fault(pointer, "unknown_code", "Aucune matrice publiée ne porte ce code.")]
        return faults

    return rule


def array_of(item_rule: Rule) -> Rule:
    """A set written as an array: sorted by code point, each once."""

    def rule(pointer: str, value: object) -> list[Fault]:
        if not isinstance(value, list):
            return bad_type(pointer, "un tableau")
        if len(value) > MAX_ITEMS:
            return [Fault(pointer, "too_many", f"{MAX_ITEMS} valeurs au plus.")]
        faults = []
        for index, item in enumerate(value):
            where = f"{pointer}/{index}"
            if item in (None, ""):
                faults.append(Fault(where, "required", "Une valeur vide n’en est pas une."))
            else:
                faults += item_rule(where, item)
        if all(isinstance(item, str) for item in value) and value != sorted(set(value)):
            detail = "Le tableau est trié par point de code, sans doublon."
            faults.append(Fault(pointer, "not_canonical", detail))
        return faults

    return rule


def day(pointer: str, value: object) -> list[Fault]:
    """A calendar date of ISO 8601."""
    if not isinstance(value, str):
        return bad_type(pointer, "une date")
    if _as_date(value) is None:
        return [Fault(pointer, "bad_date", "La date s’écrit AAAA-MM-JJ.")]
    return []


def _as_date(value: object) -> date | None:
    # fromisoformat reads other forms of ISO 8601 too, which the contract's hash could not bear.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _order_faults(body: dict[str, object]) -> list[Fault]:
    started_on, ended_on = _as_date(body.get("started_on")), _as_date(body.get("ended_on"))
    if started_on and ended_on and ended_on < started_on:
        return [Fault("/ended_on", "bad_order", "La fin ne précède pas le début.")]
    return []


_COORDINATE = re.compile(r"-?(?:0|[1-9][0-9]{0,2})\.[0-9]{6}")


def _location(pointer: str, value: object) -> list[Fault]:
    """WGS 84. A member too many has no place of its own in the contract: said at `lat`."""
    if not isinstance(value, dict):
        return bad_type(pointer, "un objet")
    faults = [
        Fault(f"{pointer}/{name}", "bad_location", f"Entre -{most} et {most}, six décimales.")
        for name, most in (("lat", 90), ("lon", 180))
        if not _is_coordinate(value.get(name), most)
    ]
    if not faults and len(value) > 2:
        faults.append(Fault(f"{pointer}/lat", "bad_location", "Seuls lat et lon sont admis."))
    return faults


def _is_coordinate(value: object, most: int) -> bool:
    if not isinstance(value, str) or not _COORDINATE.fullmatch(value) or value == "-0.000000":
        return False
    return abs(int(value.replace(".", ""))) <= most * 1_000_000


FIELDS = tuple(_rules(lambda code: True))
_NULLABLE = ("started_on", "ended_on", "location")
_NEVER_EMPTY = (
    "kind",
    "title",
    "reference_services",
    "status",
    "started_on",
    "ended_on",
    "provider",
)
