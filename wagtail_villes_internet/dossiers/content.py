"""What a dossier says, complete enough to be read years later without the site. Pure.

Two parts: the contract's dossier, whose octets are sent, and an annex of ours: who filed, the
labels of the matrix, the services in full, what was left out and why. Both are canonical JSON
(RFC 8785), so that the same content has the same octets, and one digest.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from ..registry.canonical import canonical_json
from ..words import alphabetical
from .errors import Unreadable

ROLES = ("elected", "technical")


@dataclass(frozen=True, slots=True)
class SignedOff:
    """Who agreed, by role, and the day (contract, « A dossier »: no name)."""

    role: str
    on: date

    def as_json(self) -> dict[str, str]:
        return {"role": self.role, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class Included:
    """A service of the dossier: its remote id, its content hash, and the contract's fields.

    `reason` says why a town has it in against a rule, empty for one that counts by the rules.
    """

    id: str
    hash: str
    fields: Mapping[str, Any]
    reason: str = ""

    @property
    def title(self) -> str:
        return self.fields["title"]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.fields["reference_services"])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A service that is not part of it: the rule's code where it is a rule's doing, and the reason
    in words."""

    id: str
    title: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class ThemeServices:
    """One theme of the matrix with what the dossier offers in it.

    `references` are the code and label of each reference service of the theme, in its order, with
    the services that correspond to it.
    """

    axis: str
    axis_label: str
    code: str
    label: str
    references: tuple[tuple[str, str, tuple[Included, ...]], ...]

    @property
    def services(self) -> tuple[Included, ...]:
        """Each service of the theme once, in alphabetical order."""
        found = {each.id: each for _code, _label, offered in self.references for each in offered}
        return tuple(sorted(found.values(), key=lambda each: (*alphabetical(each.title), each.id)))

    @property
    def covered(self) -> int:
        """How many of its reference services have a service."""
        return sum(bool(offered) for _code, _label, offered in self.references)


@dataclass(frozen=True)
class Content:
    """Everything a dossier says, and nothing that changes by itself.

    `authority` has `name`, `kind`, `siren`, `insee` and `department`; `matrix` has `version`,
    `official` and `axes` as the contract's `GET matrix` gives them, without `replaces`.
    """

    authority: Mapping[str, Any]
    year: int
    matrix: Mapping[str, Any]
    included: tuple[Included, ...]
    left_out: tuple[LeftOut, ...] = ()
    statement: str = ""
    answers: str = ""
    signed_off: tuple[SignedOff, ...] = ()

    @property
    def matrix_version(self) -> str:
        return self.matrix["version"]

    @property
    def is_official(self) -> bool:
        """Whether the matrix is; where it is not, no share and no advice may be drawn from it."""
        return self.matrix["official"]

    def signed(self, by: Iterable[SignedOff]) -> "Content":
        """The same content with these agreements."""
        return replace(self, signed_off=tuple(by))

    def body(self) -> dict[str, Any]:
        """The contract's dossier, as JSON values."""
        return {
            "edition": self.year,
            "authority": self.authority["siren"] or "",
            "matrix_version": self.matrix_version,
            "services": [
                {
                    "id": each.id,
                    "hash": each.hash,
                    "title": each.title,
                    "reference_services": list(each.codes),
                }
                for each in self.included
            ],
            "answers": self.answers,
            "statement": self.statement,
            "signed_off": [one.as_json() for one in self.signed_off],
        }

    def annex(self) -> dict[str, Any]:
        """What the contract's dossier does not say, as JSON values."""
        return {
            "authority": dict(self.authority),
            "matrix": dict(self.matrix),
            "services": [
                {**each.fields, "id": each.id, "reason": each.reason} for each in self.included
            ],
            "left_out": [
                {"id": one.id, "title": one.title, "rule": one.rule, "reason": one.reason}
                for one in self.left_out
            ],
        }

    @cached_property
    def octets(self) -> bytes:
        """What is sent: canonical JSON, UTF-8."""
        return canonical_json(self.body()).encode()

    @cached_property
    def annex_octets(self) -> bytes:
        return canonical_json(self.annex()).encode()

    @cached_property
    def digest(self) -> str:
        """The SHA-256, 64 hexadecimal digits, of exactly what somebody is shown to agree to: the
        dossier and its annex, before anybody agreed."""
        shown = replace(self, signed_off=()) if self.signed_off else self
        return sha256(canonical_json({"dossier": shown.body(), "annex": shown.annex()}).encode())

    @cached_property
    def themes(self) -> tuple[ThemeServices, ...]:
        """The themes of the matrix, in its order, with the services of the dossier."""
        offered: dict[str, list[Included]] = {}
        for each in self.included:
            for code in each.codes:
                offered.setdefault(code, []).append(each)
        return tuple(
            ThemeServices(
                axis["code"],
                axis["label"],
                theme["code"],
                theme["label"],
                tuple(
                    (one["code"], one["label"], tuple(offered.get(one["code"], ())))
                    for one in theme["services"]
                ),
            )
            for axis in self.matrix["axes"]
            for theme in axis["themes"]
        )

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each reference service that the matrix places, by code."""
        return {
            one["code"]: one["label"]
            for axis in self.matrix["axes"]
            for theme in axis["themes"]
            for one in theme["services"]
        }

    def _texts(self) -> Iterator[str]:
        """Every text that is read by itself, once the whole was."""
        yield from self.authority.values()
        yield from (self.matrix_version, self.statement, self.answers)
        for theme in self.themes:
            yield from (theme.axis, theme.axis_label, theme.code, theme.label)
            yield from (
                text for code, label, _offered in theme.references for text in (code, label)
            )
        for each in self.included:
            yield from (each.id, each.hash, each.title, each.reason, *each.codes)
        for one in self.left_out:
            yield from (one.id, one.title, one.rule, one.reason)

    @classmethod
    def parse(cls, octets: bytes, annex: bytes) -> "Content":
        """What was frozen, read again. Raises `Unreadable`."""
        try:
            body, beside = json.loads(octets), json.loads(annex)
            fields = {row.pop("id"): row for row in beside["services"]}
            reasons = {id: row.pop("reason") for id, row in fields.items()}
            content = cls(
                authority=beside["authority"],
                year=body["edition"],
                matrix=beside["matrix"],
                included=tuple(
                    Included(row["id"], row["hash"], fields[row["id"]], reasons[row["id"]])
                    for row in body["services"]
                ),
                left_out=tuple(LeftOut(**row) for row in beside["left_out"]),
                statement=body["statement"],
                answers=body["answers"],
                signed_off=tuple(
                    SignedOff(row["role"], date.fromisoformat(row["on"]))
                    for row in body["signed_off"]
                ),
            )
            # Whoever reads on would stumble over what is missing further down, or is no text.
            "".join([content.digest, *content._texts()])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable from error
        return content


def sha256(octets: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(octets).hexdigest()
