"""The pictures of services that a page shows: one query for those of all its blocks' services."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from ..authorities.scope import public_settings
from ..services.listing import PICTURE, ListedService
from .facts import KEPT_FOR, once

KEPT_AS = "villes-internet-pictures:1"


def pictures_of(request: HttpRequest | None, services: Iterable[ListedService]) -> Mapping:
    """The rendition of the picture of each of `services` that has one, by the image's key.

    Kept as the services are. An image whose file cannot be read is as if there were none.
    """
    settings = public_settings(request)
    keys = {service.image for service in services if service.image}
    if settings is None or not keys:
        return {}
    known: dict[int, Any] = once(request, "pictures", dict)
    if missing := keys - known.keys():
        names = {f"{KEPT_AS}:{settings.catalogue_version.hex}:{key}": key for key in missing}
        kept = {names[name]: found for name, found in cache.get_many(names).items()}
        if unread := missing - kept.keys():
            read = _renditions(unread)
            cache.set_many(
                {name: read[key] for name, key in names.items() if key in read}, KEPT_FOR
            )
            kept |= read
        known |= kept
    return {key: known[key] for key in keys if known[key]}


def _renditions(keys: Collection[int]) -> dict[int, Any]:
    """By key; False where there is none. A query, and what Wagtail asks to make those not made."""
    images = get_image_model()
    made = images.get_rendition_model().objects.filter(image__in=keys, filter_spec=PICTURE)
    found: dict[int, Any] = {each.image_id: each for each in made}
    if missing := set(keys) - found.keys():
        for image in images.objects.filter(pk__in=missing):
            try:
                found[image.pk] = image.get_rendition(PICTURE)
            except SourceImageIOError:
                continue
    return dict.fromkeys(keys, False) | found
