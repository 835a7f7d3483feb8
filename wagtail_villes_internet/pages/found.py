"""Lets residents who search the site find its services.

    from wagtail_villes_internet.pages.found import found_services

    services = found_services(request, query)

They stand beside the pages that the site's own search finds, each with the address of its page.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from ..blocks.addresses import addresses_of
from ..blocks.facts import active_language, listing_of
from ..services.filtering import Filters, filtered
from ..services.listing import ListedService
from ..words import plain_words
from .shown import lang_of


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service with the address where one reads of it, or uses it; empty where there is none."""

    listed: ListedService
    url: str
    lang: str


def found_services(request: HttpRequest, query: str) -> tuple[FoundService, ...]:
    """The services that residents are shown and that answer the words of `query`, in order.

    Searched among those that the pages list, so that nothing else can be found: no draft, nothing
    internal, nothing of another town. None for no word.
    """
    listing = listing_of(request)
    if listing is None or not plain_words(query):
        return ()
    addresses, language = addresses_of(request), active_language()
    return tuple(
        FoundService(
            listed,
            addresses.service(listed) if addresses else listed.url,
            lang_of(listed, language),
        )
        for listed in filtered(listing, Filters(text=query)).services
    )
