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
    """The pieces in which an award is told: « Label obtenu en », 2024, « 5 arobases sur 5 ».

    A drawing sets them on lines of their own; `spoken` joins them. `note` is seldom there.
    """

    title: str
    year: int
    outcome: str
    note: str = ""

    @property
    def spoken(self) -> str:
        """The accessible name of the badge: « Label obtenu en 2024 : 5 arobases sur 5 »."""
        spoken = _("%(title)s %(year)d: %(outcome)s") % {
            "title": self.title,
            "year": self.year,
            "outcome": self.whole_outcome,
        }
        # A name is never laid out on lines: it has the plain spaces that one types to look for it.
        return spoken.replace("\N{NO-BREAK SPACE}", " ")

    @property
    def whole_outcome(self) -> str:
        """What was won, without the year: « 5 arobases sur 5, hors concours »."""
        return ", ".join(filter(None, (self.outcome, self.note)))


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


def wording(scale: Scale, year: int, standing: str, level: int | None, *, current: bool) -> Wording:
    """How the award of edition `year` is told, as of today or as the past it is."""
    programme = {"programme": scale.programme}
    label = _("Label %(programme)s") % programme if current else _("Label obtained in")
    match standing:
        case Standing.NOT_PARTICIPATING:
            return Wording(scale.programme, year, _("did not take part"))
        case Standing.MENTION_ONLY:
            return Wording(scale.programme, year, _("mention without a level"))
        case Standing.OUT_OF_COMPETITION if level:
            return Wording(label, year, scale.in_words(level), _("out of competition"))
        case Standing.OUT_OF_COMPETITION:
            return Wording(scale.programme, year, _("out of competition"))
        case Standing.LABELLED if level:
            return Wording(label, year, scale.in_words(level))
        case _:
            return Wording(label, year, _("level not stated"))
