"""What the template of the mosaic is given: a tile a theme, with the number of its services.

Pure: built from a listing, by a block and by a template tag alike. Numbers only: what share of a
theme a town covers, and what it lacks, is for the association to say.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext, npgettext

from ..services.listing import ListedTheme, Listing
from .languages import lang_attribute, matrix_lang

SHADES = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A theme. `words` go with the number: « services »; `shade`, 0 to 4, says in colour what the
    number says; `url` is where its services are listed, empty for nowhere."""

    code: str
    label: str
    count: int
    words: str
    shade: int
    url: str


@dataclass(frozen=True, slots=True)
class MosaicAxis:
    code: str
    label: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Mosaic:
    """`total`: the distinct services in words, for one of two themes counts in both.

    `matrix_lang`: the attribute of the language of the labels, where it is not the page's.
    """

    axes: tuple[MosaicAxis, ...]
    total: str
    unofficial: bool
    matrix_lang: str


def mosaic_of(
    listing: Listing | None, theme_url: Callable[[str], str] = lambda code: ""
) -> Mosaic | None:
    """Every theme of the matrix in use, by axis: as many as there are.

    `listing` holds the themes without a service as well. `theme_url`: where a theme's services are
    listed, by its code. None where no service is shown.
    """
    if listing is None or not listing.count:
        return None
    most = max(len(theme.services) for theme in listing.themes)

    def tile(theme: ListedTheme) -> Tile:
        count = len(theme.services)
        return Tile(
            code=theme.code,
            label=theme.label,
            count=count,
            words=npgettext("after a number", "service", "services", count),
            shade=-(-SHADES * count // most),
            url=theme_url(theme.code) if count else "",
        )

    axes = tuple(
        MosaicAxis(axis.code, axis.label, tuple(map(tile, axis.themes))) for axis in listing.axes
    )
    total = ngettext("%(count)d service in all", "%(count)d services in all", listing.count)
    return Mosaic(
        axes,
        total % {"count": listing.count},
        unofficial=not listing.official,
        matrix_lang=lang_attribute(matrix_lang(get_language() or "")),
    )
