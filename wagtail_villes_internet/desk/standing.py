"""Services that are published and cannot be declared, and where a service is edited."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from ..declared.bodies import Incomplete
from ..services.models import DigitalService

# Lines of one list on one screen; the next ones come up as these are dealt with.
SHOWN = 100


def to_complete(incomplete: Iterable[Incomplete]) -> list[dict[str, Any]]:
    """The live services that cannot be declared, and why."""
    return [
        {"title": found.title, "reasons": found.reasons, "edit_url": edit_url(found.pk)}
        for found in incomplete
    ]


def edit_url(pk: int | None) -> str | None:
    """Where a service is edited; None for one that is no longer there."""
    if pk is None:
        return None
    return reverse(DigitalService.snippet_viewset.get_url_name("edit"), args=[pk])
