"""HTML and texts from elsewhere, made harmless when they come in and never when they are shown.

The one module that uses bleach. Upstream stopped at 6.4.0, which is therefore the floor and the
last; what is hashed and sent has its own writer (`registry.canonical`) and owes nothing to it.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.sanitizer import Cleaner

TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a"})
SCHEMES = frozenset({"https", "http", "mailto", "tel"})
# html5lib is slow, and slower than linear on some inputs: 2.5 times the longest description.
MAX_LENGTH = 50_000

_SAME = {"b": "strong", "i": "em"}
# bleach drops these tags but keeps what they hold, which nobody wrote to be read.
_UNREAD = re.compile(r"(?is)<(script|style|template|title)\b.*?(?:</\1\s*>|\Z)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ABSOLUTE = re.compile(r"(?i)https?://[^\s/?#\\]|mailto:\S|tel:\S")


def clean_html(value: object) -> str:
    """The HTML with nothing left but `p br strong em ul ol li a[href]`.

    Links that are not absolute `https`, `http`, `mailto` or `tel` leave their text; `b` and `i`
    become `strong` and `em`. Only the first `MAX_LENGTH` characters are read. Cleaning what was
    cleaned changes nothing.
    """
    # A Cleaner is not thread-safe: one a call.
    cleaner = Cleaner(
        tags=TAGS | _SAME.keys(),
        attributes=_allowed,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[_Tidy],
    )
    return cleaner.clean(_readable(value))


def clean_text(value: object) -> str:
    """The plain text of a value that may hold HTML: no tag, no reference, trimmed.

    The result is a text, to be escaped where it is shown: « < » in it is a character.
    """
    cleaner = Cleaner(tags=(), attributes={}, strip=True, strip_comments=True)
    return _CONTROL.sub("", unescape(cleaner.clean(_readable(value)))).strip()


def _readable(value: object) -> str:
    text = "" if value is None else str(value)
    return _UNREAD.sub("", _CONTROL.sub("", text[:MAX_LENGTH]))


def _allowed(tag: str, name: str, value: str) -> bool:
    # bleach would let relative and protocol-relative addresses through.
    return tag == "a" and name == "href" and bool(_ABSOLUTE.match(unescape(value).strip()))


class _Tidy(Filter):
    """Says `strong` for `b`, `em` for `i`, and unwraps the links that lost their address."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        bare_links: list[bool] = []
        for token in super().__iter__():
            name = token.get("name")
            if name in _SAME:
                token["name"] = _SAME[name]
            if name == "a" and token["type"] == "StartTag":
                bare_links.append(not token["data"])
                if bare_links[-1]:
                    continue
            elif name == "a" and token["type"] == "EndTag" and bare_links.pop():
                continue
            yield token
