"""When to try again: pure functions, whose answer is stored in the database and never slept on."""

import random
import re
from collections.abc import Callable

from django.utils.http import parse_http_date_safe

DAY = 24 * 3600.0
LONGEST_DELAY = 3600.0
FIRST_DELAY = 5.0

_SECONDS = re.compile(r"[0-9]+")


def parse_retry_after(value: str | None, *, date: str | None, now: float) -> float | None:
    """The seconds a `Retry-After` asks to wait, from 0 to 24 h, or None when it is malformed.

    A date is read relative to the answer's own `Date`, so that a clock that is wrong here or
    there does not count; without one, relative to `now`, a POSIX time (RFC 9110, 10.2.3).
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        # Nobody waits for longer than a day: more digits than these need not be read.
        return min(float(text[:12]), DAY)
    until = parse_http_date_safe(text)
    if until is None:
        return None
    since = parse_http_date_safe(date or "")
    return min(max(0.0, until - (now if since is None else since)), DAY)


def next_delay(failures: int, rand: Callable[[], float] = random.random) -> float:
    """The seconds to wait after that many failures in a row: full jitter, up to one hour.

    `rand` gives a number from 0 to 1. Full jitter spreads the sites of one operator, which a
    registry that comes back would otherwise meet all at once.
    """
    return rand() * min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(max(failures, 1) - 1, 20))
