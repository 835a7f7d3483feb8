"""Opens a dossier, and reads what it would say if it were filed now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from ..authorities.models import LocalAuthority
from ..matrix.store import as_data, current_matrix
from ..registry.text import canonical_text
from ..words import alphabetical
from .campaign import take_part
from .candidates import Candidate, candidates
from .content import Content, Included, LeftOut
from .errors import (
    ChangedMeanwhile,
    DossierError,
    NotIncludable,
    ReasonMissing,
    ReasonTooLong,
)
from .models import Choice, Dossier

LONGEST_REASON = 500
CHUNK = 500
NO_MATRIX: dict[str, Any] = {"version": "", "official": False, "axes": []}


@dataclass(frozen=True, slots=True)
class Line:
    """One service of the town, whether it is part of the dossier, and what somebody said of it."""

    candidate: Candidate
    included: bool
    reason: str = ""

    @property
    def is_against_the_rules(self) -> bool:
        """Whether the town has it in the dossier on its own word."""
        return self.included and not self.candidate.counts


@dataclass(frozen=True)
class Draft:
    """A dossier as it stands: every service of the town by title, and what would be filed."""

    dossier: Dossier
    lines: tuple[Line, ...]
    content: Content

    @property
    def included(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.included)

    @property
    def left_out(self) -> tuple[Line, ...]:
        """What is not part of it, though the dossier says why."""
        return tuple(line for line in self.lines if not line.included and _is_told(line))


@transaction.atomic
def open_dossier(authority: LocalAuthority, year: int) -> Dossier:
    """The dossier of that edition; opened, where there is none, with last year's texts and choices.

    Choices are kept for services that are gone too: they may come back. Whoever was to sit that
    edition out takes part again.
    """
    take_part(authority, year)
    dossier, is_new = Dossier.objects.get_or_create(authority=authority, year=year)
    if not is_new:
        return dossier
    last = Dossier.objects.filter(authority=authority, year__lt=year).order_by("-year").first()
    if last is None:
        return dossier
    dossier.statement, dossier.answers = last.statement, last.answers
    dossier.carried_from = last.year
    dossier.save()
    Choice.objects.bulk_create(
        Choice(
            dossier=dossier,
            remote_id=choice.remote_id,
            title=choice.title,
            included=choice.included,
            reason=choice.reason,
        )
        for choice in last.choices.all()
    )
    return dossier


def draft_of(
    dossier: Dossier,
    known_codes: Collection[str] | None = None,
    today: date | None = None,
) -> Draft:
    """`dossier` as it stands, in a number of queries that does not grow with the services.

    `known_codes` are those that the registry's matrix knows; None, by hand, knows them all.
    """
    choices = {choice.remote_id: choice for choice in dossier.choices.all()}
    found = candidates(dossier.authority, today, known_codes)
    lines = tuple(
        _line(candidate, choices.get(candidate.remote_id))
        for candidate in sorted(found, key=lambda one: (*alphabetical(one.title), one.remote_id))
    )
    return Draft(dossier, lines, _content(dossier, lines))


def choose(dossier: Dossier, candidate: Candidate, *, included: bool, reason: str = "") -> None:
    """Take a service into the dossier, or leave it out with a reason.

    Raises `ReasonMissing` for one that counts and is left out without a word, `ReasonTooLong` and
    `NotIncludable`.
    """
    for _refused, error in choose_all(dossier, [candidate], included=included, reason=reason):
        raise error


@transaction.atomic
def choose_all(
    dossier: Dossier, asked: Iterable[Candidate], *, included: bool, reason: str = ""
) -> list[tuple[Candidate, DossierError]]:
    """As `choose`, for many at once; returns those that were refused, each with why.

    In a few queries, however many they are.
    """
    reason = canonical_text(reason)
    refused: list[tuple[Candidate, DossierError]] = []
    chosen: list[Candidate] = []
    for candidate in asked:
        error = _refusal(candidate, included, reason)
        if error:
            refused.append((candidate, error))
        else:
            chosen.append(candidate)
    _forget(dossier, {candidate.remote_id for candidate in chosen})
    Choice.objects.bulk_create(
        Choice(
            dossier=dossier,
            remote_id=candidate.remote_id,
            title=candidate.title[:255],
            included=included,
            reason=reason,
        )
        for candidate in chosen
        # What the rules say by themselves is no choice, but for the words of one who leaves it out.
        if included != candidate.counts or (not included and reason)
    )
    return refused


@transaction.atomic
def write(dossier: Dossier, texts: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Keep the `statement` and the `answers`; `seen` are those that the person began from.

    Raises `ChangedMeanwhile` where somebody else wrote since: then nothing is written.
    """
    row = Dossier.objects.select_for_update().get(pk=dossier.pk)
    changed = {}
    for name, text in texts.items():
        stored, after = getattr(row, name), canonical_text(text, multiline=True)
        if stored == after:
            continue
        if stored != canonical_text(seen.get(name, ""), multiline=True):
            raise ChangedMeanwhile
        changed[name] = after
    for name, after in changed.items():
        setattr(dossier, name, after)
    dossier.save(update_fields=list(changed))


