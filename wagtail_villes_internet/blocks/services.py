"""The block that shows what the town offers."""

from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from .addresses import addresses_of
from .base import HeadingLevelBlock, TownBlock
from .facts import active_language, anchor_prefix, listing_of
from .pictures import pictures_of
from .presentation import (
    CARDS,
    FOLDED,
    LIST,
    Options,
    Reading,
    Services,
    heading_level,
    services_of,
)
from .sample import SAMPLE_DAY, SAMPLE_LISTING
from .service_choices import AudiencesBlock, ThemesBlock

PRESENTATIONS = [
    (LIST, _("List")),
    (CARDS, _("Cards, with the pictures")),
    (FOLDED, _("Folded themes")),
]


def services_shown(request: HttpRequest | None, options: Options, anchor: str) -> Services | None:
    """The services that the site of `request` shows, as its address asks; None where the site is
    bound to no authority."""
    listing = listing_of(request)
    if listing is None:
        return None
    reading = Reading(
        language=active_language(),
        today=localdate(),
        anchor=anchor,
        asked=request.GET,
        addresses=addresses_of(request),
    )
    pictures = {}
    if options.presentation == CARDS:
        pictures = pictures_of(request, options.limited(listing).services)
    return services_of(listing, options, reading, pictures)


class ServicesByThemeBlock(TownBlock):
    """The services shown to residents, by domain and theme of the matrix in use."""

    intro = blocks.RichTextBlock(
        required=False, features=["bold", "italic", "link"], label=_("Introduction")
    )
    themes = ThemesBlock()
    audiences = AudiencesBlock()
    heading_level = HeadingLevelBlock()
    presentation = blocks.ChoiceBlock(
        choices=PRESENTATIONS, default=LIST, label=_("Shown as"), search_index=False
    )
    show_filters = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_("Let residents filter the list"),
        help_text=_("By domain, theme, audience, what one can do, and words to find."),
    )
    show_summary = blocks.BooleanBlock(
        required=False, default=False, label=_("Begin with links to the themes")
    )
    show_empty = blocks.BooleanBlock(
        required=False, default=False, label=_("Also show the themes without a service")
    )

    shown_as = "services"
    machine_readable = ("services_json", "services_csv")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        level = heading_level(value.get("heading_level"))
        context.update(
            intro=value.get("intro"),
            axis_level=level,
            theme_level=level + 1,
            # Wagtail 8.0 and later say which block of the stream this is.
            anchor=anchor_prefix(context.get("request"), context.get("id")),
        )
        return context

    def facts_in(self, value, context):
        return services_shown(context.get("request"), options_of(value), context["anchor"])

    def sample_facts(self, value):
        reading = Reading(language="", today=SAMPLE_DAY)
        return services_of(SAMPLE_LISTING, options_of(value), reading)

    class Meta:
        template = "wagtail_villes_internet/blocks/services_by_theme.html"
        form_layout = BlockGroup(
            children=["intro", "themes", "audiences"],
            settings=[
                *("heading_level", "presentation"),
                *("show_filters", "show_summary", "show_empty"),
            ],
        )
        icon = "vi-service"
        label = _("Digital services by theme")
        description = _(
            "The digital services shown to residents, by domain and theme. "
            "There is nothing to type: they come from “Services”."
        )


def options_of(value) -> Options:
    """What an editor chose in the block; what a page older than an option does not hold is that
    option's default."""
    return Options(
        presentation=value.get("presentation") or LIST,
        themes=frozenset(value.get("themes") or ()),
        audiences=frozenset(value.get("audiences") or ()),
        show_empty=bool(value.get("show_empty")),
        show_filters=bool(value.get("show_filters")),
        show_summary=bool(value.get("show_summary")),
    )
