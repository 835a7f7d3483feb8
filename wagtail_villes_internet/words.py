"""How texts are compared whatever their case, accents and hyphens, and put in order as in a French
list."""

import re
import unicodedata

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
