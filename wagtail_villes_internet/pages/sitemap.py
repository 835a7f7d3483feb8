"""The addresses under a services' page, as sitemaps and front-end caches ask for them.

Neither tells who asks: the authority is that of the site on which the page stands.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..services.listing import Listing, services_by_theme
from ..services.models import DigitalService
from .addresses import PageAddresses


def paths_of(page) -> Iterator[str]:
    """The paths below `page`, the feed included, as `Page.get_cached_paths` gives them."""
    authority = _authority_of(page)
    if authority is None:
        return
    under = PageAddresses("/")
    yield under.feed
    listing = _listing(page, authority, include_empty=True)
    yield from (under.theme(theme.code) for theme in listing.themes)
    yield from (under.service(service) for service in listing.services)


def urls_of(page, own: dict[str, Any]) -> list[dict[str, Any]]:
    """`own`, what a sitemap says of `page` itself, then each theme that has a service, then each
    service. A list is as new as the last published of its services."""
    authority = _authority_of(page)
    if authority is None or not own["location"]:
        return [own]
    under = PageAddresses(own["location"])
    listing = _listing(page, authority)
    published = _last_published(authority)

    def newest(services) -> datetime.datetime | None:
        return max(filter(None, (published.get(each.remote_id) for each in services)), default=None)

    def url(location, *services) -> dict[str, Any]:
        lastmod = newest(services)
        return {"location": location} | ({"lastmod": lastmod} if lastmod else {})

    dates = filter(None, (own.get("lastmod"), newest(listing.services)))
    return [
        own | {"lastmod": max(dates, default=None)},
        *(url(under.theme(theme.code), *theme.services) for theme in listing.themes),
        *(url(under.service(service), service) for service in listing.services),
    ]


def _authority_of(page) -> LocalAuthority | None:
    settings = VillesInternetSettings.bound_to(page.get_site())
    return settings.authority if settings else None


def _listing(page, authority: LocalAuthority, *, include_empty: bool = False) -> Listing:
    return services_by_theme(authority, page.locale.language_code, include_empty=include_empty)


def _last_published(authority: LocalAuthority) -> dict[str, datetime.datetime]:
    """When each service was last published, whichever of its translations, by remote id."""
    rows = (
        DigitalService.objects.of(authority)
        .live()
        .exclude(last_published_at=None)
        .order_by("last_published_at")
        .values_list("translation_key", "last_published_at")
    )
    return {str(key): at for key, at in rows}
