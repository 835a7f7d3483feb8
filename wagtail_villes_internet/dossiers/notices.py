"""Which notices of a closing are due, to which mailbox. Pure.

One a threshold, a mailbox and a closing day: where the closing is moved, those of the new day are
due in their turn. Of several thresholds passed since, the most pressing alone is due, and the
others never are again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from .calendar import Calendar, days_left
from .countdown import urgency
from .models import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was sent: to which mailbox, about which closing day, at which threshold."""

    mailbox: str
    closes_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Due:
    """A notice to be sent now.

    `days`: the threshold it is sent at. `left`: how many days are left, at most that. `is_moved`:
    the last that this mailbox was told is another closing day.
    """

    year: int
    mailbox: str
    closes_on: date
    days: int
    left: int
    is_moved: bool = False


def due(
    calendar: Calendar,
    now: datetime,
    *,
    told: Collection[Told] = (),
    is_filed: bool = False,
    mailboxes: Collection[str] = tuple(Notice.Mailbox.values),
) -> tuple[Due, ...]:
    """The notices of one campaign that are due at `now`, one a mailbox at most.

    None once a version is filed, once the campaign is over, or while no closing is known.
    """
    days, left, closes_on = urgency(calendar, now), days_left(calendar, now), calendar.closes_on
    if is_filed or days is None or left is None or closes_on is None:
        return ()
    return tuple(
        Due(calendar.year, mailbox, closes_on, days, left, _is_moved(mailbox, closes_on, told))
        for mailbox in mailboxes
        if not _is_told(mailbox, closes_on, days, told)
    )


def _is_told(mailbox: str, closes_on: date, days: int, told: Collection[Told]) -> bool:
    """Whether that, or something more pressing, was said: clocks may differ between machines."""
    return any(
        one.mailbox == mailbox and one.closes_on == closes_on and one.days <= days for one in told
    )


def _is_moved(mailbox: str, closes_on: date, told: Collection[Told]) -> bool:
    days_told = {one.closes_on for one in told if one.mailbox == mailbox}
    return bool(days_told) and closes_on not in days_told
