"""In which language a text of a page is, where it is not the page's (RGAA 8.7). Pure."""

from django.utils.html import format_html

# The association publishes its matrix in French.
MATRIX_LANGUAGE = "fr"


def matrix_lang(language: str) -> str:
    """The `lang` that the labels of the matrix need in a page in `language`; empty for none."""
    return "" if language.split("-")[0] in ("", MATRIX_LANGUAGE) else MATRIX_LANGUAGE


def lang_attribute(code: str) -> str:
    """` lang="fr"`, ready to follow the name of an element; empty for no code."""
    return format_html(' lang="{}"', code) if code else ""
