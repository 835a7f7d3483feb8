"""How long a campaign still lasts, in a sentence. Pure, but for the language in force."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .calendar import OVER, Calendar, Phase, days_left, in_paris, paris_day

THRESHOLDS = (90, 30, 7, 1)
"""At how many days before the closing it grows more pressing: this package's choice, no rule's."""


def threshold_of(days: int | None, thresholds: Sequence[int] = THRESHOLDS) -> int | None:
    """The most pressing threshold that is reached with `days` left; None where none is, or where
    the closing is past or unknown."""
    if days is None or days < 0:
        return None
    return min((reached for reached in thresholds if days <= reached), default=None)


def urgency(calendar: Calendar, now: datetime) -> int | None:
    """The threshold reached, one of `THRESHOLDS`; None where nothing presses, all is over, or the
    authority sits this edition out."""
    if calendar.sits_out or calendar.phase(now) in OVER:
        return None
    return threshold_of(days_left(calendar, now))


def countdown_text(calendar: Calendar, now: datetime) -> str:
    """Where the campaign stands, in one sentence or two, in the language in force."""
    phase = calendar.phase(now)
    if phase == Phase.PUBLISHED:
        return _("The results of the edition %(year)d are published.") % {"year": calendar.year}
    if phase == Phase.CLOSED:
        return _closed(calendar, now)
    if calendar.sits_out:
        return absence_text(calendar.year)
    if phase == Phase.UPCOMING:
        return _upcoming(calendar)
    if phase == Phase.UNKNOWN:
        return _("The dates of the campaign are not known.")
    if calendar.closes_at is None:
        return _("The campaign is open. Its closing date is not known.")
    return _remaining(calendar, calendar.closes_at, now)


def absence_text(year: int) -> str:
    """That the authority sits the edition of `year` out, in a sentence."""
    said = _("No dossier for the edition %(year)d: your local authority does not take part.")
    return said % {"year": year}


def _remaining(calendar: Calendar, closes_at: datetime, now: datetime) -> str:
    days = days_left(calendar, now) or 0
    when = {"n": days, "date": day_text(closes_at), "time": time_text(closes_at)}
    if days == 0:
        return _("Last day: the campaign closes today, %(date)s, at %(time)s.") % when
    return (
        ngettext(
            "%(n)d day left: the campaign closes on %(date)s at %(time)s.",
            "%(n)d days left: the campaign closes on %(date)s at %(time)s.",
            days,
        )
        % when
    )


def _closed(calendar: Calendar, now: datetime) -> str:
    closes_at = calendar.closes_at
    if closes_at is None or now < closes_at:
        return _("The campaign is closed.")
    when = {"date": day_text(closes_at), "time": time_text(closes_at)}
    if calendar.only_seems_closed(now):
        return _("The campaign seems closed: it ended on %(date)s at %(time)s.") % when
    return _("The campaign has been closed since %(date)s at %(time)s.") % when


def _upcoming(calendar: Calendar) -> str:
    opens_at, closes_at = calendar.opens_at, calendar.closes_at
    if opens_at and closes_at:
        return _("The campaign opens on %(opening)s and closes on %(closing)s.") % {
            "opening": day_text(opens_at),
            "closing": day_text(closes_at),
        }
    if opens_at:
        return _("The campaign opens on %(opening)s.") % {"opening": day_text(opens_at)}
    if closes_at:
        return _("The campaign is not open yet. It closes on %(closing)s.") % {
            "closing": day_text(closes_at)
        }
    return _("The campaign is not open yet. Its dates are not known.")


def day_text(moment: datetime | date) -> str:
    """The day, in Paris, as it is read: « 10 novembre 2027 »."""
    if isinstance(moment, datetime):
        moment = paris_day(moment)
    return date_format(moment, "DATE_FORMAT")


def time_text(instant: datetime) -> str:
    """The hour and minute in Paris, as they are read: « 23 h 59 »."""
    there = in_paris(instant)
    return _("%(hour)s:%(minute)s") % {"hour": there.hour, "minute": f"{there.minute:02}"}
