"""Where the lists, themes and services of a town have pages of their own, if it has any.

The blocks know no page type: whoever makes such pages registers a finder.
"""

from collections.abc import Callable
from typing import Protocol

from django.core.cache import cache
from django.http import HttpRequest

from ..authorities.scope import public_settings
from ..services.listing import ListedService
from .facts import KEPT_FOR, active_language, once

KEPT_AS = "villes-internet-addresses:1"


class Addresses(Protocol):
    """The addresses of one site, in one language. Kept in Django's cache, hence picklable.

    `list_url` is that of the whole list; `theme` and `service` give those of a theme, by its code,
    and of a service of the listing.
    """

    list_url: str

    def theme(self, code: str) -> str: ...

    def service(self, listed: ListedService) -> str: ...


Finder = Callable[[HttpRequest], Addresses | None]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Ask `finder` where the site that serves a request has such pages; None for nowhere.

    What it answers is kept under the version of the site's setting: whoever makes, moves or
    removes such pages calls `authorities.catalogue.touch`. The first to answer is heard.
    """
    if finder not in _finders:
        _finders.append(finder)


def addresses_of(request: HttpRequest | None) -> Addresses | None:
    """The addresses of the site that serves `request`, found once a request."""
    settings = public_settings(request) if _finders else None
    if settings is None or settings.authority is None:
        return None
    language, version = active_language(), settings.catalogue_version.hex
    key = f"{KEPT_AS}:{settings.site_id}:{version}:{language}"

    # In a tuple: the cache takes None for « nothing was kept ».
    def find() -> tuple[Addresses | None]:
        return (next((found for finder in _finders if (found := finder(request))), None),)

    def read() -> tuple[Addresses | None]:
        return cache.get_or_set(key, find, KEPT_FOR)

    [found] = once(request, ("addresses", language), read)
    return found
