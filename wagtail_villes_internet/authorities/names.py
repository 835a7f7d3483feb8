"""How two spellings of a place name are told to be the same."""

from ..words import plain_words

ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
ARTICLES = {"l", "le", "la", "les"}


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
