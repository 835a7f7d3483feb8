"""What may be said of an award: until when it is current, and in which words.

Pure. The words are those of the drawing and of its accessible name alike, so that nobody is told
more or less than another. A level is always said in full with its year, never as a run of « @ »,
which a screen reader spells and RGAA 13.5 calls cryptic.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from .models import Award, LabelProgramme

Standing = Award.Standing
Symbol = LabelProgramme.Symbol
Validity = LabelProgramme.Validity

# The time a town has to put up its new sign once a later edition has been celebrated.
GRACE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a programme counts: « 5 arobases sur 5 »; `highest` is 0 where it has no levels."""

    programme: str
    unit: str
    unit_plural: str
    highest: int
    symbol: str = Symbol.AROBASE
    validity: str = Validity.SIGN
    months: int | None = None

    @property
    def names_itself(self) -> bool:
        """Whether « 5 arobases » says by itself which label it is."""
        return self.symbol == Symbol.AROBASE

    def units(self, level: int) -> str:
        return self.unit if level == 1 else self.unit_plural

    def in_words(self, level: int) -> str:
        return _("%(level)d %(unit)s out of %(highest)d") % {
            "level": level,
            "unit": self.units(level),
            "highest": self.highest,
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """The pieces in which an award is told: « Label obtenu en », 2024, « 5 arobases sur 5 ».

    A drawing sets them on lines of their own; `spoken` joins them. `note` is seldom there.
    `current`: whether it may be shown as the label of today.
    """

    title: str
    year: int
    outcome: str
    note: str = ""
    standing: str = Standing.LABELLED
    current: bool = False

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


def last_day_of_months(start: date, months: int) -> date:
    """The last day of a validity of `months` that begins on `start`: the eve of the same day."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def wording(scale: Scale, year: int, standing: str, level: int | None, *, current: bool) -> Wording:
    """How the award of edition `year` is told, as of today or as the past it is."""
    title, outcome, note = _pieces(scale, standing, level, current)
    return Wording(title, year, outcome, note, standing, current)


def _pieces(scale: Scale, standing: str, level: int | None, current: bool) -> tuple[str, str, str]:
    name = scale.programme
    label = _("Label %(programme)s") % {"programme": name} if current else _("Label obtained in")
    which = "" if current or scale.names_itself else name
    out = _("out of competition")
    match standing:
        case Standing.NOT_PARTICIPATING:
            return name, _("did not take part"), ""
        case Standing.MENTION_ONLY:
            return name, _("mention without a level"), ""
        case Standing.OUT_OF_COMPETITION if level:
            return label, scale.in_words(level), ", ".join(filter(None, (which, out)))
        case Standing.OUT_OF_COMPETITION:
            return name, out, ""
        case Standing.LABELLED if level:
            return label, scale.in_words(level), which
        case Standing.LABELLED if not scale.highest:
            return label, _("obtained") if current else name, ""
        case _:
            return label, _("level not stated"), which
