"""Keeps what a resident asks for of a listing. Pure."""

from dataclasses import astuple, dataclass

from ..words import plain_words
from .listing import ListedAxis, ListedService, ListedTheme, Listing


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: codes of the matrix and of the service's choices, and words to find.

    What is left empty asks for nothing; what is given adds up.
    """

    axis: str = ""
    theme: str = ""
    audience: str = ""
    interaction: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return any(astuple(self))


def filtered(listing: Listing, filters: Filters) -> Listing:
    """The services of `listing` that answer `filters`, in their themes; all of it for no filter.

    A service answers a text when each word of it begins a word of its title, of its summary or of
    the labels of its theme and reference services, whatever the case, accents and plural.
    """
    if not filters:
        return listing
    words = [f" {_stem(word)}" for word in plain_words(filters.text)]

    def asked_for(theme: ListedTheme, axis: ListedAxis) -> bool:
        return filters.axis in ("", axis.code) and filters.theme in ("", theme.code)

    def answers(service: ListedService, theme: ListedTheme) -> bool:
        if filters.audience and filters.audience not in service.audiences:
            return False
        if filters.interaction and filters.interaction not in service.interactions:
            return False
        return not words or _says(service, theme, words)

    return listing.keeping(asked_for, answers).without_empty_themes()


def _says(service: ListedService, theme: ListedTheme, words: list[str]) -> bool:
    labels = (label for _code, label in service.references)
    text = " ".join((service.title, service.summary, theme.label, *labels))
    said = " " + " ".join(plain_words(text))
    return all(word in said for word in words)


def _stem(word: str) -> str:
    """Without the mark of the plural, so that one is found by the other."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
