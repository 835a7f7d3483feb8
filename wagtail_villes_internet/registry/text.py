"""The canonical form of plain texts and addresses (contract, « A service »)."""

import re
import unicodedata
from urllib.parse import urljoin, urlsplit

from django.utils.encoding import iri_to_uri

_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACE = re.compile("[\t\v\f]")
# Unicode's category Cc but LF, and what UTF-8 cannot carry.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_AROUND_LINE_END = re.compile(r"\s*\n\s*")

# RFC 3986, 3.2, letters outside ASCII admitted: towns have accents. No backslash: browsers read it
# as a slash, and would go elsewhere than the text says.
_WEB = re.compile(
    r"(?i:https?)://"
    r"(?:[^\s/?#@\\<>\"^`{|}\[\]]*@)?"
    r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\\<>\"^`{|}%\[\]]+)"
    r"(?::[0-9]*)?"
    r"(?:[/?#]\S*)?"
)
_OTHER_LINK = re.compile(r"(?i:mailto|tel):\S+")
_SCHEME = re.compile(r"(?i:(https?://)([^/?#\\]*)|(mailto:)|(tel:))")


def canonical_text(value: object, *, multiline: bool = False) -> str:
    """A plain text as it is hashed and sent: NFC, LF, no control character, trimmed.

    Without `multiline`, a line end becomes a space. None is the empty text. Idempotent.
    """
    text = "" if value is None else str(value)
    text = _SPACE.sub(" ", _LINE_END.sub("\n", text))
    if not multiline:
        text = _AROUND_LINE_END.sub(" ", text)
    return normal(text).strip()


def normal(text: str) -> str:
    """The text without what the contract forbids in any text, in NFC."""
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))


def is_canonical_text(text: str) -> bool:
    """Whether the contract takes this form of text. It does not ask that texts be trimmed."""
    return not _FORBIDDEN.search(text) and unicodedata.is_normalized("NFC", text)


def canonical_url(value: object) -> str:
    """An address as it is hashed and sent: scheme in lower case, all after the host in ASCII.

    What is no address comes back as a text: `is_web_address` and `is_link` say which it is.
    Idempotent.
    """
    text = canonical_text(value)
    if not (match := _SCHEME.match(text)):
        return text
    web, host, mailto, tel = match.groups()
    rest = text[match.end() :]
    if tel:
        rest = "".join(rest.split())
    return (web or mailto or tel).lower() + (host or "") + iri_to_uri(rest)


def canonical_link(href: str | None, base_url: str = "") -> str | None:
    """The address a link is sent with, or None when it leads nowhere outside its own page.

    A relative address is completed with `base_url` where one is given.
    """
    if not href or href.lstrip().startswith("#"):
        return None
    url = canonical_url(href)
    if base_url and not is_link(url):
        try:
            url = canonical_url(urljoin(base_url, url))
        except ValueError:
            return None
    return url if is_link(url) else None


def is_web_address(value: str) -> bool:
    """Whether the value is an absolute `https` or `http` address, without a space in it."""
    if not _WEB.fullmatch(value) or _CONTROL.search(value):
        return False
    try:
        # What the expression does not see: a port above 65535, a look-alike of « / » in the host.
        urlsplit(value).port  # noqa: B018 - raises
    except ValueError:
        return False
    return True


def is_link(value: str) -> bool:
    """Whether the value may stand in an `href`: absolute `https`, `http`, `mailto` or `tel`."""
    if _OTHER_LINK.fullmatch(value):
        return not _CONTROL.search(value)
    return is_web_address(value)
