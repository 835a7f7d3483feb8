"""The HTML of `description`, which has one spelling only (contract, A service). Pure."""

import re

from .links import LINKS, is_absolute

_PIECE = re.compile(
    r"<(?P<opened>p|strong|em|ul|ol|li)>"
    r"|</(?P<closed>p|strong|em|ul|ol|li|a)>"
    r'|<a href="(?P<href>[^"<>]*)">'
    r"|(?P<br><br>)"
    r"|(?P<text>[^<>]+)"
)
_LISTS = ("ul", "ol")
_BARE_AMPERSAND_IN_TEXT = re.compile(r"&(?!(?:amp|lt|gt);)")
_BARE_AMPERSAND_IN_HREF = re.compile(r"&(?!(?:amp|lt|gt|quot);)")


def markup_fault(html: str) -> str | None:
    """What breaks the canonical form of a description, in French, or None.

    Only what the contract forbids is a fault: a paragraph inside a paragraph is odd and legal.
    """
    open_tags: list[str] = []
    position = 0
    while position < len(html):
        piece = _PIECE.match(html, position)
        if piece is None:
            return f"Balise, attribut ou signe non admis à la position {position}."
        position = piece.end()
        fault = _place_fault(piece, open_tags) or _piece_fault(piece, open_tags)
        if fault:
            return fault
    return f"L’élément {open_tags[-1]} n’est pas fermé." if open_tags else None


def _place_fault(piece: re.Match[str], open_tags: list[str]) -> str | None:
    """`li` stands directly in `ul` or `ol`, and nothing else does."""
    if piece["closed"]:
        return None
    in_list = bool(open_tags) and open_tags[-1] in _LISTS
    if in_list and piece["opened"] != "li":
        return "Une liste ne contient que des éléments li."
    if not in_list and piece["opened"] == "li":
        return "Un élément li est directement dans ul ou ol."
    return None


def _piece_fault(piece: re.Match[str], open_tags: list[str]) -> str | None:
    if piece["text"]:
        if _BARE_AMPERSAND_IN_TEXT.search(piece["text"]):
            return "Dans le texte, seules les références &amp; &lt; &gt; sont admises."
    elif piece["opened"]:
        open_tags.append(piece["opened"])
    elif piece["closed"]:
        if not open_tags or open_tags.pop() != piece["closed"]:
            return f"La balise </{piece['closed']}> ne ferme pas l’élément ouvert."
    elif piece["href"] is not None:
        open_tags.append("a")
        return _href_fault(piece["href"])
    return None


def _href_fault(written: str) -> str | None:
    if _BARE_AMPERSAND_IN_HREF.search(written):
        return "Dans href, seules les références &amp; &lt; &gt; &quot; sont admises."
    href = written
    for reference, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        href = href.replace(reference, character)
    if not is_absolute(href, LINKS):
        return "href est une adresse absolue en https, http, mailto ou tel."
    return None
