"""Which notices of a closing are due, to which mailbox. Pure.

One a threshold, a mailbox and a closing day: where the closing is moved, be it back to a day told
before, those of that day are due in their turn. Of several thresholds passed since, the most
pressing alone is due, and the others never are again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from .calendar import Calendar, days_left
from .countdown import urgency
from .models import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was sent: to which mailbox, about which closing day, at which threshold, when.

    The last time, where a closing that was moved back had it sent again.
    """

    mailbox: str
    closes_on: date
    days: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A notice to be sent now.

    `days`: the threshold it is sent at. `left`: how many days are left, at most that.
    `moved_since`: when this mailbox was last told, where that was another closing day.
    """

    year: int
    mailbox: str
    closes_on: date
    days: int
    left: int
    moved_since: datetime | None = None

    @property
    def is_moved(self) -> bool:
        return self.moved_since is not None


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
    found = []
    for mailbox in mailboxes:
        before = [one for one in told if one.mailbox == mailbox]
        last = max(reversed(before), key=lambda one: one.sent_at, default=None)
        moved_since = last.sent_at if last and last.closes_on != closes_on else None
        # That, or something more pressing: clocks may differ between machines.
        is_told = any(one.closes_on == closes_on and one.days <= days for one in before)
        if moved_since or not is_told:
            found.append(Due(calendar.year, mailbox, closes_on, days, left, moved_since))
    return tuple(found)
