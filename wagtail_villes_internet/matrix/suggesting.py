"""Which reference services a title calls to mind: by the words that it shares with their labels.

Pure, and of one language only as far as `STOP_WORDS` goes. It proposes and never decides: what a
title means is for a person to say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from os.path import commonprefix

from ..words import plain_words
from .models import Placement

# The words that join others, and « en ligne », which says nothing among services that all are.
STOP_WORDS = frozenset(
    plain_words(
        "a afin ainsi après au auprès aussi autre autres aux avant avec car ce cela celle celles "
        "celui ces cet cette ceux chaque chez comme comment contre d dans de depuis des dont du "
        "elle elles en entre est et être eux faire il ils j je jusqu l la le les leur leurs lors "
        "ma mais me mes mon ne nos notre nous on ou par pas pendant plus pour près qu quand que "
        "qui s sa sans se ses si son sont sous sur ta tes ton tous tout toute toutes tu un une "
        "vers via vos votre vous y ligne"
    )
)
STEM = 5
"""How many first letters two words of one family share at the least: « réserver », « réservation ».
They are half of the longer word at least, or « élection » would be kin to « électronique »."""
TAIL = 6
"""How long the word is at the least that another ends in: « cybersécurité », « sécurité »."""
LIKENESS = 0.8
"""What a word of the same family weighs, to the same word's 1."""
FLOOR = 0.2
"""The score under which nothing is proposed: one frequent word in common is no reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reference service where the matrix puts it."""

    code: str
    label: str
    theme_code: str
    theme: str
    axis: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reference service that may fit; `score`: from `FLOOR` to 1, the same title and label."""

    code: str
    label: str
    theme: str
    score: float


def entries_in_use() -> list[Entry]:
    """What the matrix in use holds, in its order; one query.

    A reference service that stands under two themes is there twice.
    """
    rows = Placement.objects.filter(theme__axis__matrix__is_current=True).order_by(
        "theme__axis__position", "theme__position", "theme_id", "position", "pk"
    )
    fields = (
        "service__code",
        "service__label",
        "theme__code",
        "theme__label",
        "theme__axis__label",
    )
    return [Entry(*row) for row in rows.values_list(*fields)]


def suggest(title: str, entries: Sequence[Entry], limit: int = 5) -> list[Suggestion]:
    """The reference services among `entries` that `title` calls to mind, the likeliest first.

    At most `limit`, each code once; equal scores keep the order of `entries`. Empty where nothing
    reaches `FLOOR`.
    """
    return [
        Suggestion(entry.code, entry.label, entry.theme, score)
        for score, entry in Proposer(entries).ranked(title)[:limit]
    ]


class Proposer:
    """What is counted once for many titles: how rare each word of a matrix is.

    The rarer a word, the more it tells: « numérique » is everywhere, « parapheur » in one place.
    """

    def __init__(self, entries: Iterable[Entry]):
        self._entries = [(entry, _words(entry.label)) for entry in entries]
        self._frequency = Counter(word for _entry, words in self._entries for word in words)

    def ranked(self, title: str) -> list[tuple[float, Entry]]:
        """Every entry that reaches `FLOOR`, with its score, the best first, each code once."""
        wanted = _words(title)
        scored = [(self._score(wanted, label), entry) for entry, label in self._entries]
        best: dict[str, tuple[float, Entry]] = {}
        for score, entry in sorted(scored, key=lambda pair: -pair[0]):
            if score >= FLOOR:
                best.setdefault(entry.code, (score, entry))
        return list(best.values())

    def _score(self, title: Sequence[str], label: Sequence[str]) -> float:
        """The cosine of the two texts, each word weighed by its rarity."""
        if not title or not label:
            return 0.0
        shared = sum(
            max(_kinship(word, other) * self._weight(other) for other in label) for word in title
        )
        lengths = sum(map(self._weight, title)) * sum(map(self._weight, label))
        return min(1.0, shared / sqrt(lengths))

    def _weight(self, word: str) -> float:
        return log(1 + len(self._entries) / (1 + self._frequency[word])) ** 2


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    """The words of `text` that tell something, each once, without the marks of a plural."""
    return tuple(
        dict.fromkeys(
            word.rstrip("sx") if len(word) > 3 else word
            for word in plain_words(text)
            if word not in STOP_WORDS
        )
    )


def _kinship(word: str, other: str) -> float:
    if word == other:
        return 1.0
    short, long = sorted((word, other), key=len)
    shared = len(commonprefix((short, long)))
    of_one_stem = shared >= STEM and 2 * shared >= len(long)
    is_its_tail = len(short) >= TAIL and long.endswith(short)
    return LIKENESS if of_one_stem or is_its_tail else 0.0
