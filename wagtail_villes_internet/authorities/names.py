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
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = ACCENTS.sub("", letters).replace("œ", "oe").replace("æ", "ae")
    words = [ABBREVIATIONS.get(word, word) for word in WORD.findall(letters)]
    if len(words) > 1 and words[0] in ARTICLES:
        del words[0]
    return " ".join(words)
