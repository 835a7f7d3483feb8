"""The block that shows at a glance in which themes a town offers services."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from .base import HeadingLevelBlock, TownBlock
from .facts import listing_of
from .mosaic_presentation import mosaic_of
from .presentation import heading_level
from .proofs import list_links
from .sample import SAMPLE_LISTING


class ListPageBlock(blocks.PageChooserBlock):
    """The page where the services are listed, for a site whose list the package cannot find."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "required": False,
                "label": _("Page of the services"),
                "help_text": _(
                    "Where the services are listed. Left empty: the ready page “Our digital "
                    "services” if there is one, else the list further down the same page."
                ),
            }
            | kwargs
        )


class ThemeMosaicBlock(TownBlock):
    """A tile for each theme of the matrix in use, with the number of services shown to residents,
    and the same in a table."""

    heading = blocks.CharBlock(required=False, default="", max_length=255, label=_("Heading"))
    list_page = ListPageBlock()
    heading_level = HeadingLevelBlock()

    shown_as = "mosaic"
    machine_readable = ("services_json",)

    def get_context(self, value, parent_context=None):
        level = heading_level(value.get("heading_level"))
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": level,
            "axis_level": level + 1 if value.get("heading") else level,
        }

    def facts_in(self, value, context):
        request = context.get("request")
        links = list_links(request, context.get("page"), value.get("list_page"))
        return mosaic_of(listing_of(request), links.theme)

    def sample_facts(self, value):
        return mosaic_of(SAMPLE_LISTING)

    class Meta:
        template = "wagtail_villes_internet/blocks/theme_mosaic.html"
        form_layout = BlockGroup(children=["heading", "list_page"], settings=["heading_level"])
        preview_value = {"heading": _("Our services, theme by theme")}
        icon = "grid"
        label = _("Mosaic of the themes")
        description = _(
            "Every theme of the label with its number of services. "
            "There is nothing to type: it comes from “Services”."
        )
        help_text = _("As long as no service is shown to residents, the page shows nothing here.")
