"""Gathers what « En un coup d’œil » shows on the site that serves a request."""

import dataclasses
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import ngettext

from ..authorities.scope import public_authority
from ..blocks.addresses import addresses_of
from ..blocks.facts import active_language, listing_of, record_of
from ..blocks.figures_presentation import Proofs, figures_of
from ..blocks.mosaic_presentation import Mosaic, mosaic_of
from ..blocks.png import available
from ..blocks.proofs import list_links
from ..blocks.service_items import items_of
from ..labels.drawing import draw
from ..labels.record import LabelRecord
from ..labels.story import sentence
from .feed import printable
from .sharing import Sheet, sheet_of
from .showcase import (
    Quote,
    chosen_of_itself,
    highlights_of,
    new_services,
    novelties_of,
    quote_of,
)

FIGURES = ("services", "themes", "label")
DRAWN_AS = "stacked"
PICTURE = "wagtail_villes_internet/pages/shared_picture.svg"


def shown_at_a_glance(
    request: HttpRequest, choices: Collection[tuple[str, str]], label_url: str
) -> dict[str, Any]:
    """What the template is given. `choices`: the remote ids of the services that an editor put
    forward, each with its sentence; `label_url`: where the label has a page, or empty."""
    listing, record, today = listing_of(request), record_of(request), localdate()
    links = list_links(request)
    services = listing.services if listing else ()
    new = new_services(listing, today)
    choices = choices or chosen_of_itself(services, {each.remote_id for each, *_since in new})
    items = items_of(
        services,
        language=active_language(),
        today=today,
        addresses=addresses_of(request),
    )
    chosen = [name for name in FIGURES if name != "label" or _has_level(record)]
    figures = figures_of(listing, record, today, Proofs(links.url, label_url), chosen)
    mosaic = mosaic_of(listing, links.theme)
    if figures and mosaic:
        # The mosaic, lower down, says of the themes what binds whom: once is enough.
        figures = dataclasses.replace(figures, unofficial=False)
    return {
        "record": record,
        # Of a single award, the badge beside it says as much.
        "story": sentence(record) if record and len(record.awards) > 1 else "",
        "figures": figures,
        "highlights": list(highlights_of(choices, items)),
        "novelties": list(novelties_of(new, items)),
        "mosaic": mosaic and offered_only(mosaic),
        "themes_offered": _themes_offered(mosaic) if mosaic else "",
        "quote": quote_on(request),
        "today": today,
        "label_url": label_url,
        "services_url": links.url,
    }


def _has_level(record: LabelRecord | None) -> bool:
    """Whether the label makes a figure: « niveau non précisé » is none."""
    return bool(record and record.shown and record.shown.level)


def offered_only(mosaic: Mosaic) -> Mosaic:
    """The mosaic without the themes that have no service: the page tells what the town offers."""
    axes = (
        dataclasses.replace(axis, tiles=tuple(tile for tile in axis.tiles if tile.count))
        for axis in mosaic.axes
    )
    return dataclasses.replace(mosaic, axes=tuple(axis for axis in axes if axis.tiles))


def _themes_offered(mosaic: Mosaic) -> str:
    """How many themes have a service, where others are not shown; else nothing."""
    counts = [tile.count for axis in mosaic.axes for tile in axis.tiles]
    if all(counts):
        return ""
    offered = sum(map(bool, counts))
    told = ngettext(
        "%(count)d theme has services. The others are not shown on this page.",
        "%(count)d themes have services. The others are not shown on this page.",
        offered,
    )
    return told % {"count": offered}


def quote_on(request: HttpRequest) -> Quote | None:
    """The sentence to quote of the authority that the site shows."""
    authority = public_authority(request)
    if authority is None:
        return None
    name = printable(authority.name)
    return quote_of(name, listing_of(request), record_of(request), localdate())


def sheet_on(request: HttpRequest) -> Sheet | None:
    """The picture that stands for the page elsewhere; None where there is nothing to draw: no award
    is stated, or the extra `[png]` is missing."""
    record, quote = record_of(request), quote_on(request)
    if record is None or record.shown is None or quote is None or not available():
        return None
    award = record.shown
    wording = record.wording(award, localdate())
    drawing = draw(wording, award.level, record.scale, "regular", DRAWN_AS)
    return sheet_of(quote.name, quote.told, drawing)


def svg_of(sheet: Sheet) -> str:
    """`sheet` alone in its file, as the extra `[png]` draws it."""
    return printable(render_to_string(PICTURE, {"sheet": sheet}))
