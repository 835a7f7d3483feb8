"""The block that puts some services forward: those an editor chose, or the most recent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from ..services.listing import ListedService, Listing
from .base import HeadingLevelBlock, TownBlock
from .facts import listing_of
from .presentation import heading_level
from .sample import SAMPLE_LISTING
from .service_chooser import ServiceChooserBlock

MOST = 12
PRESENTATIONS = [("list", _("List")), ("cards", _("Cards"))]


@dataclass(frozen=True, slots=True)
class Featured:
    """The services put forward, in their order, each once."""

    services: tuple[ListedService, ...]


def featured_of(
    listing: Listing | None, chosen: Collection[str] = (), number: int | None = None
) -> Featured | None:
    """The services of `listing` whose remote ids are `chosen`, in that order; with none chosen, the
    `number` (1 to 12, 3 by default) that were put online last.

    What is not in the listing is left out: a draft, an internal or an ended service, one of another
    town. None where nothing is left.
    """
    if listing is None:
        return None
    if chosen:
        by_id = {service.remote_id: service for service in listing.services}
        services = [by_id[key] for key in dict.fromkeys(chosen) if key in by_id]
    else:
        services = _most_recent(listing.services)[: max(1, min(number or 3, MOST))]
    return Featured(tuple(services)) if services else None


def _most_recent(services: Iterable[ListedService]) -> list[ListedService]:
    """Those of one day in alphabetical order, as they come; last those nobody knows the day of."""
    return sorted(services, key=lambda each: each.first_published_on or date.min, reverse=True)


class FeaturedServicesBlock(TownBlock):
    """Some of the services shown to residents: chosen ones, in the order of the editor, else the
    most recent."""

    heading = blocks.CharBlock(required=False, default="", max_length=255, label=_("Heading"))
    services = blocks.ListBlock(
        ServiceChooserBlock(),
        default=[],
        max_num=MOST,
        label=_("Chosen services"),
        help_text=_(
            "Left empty: the most recent. A service that residents may not see is left out."
        ),
    )
    heading_level = HeadingLevelBlock()
    presentation = blocks.ChoiceBlock(
        choices=PRESENTATIONS, default="cards", label=_("Shown as"), search_index=False
    )
    number = blocks.IntegerBlock(
        default=3,
        min_value=1,
        max_value=MOST,
        label=_("How many"),
        help_text=_("When none is chosen: how many of the most recent."),
    )

    shown_as = "featured"
    machine_readable = ("services_json",)

    def get_context(self, value, parent_context=None):
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": heading_level(value.get("heading_level")),
            "presentation": value.get("presentation"),
        }

    def facts(self, value, request):
        return self._featured(listing_of(request), value)

    def sample_facts(self, value):
        return self._featured(SAMPLE_LISTING, value)

    @staticmethod
    def _featured(listing, value):
        # A service that was deleted since is None: what was chosen is then nothing, not the latest.
        chosen = [service.remote_id if service else "" for service in value.get("services") or ()]
        return featured_of(listing, chosen, value.get("number"))

    class Meta:
        template = "wagtail_villes_internet/blocks/featured_services.html"
        form_layout = BlockGroup(
            children=["heading", "services"],
            settings=["heading_level", "presentation", "number"],
        )
        preview_value = {"heading": _("Services put forward")}
        icon = "vi-service"
        label = _("Featured services")
        description = _(
            "A few digital services: those you choose, in your order, or the most recent. "
            "What they say comes from “Services”."
        )
        help_text = _("Where no service may be shown to residents, the page shows nothing here.")
