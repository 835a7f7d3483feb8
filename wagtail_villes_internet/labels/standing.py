"""What may be said of an award: until when it is current, and in which words.

Pure. The words are those of the drawing and of its accessible name alike, so that nobody is told
more or less than another. A level is always said in full with its year, never as a run of « @ »,
which a screen reader spells and RGAA 13.5 calls cryptic.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from .models import Award

Standing = Award.Standing

# The time a town has to put up its new sign once a later edition has been celebrated.
GRACE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a programme counts: « 5 arobases sur 5 »."""

    programme: str
    unit: str
    unit_plural: str
    highest: int

    def in_words(self, level: int) -> str:
        return _("%(level)d %(unit)s out of %(highest)d") % {
            "level": level,
            "unit": self.unit if level == 1 else self.unit_plural,
            "highest": self.highest,
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """The three pieces in which an award is told: « Label obtenu en », 2024, « 5 arobases sur 5 ».

    A drawing sets them on three lines; `spoken` joins them.
    """

    title: str
    year: int
    outcome: str

    @property
    def spoken(self) -> str:
        """The accessible name of the badge: « Label obtenu en 2024 : 5 arobases sur 5 »."""
        return _("%(title)s %(year)d: %(outcome)s") % {
            "title": self.title,
            "year": self.year,
            "outcome": self.outcome,
        }


def last_current_day(year: int, later_ceremonies: Iterable[date]) -> date:
    """The last day on which the award of edition `year` is current.

    60 days after the first of `later_ceremonies`, and at the latest 30 June of the year after. An
    edition that is announced or open changes nothing: only its ceremony does. No rule of the
    association says how long a sign may be shown; this is the package's own, and errs on the
    side of truth.
    """
    return min([date(year + 1, 6, 30), *(day + GRACE for day in later_ceremonies)])


def is_current(year: int, later_ceremonies: Iterable[date], today: date) -> bool:
    """Whether the award of edition `year` may be shown as the town's label of today.

    `later_ceremonies`: the stated ceremonies of later editions of the same programme.
    """
    return today <= last_current_day(year, later_ceremonies)


def outcome(scale: Scale, standing: str, level: int | None) -> str:
    """What was won, without the year: « 5 arobases sur 5 », « hors concours »…"""
    in_words = scale.in_words(level) if level else ""
    match standing:
        case Standing.OUT_OF_COMPETITION if level:
            return _("%(level)s, out of competition") % {"level": in_words}
        case Standing.OUT_OF_COMPETITION:
            return _("out of competition")
        case Standing.MENTION_ONLY:
            return _("without a level")
        case Standing.NOT_PARTICIPATING:
            return _("did not take part")
        case Standing.LABELLED if level:
            return in_words
        case _:
            return _("level not stated")


def wording(
    scale: Scale, year: int, standing: str, level: int | None, *, current: bool
) -> Wording:
    """How the award of edition `year` is told, now or as the past it is."""
    match standing:
        case Standing.NOT_PARTICIPATING:
            title = scale.programme
        case Standing.OUT_OF_COMPETITION if not level:
            title = scale.programme
        case Standing.MENTION_ONLY if current:
            title = _("Mention %(programme)s") % {"programme": scale.programme}
        case Standing.MENTION_ONLY:
            title = _("Mention obtained in")
        case _ if current:
            title = _("Label %(programme)s") % {"programme": scale.programme}
        case _:
            title = _("Label obtained in")
    return Wording(title, year, outcome(scale, standing, level))
