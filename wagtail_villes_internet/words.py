"""How texts are compared whatever their case, accents, hyphens and endings, and put in order as in
a French list."""

import re
import unicodedata
from functools import lru_cache
from os.path import commonprefix

ACCENTS = re.compile("[\u0300-\u036f]+")
WORD = re.compile("[a-z0-9]+")


def plain_words(text: str) -> list[str]:
    """The words of `text` in small letters without accents or ligatures, and its numbers."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall(ACCENTS.sub("", letters).replace("œ", "oe").replace("æ", "ae"))


def alphabetical(name: str) -> tuple[list[str], str]:
    """A key to sort names as a French list does: accents, hyphens and case come last of all.

    The article counts: `Le Havre` stands under L, where one who reads the name looks for it.
    """
    return plain_words(name), name


# The words that join others, and « en ligne », which says nothing among services that all are.
JOINING = frozenset(
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
They are half of the longer word at least, or « élection » would be akin to « électronique »."""
TAIL = 6
"""How long a word is at the least that another ends in: « sécurité », « cybersécurité »."""
LIKENESS = 0.8
"""How near two words of one family are, to the same word's 1."""


@lru_cache(maxsize=4096)
def telling_words(text: str) -> tuple[str, ...]:
    """The words of `text` that tell something, each once, without the mark of a plural."""
    return tuple(
        dict.fromkeys(
            (word.rstrip("sx") or word) if len(word) > 3 else word
            for word in plain_words(text)
            if word not in JOINING
        )
    )


def kinship(word: str, other: str) -> float:
    """How near two telling words are: 1 for the same, `LIKENESS` for one family, else 0."""
    if word == other:
        return 1.0
    short, long = sorted((word, other), key=len)
    shared = len(commonprefix((short, long)))
    of_one_stem = shared >= STEM and 2 * shared >= len(long)
    is_its_tail = len(short) >= TAIL and long.endswith(short)
    return LIKENESS if of_one_stem or is_its_tail else 0.0
