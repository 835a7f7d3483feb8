"""How people write what was won: `5`, `5@`, `@@@@@`, « cinq arobases », « hors concours »…

Pure. Every word has to be known: a cell that also says something else is refused, never guessed.
"""

import re

from django.utils.translation import gettext as _

from ...words import plain_words
from ..models import Award
from .errors import LineError

Standing = Award.Standing

HIGHEST = 5
NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
NUMBERS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
UNITS = {"arobase", "arobases", "arobas", "etoile", "etoiles", "at", "star", "stars"}
# Said around a level without changing it.
FILLERS = {"niveau", "level", "label", "labels", "labellise", "labellisee", "labelled", "obtenu"}
FILLERS |= {"ville", "villes", "village", "villages", "territoire", "territoires", "internet"}
FILLERS |= {"le", "la", "de", "d", "l", "et", "avec"}

# A cell that says nothing but a standing.
STANDINGS = {
    "labellise": Standing.LABELLED,
    "labellisee": Standing.LABELLED,
    "labelled": Standing.LABELLED,
    "level unknown": Standing.LEVEL_UNKNOWN,
    "niveau inconnu": Standing.LEVEL_UNKNOWN,
    "niveau non precise": Standing.LEVEL_UNKNOWN,
    "niveau non communique": Standing.LEVEL_UNKNOWN,
    "non precise": Standing.LEVEL_UNKNOWN,
    "inconnu": Standing.LEVEL_UNKNOWN,
    "nc": Standing.LEVEL_UNKNOWN,
    "out of competition": Standing.OUT_OF_COMPETITION,
    "hors concours": Standing.OUT_OF_COMPETITION,
    "mention only": Standing.MENTION_ONLY,
    "mention": Standing.MENTION_ONLY,
    "mention ville internet": Standing.MENTION_ONLY,
    "mention villes internet": Standing.MENTION_ONLY,
    "mention sans niveau": Standing.MENTION_ONLY,
    "not participating": Standing.NOT_PARTICIPATING,
    "non participant": Standing.NOT_PARTICIPATING,
    "non participante": Standing.NOT_PARTICIPATING,
    "n a pas participe": Standing.NOT_PARTICIPATING,
}
OUT_OF_COMPETITION = re.compile(r"\b(hors concours|out of competition)\b")
# « 4 arobases sur 5 », « 4/5 », « 5,0 » from a spreadsheet.
OUT_OF = re.compile(rf"\b(?:sur|out of|of) (?:{HIGHEST}|cinq|five)\b")
SLASH = re.compile(rf"/\s*{HIGHEST}\b")
WHOLE = re.compile(r"\b([0-9]+)[.,]0+\b")
SIGNED = re.compile(r"(?<![^\s(])[-−+][0-9]")
RUN = re.compile(r"@(?:\s*@)*|[★⭐](?:\s*[★⭐])*")
EMPTY_STAR = "☆"


def read_level(text: str) -> tuple[str | None, int | None]:
    """The standing and the level that a cell says; (None, None) for an empty one.

    A standing is None where the cell says a level and nothing else. Raises `LineError`.
    """
    if SIGNED.search(text):
        raise _unreadable(text)
    words, runs = _words(text)
    if not words and not runs:
        return None, None
    said = " ".join(words)
    if not runs and (standing := STANDINGS.get(said)):
        return standing, None
    without, out_of_competition = OUT_OF_COMPETITION.subn(" ", said)
    rest = OUT_OF.sub(" ", without).split()
    numbers = [NUMBERS.get(word) or int(word) for word in rest if _is_number(word)]
    known = UNITS | FILLERS
    if any(not _is_number(word) and word not in known for word in rest):
        raise _unreadable(text)
    level = _the_level(numbers, runs, text)
    if out_of_competition:
        return Standing.OUT_OF_COMPETITION, level
    if level is None:
        raise _unreadable(text)
    return None, level


def settle(level_cell: str, standing_cell: str) -> tuple[str, int | None]:
    """The standing and level of a line from its two cells, one of which may be empty.

    A town that is listed without a level is labelled, at a level unknown: a list says that much.
    Raises `LineError` where the two cells contradict each other.
    """
    standing, level = read_level(level_cell)
    other, other_level = read_level(standing_cell)
    if None not in (level, other_level) and level != other_level:
        raise _contradiction(level_cell, standing_cell)
    level = other_level if level is None else level
    named = {name for name in (standing, other) if name} - {Standing.LABELLED}
    if len(named) > 1:
        raise _contradiction(level_cell, standing_cell)
    settled = named.pop() if named else Standing.LABELLED
    if settled == Standing.LABELLED and level is None:
        settled = Standing.LEVEL_UNKNOWN
    if level is not None and settled in Award.WITHOUT_LEVEL:
        raise _contradiction(level_cell, standing_cell)
    return str(settled), level


def _words(text: str) -> tuple[list[str], list[int]]:
    """The words of a cell, and the lengths of its runs of symbols."""
    plain = WHOLE.sub(r"\1", text.replace("_", " ").replace(EMPTY_STAR, " "))
    plain = SLASH.sub(f" sur {HIGHEST} ", plain)
    runs = [len(re.sub(r"\s", "", run)) for run in RUN.findall(plain)]
    return plain_words(RUN.sub(" ", plain)), runs


def _is_number(word: str) -> bool:
    return (word.isdigit() and len(word) <= 4) or word in NUMBERS


def _the_level(numbers: list[int], runs: list[int], text: str) -> int | None:
    """One number; or one run of symbols, which beside a number is its unit (`5 @`) or its echo."""
    if len(numbers) > 1 or len(runs) > 1 or (numbers and runs and runs[0] not in (1, *numbers)):
        raise _unreadable(text)
    level = next(iter(numbers or runs), None)
    if level is not None and not 1 <= level <= HIGHEST:
        raise LineError(
            _("“%(text)s” is no level: they go from 1 to %(highest)d.")
            % {"text": _spelled(text), "highest": HIGHEST}
        )
    return level


def _unreadable(text: str) -> LineError:
    return LineError(_("“%(text)s” cannot be read as a level.") % {"text": _spelled(text)})


def _contradiction(one: str, other: str) -> LineError:
    return LineError(
        _("“%(one)s” and “%(other)s” contradict each other.")
        % {"one": _spelled(one), "other": _spelled(other)}
    )


def _spelled(text: str) -> str:
    """A cell as a message repeats it."""
    return text if len(text) <= 60 else f"{text[:60]}…"
