"""The services that may be part of a dossier, and what keeps each of the others from counting."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from .. import days
from ..authorities.models import LocalAuthority
from ..declared.bodies import Incomplete, bodies, unknown_codes
from ..registry.canonical import content_hash
from ..registry.types import ServiceBody
from ..services.completeness import Completeness, Facts, Gap, completeness
from ..services.models import DigitalService
from ..services.rules import Shortcoming, status_on
from .rules import Reason

COLUMNS = (
    *("pk", "translation_key", "title", "live", "counted", "public", "summary", "url"),
    *("offline_alternative", "audiences", "interactions", "status", "started_on", "ended_on"),
    *("last_published_at", "latest_revision__created_at"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One service of the town, live or not, as the dossier sees it on one day.

    `codes` are those of its reference services; `status` its progress that day; `changed_on` the
    day of its last change, None where nobody knows. `body` is the contract's, None for what is not
    declared. `reasons` say why it does not count: none, it counts.
    """

    remote_id: str
    pk: int
    title: str
    codes: tuple[str, ...]
    status: str
    started_on: date | None
    ended_on: date | None
    changed_on: date | None
    completeness: Completeness
    body: ServiceBody | None = None
    reasons: tuple[Reason, ...] = ()
    shortcomings: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return not self.reasons

    @property
    def may_be_included(self) -> bool:
        """Whether the town may have it in the dossier, by the rules or against them."""
        return self.body is not None and all(reason.is_overruled for reason in self.reasons)

    @property
    def hash(self) -> str:
        """The contract's content hash; empty for what is not declared."""
        return content_hash(self.body) if self.body else ""


def candidates(
    authority: LocalAuthority,
    today: date | None = None,
    known_codes: Collection[str] | None = None,
) -> tuple[Candidate, ...]:
    """Every service of `authority`, by remote id, in a number of queries that does not grow.

    `known_codes` are those that the registry's matrix knows; None, by hand, knows them all.
    """
    today = today or days.today()
    declared: dict[str, ServiceBody] = {}
    lacking: dict[str, Incomplete] = {}
    for found in bodies(authority, today):
        if isinstance(found, Incomplete):
            lacking[found.remote_id] = found
        else:
            declared[found[0]] = found[1]
    codes = _codes(authority)
    rows = DigitalService.objects.of(authority).foremost_first().values_list(*COLUMNS, named=True)
    return tuple(
        _candidate(_foremost(list(group)), codes, declared, lacking, today, known_codes)
        for _key, group in groupby(rows, key=lambda row: row.translation_key)
    )


def _foremost(rows: list[Any]) -> Any:
    """The row that speaks for its translations: the first that is live, else the first."""
    return next((row for row in rows if row.live), rows[0])


def _candidate(
    row: Any,
    codes: dict[int, list[str]],
    declared: dict[str, ServiceBody],
    lacking: dict[str, Incomplete],
    today: date,
    known_codes: Collection[str] | None,
) -> Candidate:
    remote_id = str(row.translation_key)
    changed_at = row.latest_revision__created_at or row.last_published_at
    facts = Facts(
        summary=row.summary,
        url=row.url,
        offline_alternative=row.offline_alternative,
        reference_services=len(codes.get(row.pk, ())),
        audiences=row.audiences,
        interactions=row.interactions,
        public=row.public,
        status=row.status,
        started_on=row.started_on,
        ended_on=row.ended_on,
        changed_on=days.day_of(changed_at) if changed_at else None,
    )
    complete = completeness(facts, today)
    body = declared.get(remote_id)
    status = status_on(row.status, row.started_on, row.ended_on, today)
    incomplete = lacking.get(remote_id)
    return Candidate(
        remote_id=remote_id,
        pk=row.pk,
        title=body.title if body else row.title,
        codes=tuple(sorted(codes.get(row.pk, ()))),
        status=status,
        started_on=row.started_on,
        ended_on=row.ended_on,
        changed_on=facts.changed_on,
        completeness=complete,
        body=body,
        reasons=_reasons(row, body, incomplete, status, complete, known_codes),
        shortcomings=incomplete.reasons if incomplete else (),
    )


def _reasons(
    row: Any,
    body: ServiceBody | None,
    incomplete: Incomplete | None,
    status: str,
    complete: Completeness,
    known_codes: Collection[str] | None,
) -> tuple[Reason, ...]:
    if not row.live:
        return (Reason.DRAFT,)
    if not row.counted:
        return (Reason.NOT_COUNTED,)
    if body is None:
        unattached = incomplete and Shortcoming.NO_REFERENCE_SERVICE in incomplete.shortcomings
        return (Reason.NO_REFERENCE_SERVICE if unattached else Reason.INCOMPLETE,)
    found = []
    if unknown_codes(body.reference_services, known_codes):
        found.append(Reason.UNKNOWN_CODE)
    if status == DigitalService.Status.PLANNED:
        found.append(Reason.PLANNED)
    if Gap.TOO_OLD in complete.gaps:
        found.append(Reason.TOO_OLD)
    return tuple(found)


def _codes(authority: LocalAuthority) -> dict[int, list[str]]:
    through = DigitalService.reference_services.through
    rows = through.objects.filter(digitalservice__authority=authority).values_list(
        "digitalservice_id", "referenceservice__code"
    )
    codes: dict[int, list[str]] = defaultdict(list)
    for service, code in rows:
        codes[service].append(code)
    return codes
