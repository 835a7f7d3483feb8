"""Which addresses a town's services lead to."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urldefrag

from django.utils.timezone import localdate

from ...authorities.models import LocalAuthority
from ..models import DigitalService
from ..rules import is_web_address

# What `CheckedLink` keeps; a link in a description may be of any length.
LONGEST = 2000
HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"', re.IGNORECASE)


def addresses_in(url: str, description: str) -> Iterator[str]:
    """The web addresses of one service, each once: its own, and those that its description links
    to; none that is longer than can be kept."""
    for address in dict.fromkeys((url, *map(unescape, HREF.findall(description)))):
        if len(address) <= LONGEST and is_web_address(address):
            yield address


def addresses_of(authority: LocalAuthority) -> set[str]:
    """The addresses of the services of `authority` that are live and have not ended."""
    rows = (
        DigitalService.objects.of(authority)
        .live()
        .exclude(status=DigitalService.Status.ENDED)
        .exclude(ended_on__lt=localdate())
        .values_list("url", "description")
    )
    return {
        address
        for url, description in rows.iterator()
        for address in addresses_in(url, description)
    }


def leading_to(authority: LocalAuthority) -> dict[str, list[tuple[int, str]]]:
    """The keys and titles of the live services of `authority`, by the addresses that they lead to;
    one query."""
    found: dict[str, list[tuple[int, str]]] = {}
    rows = DigitalService.objects.of(authority).live().order_by("title", "pk")
    for pk, title, url, description in rows.values_list("pk", "title", "url", "description"):
        for address in addresses_in(url, description):
            found.setdefault(address, []).append((pk, title))
    return found


def as_asked(address: str) -> str:
    """The address that a server is asked: a place within a page is the reader's business."""
    return urldefrag(address).url
