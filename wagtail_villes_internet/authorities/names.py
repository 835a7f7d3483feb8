"""How two spellings of a place name are told to be the same."""

import re
import unicodedata

ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
ARTICLES = {"l", "le", "la", "les"}

ACCENTS = re.compile("[\u0300-\u036f]+")
WORD = re.compile("[a-z0-9]+")


def fold(name: str) -> str:
    """`name` without what people spell in several ways, its words separated by one space.

    Case, accents, ligatures, hyphens, apostrophes, a leading article, and Saint written St:
    `L’Isle-Adam` and `isle adam` both give `isle adam`. It serves to find, never to identify:
    1,441 names are borne by several communes (2026).
    """
    words = [ABBREVIATIONS.get(word, word) for word in plain_words(name)]
    if len(words) > 1 and words[0] in ARTICLES:
        del words[0]
    return " ".join(words)


def plain_words(text: str) -> list[str]:
    """The words of `text` in small letters without accents or ligatures, and its numbers."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall(ACCENTS.sub("", letters).replace("œ", "oe").replace("æ", "ae"))


def alphabetical(name: str) -> tuple[list[str], str]:
    """A key to sort names as a French list does: accents, hyphens and case come last of all.

    The article counts: `Le Havre` stands under L, where one who reads the name looks for it.
    """
    return plain_words(name), name
