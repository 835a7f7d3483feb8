"""What the pages of one request show of the site's authority, read once a request.

Only a request knows its site, hence its authority: without one there is nothing to show.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from ..authorities.scope import public_authority
from ..labels.record import LabelRecord, label_record
from ..services.listing import Listing, services_by_theme

CACHE = "_villes_internet_facts"


def record_of(request: HttpRequest | None) -> LabelRecord | None:
    """The label of the authority whose site serves `request`; None where nothing is stated."""
    authority = public_authority(request)
    if authority is None:
        return None
    return _once(request, ("label", authority.pk), lambda: label_record(authority))


def listing_of(request: HttpRequest | None) -> Listing | None:
    """The services that authority shows to residents, with every theme of the matrix in use.

    None where the site is bound to no authority.
    """
    authority = public_authority(request)
    if authority is None:
        return None
    return _once(
        request,
        ("services", authority.pk),
        lambda: services_by_theme(authority, include_empty=True),
    )


def anchor_prefix(request: HttpRequest | None, block_id: object = None) -> str:
    """A prefix for the ids of one block, that no other block of the page has.

    Made from the block's id where Wagtail gives it (8.0), so that a shared address of a theme
    goes on leading there. Blocks nested in one parent are given the parent's: they are numbered.
    """
    stem = f"vi-{str(block_id)[:8]}" if block_id else "vi"
    if request is None:
        return stem
    used = _once(request, "anchors", dict)
    used[stem] = used.get(stem, 0) + 1
    return stem if used[stem] == 1 else f"{stem}-{used[stem]}"


def _once(request: HttpRequest, key: object, read: Callable[[], Any]) -> Any:
    if not hasattr(request, CACHE):
        setattr(request, CACHE, {})
    facts = getattr(request, CACHE)
    if key not in facts:
        facts[key] = read()
    return facts[key]
