"""What the pages of one request show of the site's authority, read once a request.

Only a request knows its site, hence its authority: without one there is nothing to show.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings as django_settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant

from ..authorities.cog import CogError, place_names
from ..authorities.scope import public_settings
from ..labels.models import VILLES_INTERNET
from ..labels.palmares.listing import PalmaresList, palmares_list
from ..labels.record import LabelRecord, label_records
from ..services.listing import Listing, services_by_theme
from .palmares_presentation import Palmares, Viewer, area_of, palmares_of

CACHE = "_villes_internet_facts"
# Another number whenever a record, or a part of one, is made of other fields.
KEPT_AS = "villes-internet-labels:1"
PALMARES_KEPT_AS = "villes-internet-palmares:1"
SERVICES_KEPT_AS = "villes-internet-services:1"
# In seconds. What changes is forgotten at once; this only bounds what nobody asks for any more.
KEPT_FOR = 24 * 3600


def records_of(request: HttpRequest | None) -> Mapping[str, LabelRecord]:
    """The labels of the authority whose site serves `request`, by programme, Villes Internet first.

    Kept in Django's cache under the version that the site's setting carries: a page then costs the
    query of that setting alone. Only facts are kept, so that dates, languages and links are always
    those of the page.
    """
    settings = public_settings(request)
    if settings is None or settings.authority is None:
        return {}
    authority = settings.authority
    key = f"{KEPT_AS}:{authority.pk}:{settings.catalogue_version.hex}"

    def read() -> Mapping[str, LabelRecord]:
        return cache.get_or_set(key, lambda: label_records(authority), KEPT_FOR)

    return once(request, ("labels", authority.pk), read)


def record_of(
    request: HttpRequest | None, programme: str | None = VILLES_INTERNET
) -> LabelRecord | None:
    """The record in one programme (Villes Internet if none is named); None where nothing is
    stated."""
    return records_of(request).get(programme or VILLES_INTERNET)


def palmares_shown(
    request: HttpRequest | None, year: int | None = None, area: str = ""
) -> Palmares | None:
    """The published list of an edition (the latest if none is named), as that site shows it.

    Kept as the labels are. `area`: see `area_of`.
    """
    settings = public_settings(request)
    if settings is None or settings.authority is None:
        return None
    authority, version = settings.authority, settings.catalogue_version.hex

    def read() -> tuple[PalmaresList | None]:
        # In a tuple: the cache takes None for « nothing was kept ».
        key = f"{PALMARES_KEPT_AS}:{version}:{year or 'latest'}"
        return cache.get_or_set(key, lambda: (palmares_list(year),), KEPT_FOR)

    [listed] = once(request, ("palmares", year), read)
    viewer = Viewer(
        authority.siren or "", authority.insee or "", authority.department, authority.region
    )
    departments, regions = _place_names()
    chosen = area_of(area, viewer, departments, regions)
    return palmares_of(listed, viewer, chosen, departments)


def _place_names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """A table that cannot be read is for the operator to see, not for residents."""
    try:
        return place_names()
    except CogError:
        return {}, {}


def listing_of(request: HttpRequest | None) -> Listing | None:
    """The services that authority shows to residents today, with every theme of the matrix in use.

    In the active language, as far as they are translated. Kept as the labels are, for the day.
    None where the site is bound to no authority.
    """
    settings = public_settings(request)
    if settings is None or settings.authority is None:
        return None
    authority, version = settings.authority, settings.catalogue_version.hex
    language, today = active_language(), localdate()
    key = f"{SERVICES_KEPT_AS}:{authority.pk}:{version}:{language}:{today:%Y%m%d}"

    def read() -> Listing:
        return cache.get_or_set(
            key,
            lambda: services_by_theme(authority, language, today, include_empty=True),
            KEPT_FOR,
        )

    return once(request, ("services", language), read)


def active_language() -> str:
    """The language of the page, by the code under which contents are kept where there are any."""
    code = get_language() or django_settings.LANGUAGE_CODE
    try:
        return get_supported_content_language_variant(code)
    except LookupError:
        return code


def anchor_prefix(request: HttpRequest | None, block_id: object = None) -> str:
    """A prefix for the ids of one block, that no other block of the page has.

    Made from the block's id where Wagtail gives it (8.0), so that a shared address of a theme
    goes on leading there. Blocks nested in one parent are given the parent's: they are numbered.
    """
    stem = f"vi-{str(block_id)[:8]}" if block_id else "vi"
    if request is None:
        return stem
    used = once(request, "anchors", dict)
    used[stem] = used.get(stem, 0) + 1
    return stem if used[stem] == 1 else f"{stem}-{used[stem]}"


def once(request: HttpRequest, key: object, read: Callable[[], Any]) -> Any:
    """What `read` gives, read once for all that asks for `key` while `request` is answered."""
    if not hasattr(request, CACHE):
        setattr(request, CACHE, {})
    facts = getattr(request, CACHE)
    if key not in facts:
        facts[key] = read()
    return facts[key]
