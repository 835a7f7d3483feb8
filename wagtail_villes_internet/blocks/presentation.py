"""What the templates of the services are given.

Pure: built from a listing, by a block and by a template tag alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..services.listing import ListedAxis, Listing

HEADING_LEVELS = {"h2": 2, "h3": 3, "h4": 4, "h5": 5}


@dataclass(frozen=True, slots=True)
class Services:
    """The services by domain and theme. `unofficial`: the placing binds the town alone."""

    axes: tuple[ListedAxis, ...]
    unofficial: bool


def services_of(listing: Listing | None, *, show_empty: bool = False) -> Services | None:
    """None where the site is bound to no authority."""
    if listing is None:
        return None
    axes = listing.axes if show_empty else tuple(_without_empty_themes(listing))
    return Services(axes, unofficial=bool(axes) and not listing.official)


def _without_empty_themes(listing: Listing) -> Iterator[ListedAxis]:
    for axis in listing.axes:
        if themes := tuple(theme for theme in axis.themes if theme.services):
            yield ListedAxis(axis.code, axis.label, themes)


def heading_level(chosen: str) -> int:
    """The number of a heading level such as `h3`; 2 for anything else."""
    return HEADING_LEVELS.get(chosen, 2)
