"""Which addresses a service may carry. Pure: no Django here."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
# Userinfo, host and port (RFC 3986, 3.2), letters outside ASCII admitted. No backslash: browsers
# read it as a slash, and would go elsewhere than the text says.
_AUTHORITY = re.compile(
    r"""(?:[^\s/?#@\\<>"^`{|}\[\]]*@)?"""
    r"""(?:[^\s/?#@:\\<>"^`{|}%\[\]]+|\[[0-9A-Fa-f:.]+\])"""
    r"""(?::[0-9]*)?"""
)

WEB = ("https", "http")
LINKS = ("https", "http", "mailto", "tel")


def is_absolute(address: str, schemes: Collection[str]) -> bool:
    """Whether an address is absolute, of one of these schemes, and names somebody to reach.

    The web needs a host (RFC 9110, 4.2); `mailto` and `tel` need something after the colon. No
    address holds a space or a control character. Letters outside ASCII are nobody's fault here:
    towns have accents, and the contract does not forbid them.
    """
    parts = _SCHEME.fullmatch(address)
    if parts is None or _SPACE_OR_CONTROL.search(address):
        return False
    scheme, rest = parts[1].lower(), parts[2]
    if scheme not in schemes:
        return False
    if scheme in WEB:
        return rest.startswith("//") and _names_a_host(address)
    return rest != ""


def _names_a_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # a port that is no number, or above 65535, raises here
    except ValueError:
        return False
    return _AUTHORITY.fullmatch(parts.netloc) is not None
