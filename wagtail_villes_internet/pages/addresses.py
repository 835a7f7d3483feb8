"""What comes after the address of a ready page: one address a theme, one a service, a picture.

Wagtail serves letters, digits, `-` and `_` alone, where a code of the matrix may hold anything.
Pure.
"""

import hashlib
import re
from dataclasses import dataclass

from django.utils.text import slugify

from ..services.listing import ListedAxis, ListedService, ListedTheme, Listing

PLAIN = re.compile(r"[A-Za-z0-9_-]+")
ENDING = 8
"""How many characters of its remote id end a service's address (see `ListedService.slug`)."""

THEME, SERVICE, FEED = "theme/{}/", "service/{}/", "flux/"
PICTURE = "partage/"
"""Under « En un coup d’œil »: its picture for other sites."""


@dataclass(frozen=True, slots=True)
class PageAddresses:
    """The addresses under the services' page that stands at `list_url`."""

    list_url: str

    def theme(self, code: str) -> str:
        return self.list_url + THEME.format(theme_segment(code))

    def service(self, listed: ListedService) -> str:
        return self.list_url + SERVICE.format(listed.slug)

    @property
    def feed(self) -> str:
        return self.list_url + FEED


def theme_segment(code: str) -> str:
    """The code of a theme as an address can hold it; another one for each code."""
    if PLAIN.fullmatch(code):
        return code
    told_apart = hashlib.sha256(code.encode()).hexdigest()[:8]
    return f"{slugify(code)}-{told_apart}".lstrip("-")


def theme_at(listing: Listing, segment: str) -> tuple[ListedAxis, ListedTheme] | None:
    """The theme at `theme/{segment}/`, with its domain."""
    for axis in listing.axes:
        for theme in axis.themes:
            if theme_segment(theme.code) == segment:
                return axis, theme
    return None


def service_at(listing: Listing, slug: str) -> ListedService | None:
    """The service at `service/{slug}/`, whose title may have been another when somebody noted it.

    Two services whose remote ids begin alike are told apart by the whole of their address.
    """
    ending = slug[-ENDING:]
    found = [each for each in listing.services if each.remote_id[:ENDING] == ending]
    if len(found) > 1:
        found = [each for each in found if each.slug == slug]
    return found[0] if found else None
