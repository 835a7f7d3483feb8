"""The blocks that show what the town offers."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from .base import HeadingLevelBlock, TownBlock
from .facts import anchor_prefix, listing_of
from .presentation import heading_level, services_of
from .sample import SAMPLE_LISTING


class ServicesByThemeBlock(TownBlock):
    """The services shown to residents, by domain and theme of the matrix in use."""

    intro = blocks.RichTextBlock(
        required=False, features=["bold", "italic", "link"], label=_("Introduction")
    )
    heading_level = HeadingLevelBlock()
    show_empty = blocks.BooleanBlock(
        required=False, default=False, label=_("Also show the themes without a service")
    )

    shown_as = "services"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        level = heading_level(value.get("heading_level"))
        return {
            **context,
            "intro": value.get("intro"),
            "axis_level": level,
            "theme_level": level + 1,
            # Wagtail 8.0 and later say which block of the stream this is.
            "anchor": anchor_prefix(context.get("request"), context.get("id")),
        }

    def facts(self, value, request):
        return services_of(listing_of(request), show_empty=value.get("show_empty"))

    def sample_facts(self, value):
        return services_of(SAMPLE_LISTING, show_empty=value.get("show_empty"))

    class Meta:
        template = "wagtail_villes_internet/blocks/services_by_theme.html"
        form_layout = BlockGroup(children=["intro"], settings=["heading_level", "show_empty"])
        icon = "vi-service"
        label = _("Digital services by theme")
        description = _(
            "The digital services shown to residents, by domain and theme. "
            "There is nothing to type: they come from “Services”."
        )
