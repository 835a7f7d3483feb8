"""What residents miss in a service, and whether it still counts: a help, never a condition.

Beside `services.rules`, which says what keeps a service from being shown and declared. Pure: it
works on facts, and `facts_of` reads them off a service.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from django.utils.translation import gettext_lazy as _

from .. import days
from .models import DigitalService
from .rules import status_on

YEARS = 2
"""How old an action may be that runs no longer, to count for the label (weka.fr, May 2017); as long
as that without a change, and nobody knows whether one still runs."""


class Gap(StrEnum):
    """One thing to be done; see `field` and `message`."""

    NO_REFERENCE_SERVICE = "no_reference_service"
    NO_SUMMARY = "no_summary"
    NO_LINK = "no_link"
    NO_WAY_WITHOUT_INTERNET = "no_way_without_internet"
    NO_INTERACTION = "no_interaction"
    NO_AUDIENCE = "no_audience"
    TOO_OLD = "too_old"
    STALE = "stale"

    @property
    def field(self) -> str:
        """The field of the form where it is done."""
        return FIELDS[self]

    @property
    def message(self) -> str:
        """What to do, for a webmaster."""
        return str(MESSAGES[self])


FIELDS = {
    Gap.NO_REFERENCE_SERVICE: "reference_services",
    Gap.NO_SUMMARY: "summary",
    Gap.NO_LINK: "url",
    Gap.NO_WAY_WITHOUT_INTERNET: "offline_alternative",
    Gap.NO_INTERACTION: "interactions",
    Gap.NO_AUDIENCE: "audiences",
    Gap.TOO_OLD: "ended_on",
    Gap.STALE: "status",
}
MESSAGES = {
    Gap.NO_REFERENCE_SERVICE: _("Attach it to the matrix, or it is found under no theme."),
    Gap.NO_SUMMARY: _("Say in a sentence what it is for."),
    Gap.NO_LINK: _("Give the address where it is used."),
    Gap.NO_WAY_WITHOUT_INTERNET: _(
        "Say how to get it without Internet: at the desk, by post or by telephone."
    ),
    Gap.NO_INTERACTION: _("Say what one can do with it."),
    Gap.NO_AUDIENCE: _("Say for whom it is."),
    Gap.TOO_OLD: _("It has ended and is more than two years old: it counts for the label no more."),
    Gap.STALE: _(
        "Nobody has changed it for two years: make sure that it is still right, and publish it "
        "again."
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a service says, as far as completeness goes.

    `changed_on`: the day of its last change; None where that is not known, which is no gap.
    """

    summary: str = ""
    url: str = ""
    offline_alternative: str = ""
    reference_services: int = 0
    audiences: Collection[str] = ()
    interactions: Collection[str] = ()
    public: bool = True
    status: str = DigitalService.Status.ACTIVE
    started_on: date | None = None
    ended_on: date | None = None
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a service has come: `done` things of `total`, and the `gaps`, in the form's order."""

    done: int
    total: int
    gaps: tuple[Gap, ...]

    @property
    def whole(self) -> bool:
        return not self.gaps

    @classmethod
    def of(cls, found: dict[Gap, bool]) -> Self:
        """From every thing asked for: whether it is missing."""
        gaps = tuple(gap for gap, missing in found.items() if missing)
        return cls(done=len(found) - len(gaps), total=len(found), gaps=gaps)


def completeness(facts: Facts, today: date) -> Completeness:
    """How complete a service is on that day.

    Seven things for residents; three for what they are not shown, which has to be attached, told
    and true all the same. Being up to date is one thing, whichever of its two gaps it is.
    """
    found = {
        Gap.NO_REFERENCE_SERVICE: not facts.reference_services,
        Gap.NO_SUMMARY: not facts.summary.strip(),
    }
    if facts.public:
        found |= {
            Gap.NO_LINK: not facts.url,
            Gap.NO_WAY_WITHOUT_INTERNET: not facts.offline_alternative.strip(),
            Gap.NO_INTERACTION: not facts.interactions,
            Gap.NO_AUDIENCE: not facts.audiences,
        }
    outdated = _outdated(facts, today)
    return Completeness.of({**found, outdated or Gap.STALE: outdated is not None})


def _outdated(facts: Facts, today: date) -> Gap | None:
    """An action counts while it is under two years old or still runs."""
    limit = _years_before(today, YEARS)
    if status_on(facts.status, facts.started_on, facts.ended_on, today) == "ended":
        # What began on a day nobody noted is no older than its end says.
        age = facts.started_on or facts.ended_on or facts.changed_on
        return Gap.TOO_OLD if age is not None and age <= limit else None
    return Gap.STALE if facts.changed_on is not None and facts.changed_on <= limit else None


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def facts_of(service: DigitalService) -> Facts:
    """The facts of a row, or of a draft of it.

    Reads `latest_revision` and `reference_services`: fetch them beforehand for a list.
    """
    revision = service.latest_revision
    changed_at = revision.created_at if revision else service.last_published_at
    return Facts(
        summary=service.summary,
        url=service.url,
        offline_alternative=service.offline_alternative,
        reference_services=len(service.reference_services.all()),
        audiences=service.audiences,
        interactions=service.interactions,
        public=service.public,
        status=service.status,
        started_on=service.started_on,
        ended_on=service.ended_on,
        changed_on=days.day_of(changed_at) if changed_at else None,
    )


def completeness_of(service: DigitalService) -> Completeness:
    """How complete a row, or a draft of it, is today; see `facts_of`."""
    return completeness(facts_of(service), days.today())
