"""The pre-diagnosis: what the services of a town cover in the matrix, what does not count and why,
and what moved since the last dossier. Pure but for `diagnosis_of`.

It promises no level. While the matrix is not official it holds no total of reference services
either, so that nothing built on it can draw a share (design decision 11).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from .. import days
from ..services.models import DigitalService
from .candidates import Candidate
from .comparing import Comparison, compare, content_before
from .content import Content, ThemeServices
from .drafting import Draft, Line
from .rules import Reason, Rule

NOTICE = _(
    "Arranged by the local authority after the public themes of the label; this does not commit "
    "the Villes Internet association."
)


@dataclass(frozen=True, slots=True)
class Covering:
    """A service of the dossier, as it covers something.

    `done` of `total` things are filled in; `status` is the contract's progress. `changed_on` is the
    day of its last change and `months` how many whole months ago that was, None where nobody knows.
    """

    remote_id: str
    pk: int
    title: str
    done: int
    total: int
    status: str
    changed_on: date | None
    months: int | None

    @property
    def progress(self) -> str:
        """`status` in words."""
        return str(DigitalService.Status(self.status).label)


@dataclass(frozen=True, slots=True)
class ReferenceCover:
    """A reference service of the matrix, and the services that correspond to it."""

    code: str
    label: str
    services: tuple[Covering, ...]

    @property
    def is_covered(self) -> bool:
        return bool(self.services)


@dataclass(frozen=True, slots=True)
class ThemeDiagnosis:
    """One theme. `of`: how many reference services it has; None while that would be no official
    number."""

    axis: str
    axis_label: str
    code: str
    label: str
    references: tuple[ReferenceCover, ...]
    of: int | None

    @property
    def covered(self) -> tuple[ReferenceCover, ...]:
        return tuple(each for each in self.references if each.is_covered)

    @property
    def uncovered(self) -> tuple[ReferenceCover, ...]:
        return tuple(each for each in self.references if not each.is_covered)

    @property
    def services(self) -> int:
        """How many services it has, each once."""
        return len({one.remote_id for each in self.references for one in each.services})


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the whole matrix; `references_of` and `themes_of` are None as `ThemeDiagnosis.of` is."""

    services: int
    references: int
    themes: int
    references_of: int | None
    themes_of: int | None


@dataclass(frozen=True, slots=True)
class NotCounted:
    """The services that one rule keeps from counting, and where the rule comes from."""

    reason: Reason
    rule: Rule
    services: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is to be read before a dossier is filed.

    `not_counted` are those out of it by a rule; `chosen_out` those that the town leaves out though
    they count, `chosen_in` those it has in against a rule; `unplaced` are in it, and attached to
    nothing that the matrix in use has. `moved` is None where nothing was filed before. `notice` is
    to be shown wherever this is; empty with an official matrix.
    """

    themes: tuple[ThemeDiagnosis, ...]
    totals: Totals
    not_counted: tuple[NotCounted, ...]
    chosen_out: tuple[Line, ...]
    chosen_in: tuple[Line, ...]
    unplaced: tuple[Candidate, ...]
    moved: Comparison | None
    is_official: bool

    @property
    def notice(self) -> str:
        return "" if self.is_official else str(NOTICE)


def diagnosis_of(draft: Draft, today: date | None = None) -> Diagnosis:
    """The diagnosis of `draft`, beside the last dossier filed. Raises `Unreadable` (that one)."""
    return diagnose(draft, today or days.today(), content_before(draft.dossier))


def diagnose(draft: Draft, today: date, before: Content | None = None) -> Diagnosis:
    """The diagnosis of `draft` on that day; `before` is what the last dossier said."""
    content = draft.content
    covering = {
        line.candidate.remote_id: _covering(line.candidate, today) for line in draft.included
    }
    themes = tuple(_theme(each, covering, content.is_official) for each in content.themes)
    return Diagnosis(
        themes=themes,
        totals=_totals(themes, len(covering), content.is_official),
        not_counted=tuple(_not_counted(draft)),
        chosen_out=tuple(
            line for line in draft.lines if not line.included and line.candidate.counts
        ),
        chosen_in=tuple(line for line in draft.lines if line.is_against_the_rules),
        unplaced=tuple(
            line.candidate
            for line in draft.included
            if content.labels.keys().isdisjoint(line.candidate.codes)
        ),
        moved=compare(before, content) if before else None,
        is_official=content.is_official,
    )


def months_since(day: date, today: date) -> int:
    """How many whole months lie between two days; 0 for a day that is yet to come."""
    months = 12 * (today.year - day.year) + today.month - day.month
    return max(0, months - (today.day < day.day))


def _covering(candidate: Candidate, today: date) -> Covering:
    changed_on = candidate.changed_on
    return Covering(
        candidate.remote_id,
        candidate.pk,
        candidate.title,
        candidate.completeness.done,
        candidate.completeness.total,
        candidate.status,
        changed_on,
        months_since(changed_on, today) if changed_on else None,
    )


def _theme(
    theme: ThemeServices, covering: dict[str, Covering], is_official: bool
) -> ThemeDiagnosis:
    return ThemeDiagnosis(
        theme.axis,
        theme.axis_label,
        theme.code,
        theme.label,
        references=tuple(
            ReferenceCover(code, label, tuple(covering[each.id] for each in offered))
            for code, label, offered in theme.references
        ),
        of=len(theme.references) if is_official else None,
    )


def _totals(themes: tuple[ThemeDiagnosis, ...], services: int, is_official: bool) -> Totals:
    return Totals(
        services=services,
        references=sum(len(theme.covered) for theme in themes),
        themes=sum(bool(theme.covered) for theme in themes),
        references_of=sum(len(theme.references) for theme in themes) if is_official else None,
        themes_of=len(themes) if is_official else None,
    )


def _not_counted(draft: Draft) -> Iterator[NotCounted]:
    out = [line.candidate for line in draft.lines if not line.included]
    for reason in Reason:
        if found := tuple(one for one in out if reason in one.reasons):
            yield NotCounted(reason, reason.rule, found)