def _refusal(candidate: Candidate, included: bool, reason: str) -> DossierError | None:
    if included and not candidate.may_be_included:
        return NotIncludable()
    if not included and candidate.counts and not reason:
        return ReasonMissing()
    return ReasonTooLong() if len(reason) > LONGEST_REASON else None


def _forget(dossier: Dossier, ids: Collection[str]) -> None:
    """Unmake the choices about those services."""
    # One at a time: the row of the dossier stands for all that is said of it.
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    # By their own keys, since a query takes only so many values, and most have no choice.
    rows = dossier.choices.values_list("pk", "remote_id")
    found = [pk for pk, remote_id in rows if remote_id in ids]
    for start in range(0, len(found), CHUNK):
        Choice.objects.filter(pk__in=found[start : start + CHUNK]).delete()


def _line(candidate: Candidate, choice: Choice | None) -> Line:
    if choice is None:
        return Line(candidate, included=candidate.counts)
    if choice.included and not candidate.may_be_included:
        # Words for taking it in say nothing of what keeps it out.
        return Line(candidate, included=False)
    return Line(candidate, choice.included, choice.reason)


def _is_told(line: Line) -> bool:
    reasons = line.candidate.reasons
    return all(reason.is_told for reason in reasons)


def _content(dossier: Dossier, lines: tuple[Line, ...]) -> Content:
    matrix = current_matrix()
    # A reason is part of what is agreed to: it may not depend on who looks.
    with translation.override(settings.LANGUAGE_CODE):
        included = tuple(_included(line) for line in lines if line.included)
        left_out = tuple(_left_out(line) for line in lines if not line.included and _is_told(line))
    return Content(
        authority=_authority(dossier.authority),
        year=dossier.year,
        matrix=_matrix(as_data(matrix)) if matrix else NO_MATRIX,
        included=included,
        left_out=left_out,
        statement=canonical_text(dossier.statement, multiline=True),
        answers=canonical_text(dossier.answers, multiline=True),
    )


def _included(line: Line) -> Included:
    one = line.candidate
    reason = _why(line) if line.is_against_the_rules else ""
    return Included(one.remote_id, one.hash, one.body.as_json(), reason)


def _left_out(line: Line) -> LeftOut:
    one = line.candidate
    rule = one.reasons[0].value if one.reasons else ""
    return LeftOut(one.remote_id, one.title, rule, _why(line))


def _why(line: Line) -> str:
    """In the town's own words, else in those of the rules."""
    return line.reason or ", ".join(reason.label for reason in line.candidate.reasons)


def _authority(authority: LocalAuthority) -> dict[str, Any]:
    return {
        "name": canonical_text(authority.name),
        "kind": authority.kind,
        "siren": authority.siren or "",
        "insee": authority.insee or "",
        "department": canonical_text(authority.department_name),
    }


def _matrix(data: Any) -> dict[str, Any]:
    """As `GET matrix` gives it, but for what each code replaces."""
    return {
        "version": data.version,
        "official": data.official,
        "axes": [
            {
                "code": axis.code,
                "label": axis.label,
                "themes": [
                    {
                        "code": theme.code,
                        "label": theme.label,
                        "services": [
                            {"code": one.code, "label": one.label} for one in theme.services
                        ],
                    }
                    for theme in axis.themes
                ],
            }
            for axis in data.axes
        ],
    }
