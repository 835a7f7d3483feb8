"""What one check of an address says, and when an address that fails is held to be broken. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from html import unescape

from ...words import plain_words

# A page that is moved, or a server that is mended, is back within some days; people would be
# troubled for nothing before.
BROKEN_AFTER = 3

# « Page introuvable » answered with 200: what such pages say in their title or first heading.
NOT_FOUND = (
    ("page", "introuvable"),
    ("page", "non", "trouvee"),
    ("page", "inexistante"),
    ("contenu", "introuvable"),
    ("page", "n", "existe", "pas"),
    ("page", "n", "existe", "plus"),
    ("page", "not", "found"),
    ("erreur", "404"),
    ("error", "404"),
    ("404", "not", "found"),
)
# Bounded: a page of « <h1> » alone would be searched to its end from each of them.
HEADINGS = re.compile(
    r"<(title|h1)\b[^<>]{0,500}>(.{0,1000}?)</\1\s{0,9}>", re.IGNORECASE | re.DOTALL
)
TAGS = re.compile(r"<[^<>]*>")


class Reason(StrEnum):
    """Why an address does not work; an HTTP status is a reason as well, as its three digits."""

    DNS = "dns"
    TIMEOUT = "timeout"
    TLS = "tls"
    CONNECTION = "connection"
    REDIRECTS = "redirects"
    NOT_FOUND_PAGE = "not-found-page"
    PRIVATE = "private"
    ADDRESS = "address"


class Outcome(StrEnum):
    WORKS = "works"
    FAILS = "fails"
    # Nothing can be said of it from here: a private network, a page for members, a refusal of
    # machines.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says. `reason`: a `Reason` or an HTTP status; empty where it works."""

    outcome: Outcome
    reason: str = ""


WORKS = Verdict(Outcome.WORKS)
# What a server says to machines, or to those who are not known to it, of a page that is there.
NOT_FOR_US = frozenset({401, 402, 403, 407, 429, 451, 999})


def of_status(status: int) -> Verdict:
    """What an HTTP status says once redirections were followed (RFC 9110, 15)."""
    if 200 <= status < 300:
        return WORKS
    if status in NOT_FOR_US:
        return Verdict(Outcome.UNKNOWN, str(status))
    return Verdict(Outcome.FAILS, str(status))


def says_not_found(markup: str) -> bool:
    """Whether a page answered with 200 says in its title, or a first heading, that there is none.

    The title alone is not searched for « 404 »: a street or a road may bear the number.
    """
    for _tag, content in HEADINGS.findall(markup):
        words = plain_words(unescape(TAGS.sub(" ", content)))
        if words in (["404"], ["erreur"], ["introuvable"]) or any(
            _holds(words, wanted) for wanted in NOT_FOUND
        ):
            return True
    return False


def _holds(words: list[str], wanted: tuple[str, ...]) -> bool:
    size = len(wanted)
    return any(tuple(words[at : at + size]) == wanted for at in range(len(words) - size + 1))


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of an address. `failures`: those in a row, one a day at most."""

    state: str = "works"
    reason: str = ""
    failures: int = 0
    failing_since: date | None = None
    last_failed_on: date | None = None
    worked_at: datetime | None = None


def after(health: Health, verdict: Verdict, now: datetime) -> Health:
    """What is known after one more check, at `now`, an aware time in the town's zone.

    Several failures of one day count as one; a check that says nothing changes no count, so that a
    server that refuses machines one day out of two is not held to be broken, nor to be mended.
    """
    today = now.date()
    match verdict.outcome:
        case Outcome.WORKS:
            return Health(worked_at=now)
        case Outcome.UNKNOWN:
            state = "unchecked" if health.failures == 0 else health.state
            return replace(health, state=state, reason=verdict.reason)
        case _:
            # A clock that was ahead must not keep a day from counting for ever.
            counted = health.last_failed_on == today
            failures = health.failures + (not counted)
            return replace(
                health,
                state="broken" if failures >= BROKEN_AFTER else "failing",
                reason=verdict.reason,
                failures=failures,
                failing_since=health.failing_since or today,
                last_failed_on=today,
            )
