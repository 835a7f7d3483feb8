"""The block of the key figures."""

from django.forms import CheckboxSelectMultiple
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from .base import HeadingLevelBlock, TownBlock
from .facts import listing_of, record_of
from .figures_presentation import FIGURES, Proofs, figures_of
from .mosaic import ListPageBlock
from .presentation import heading_level
from .proofs import list_links, page_url
from .sample import SAMPLE_DAY, SAMPLE_LISTING, SAMPLE_RECORD

CHOICES = [
    ("services", _("Number of services")),
    ("themes", _("Number of themes")),
    ("new", _("New services of the year")),
    ("label", _("The label")),
]


class KeyFiguresBlock(TownBlock):
    """How many services, in how many themes, how many new this year, and the label, each with a
    link to what proves it."""

    heading = blocks.CharBlock(required=False, default="", max_length=255, label=_("Heading"))
    list_page = ListPageBlock()
    label_page = blocks.PageChooserBlock(
        required=False,
        label=_("Page of the label"),
        help_text=_("Left empty: the address where the award was read, if “Our label” has one."),
    )
    heading_level = HeadingLevelBlock()
    figures = blocks.MultipleChoiceBlock(
        choices=CHOICES,
        default=list(FIGURES),
        label=_("Figures"),
        help_text=_("One that would be zero is left out of the page."),
        widget=CheckboxSelectMultiple,
        search_index=False,
    )

    shown_as = "figures"
    machine_readable = ("services_json", "label_json")

    def get_context(self, value, parent_context=None):
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": heading_level(value.get("heading_level")),
        }

    def facts_in(self, value, context):
        request = context.get("request")
        chosen = value.get("figures") or FIGURES
        links = list_links(request, context.get("page"), value.get("list_page"))
        proofs = Proofs(links.url, page_url(value.get("label_page"), request))
        record = record_of(request) if "label" in chosen else None
        return figures_of(listing_of(request), record, localdate(), proofs, chosen)

    def sample_facts(self, value):
        chosen = value.get("figures") or FIGURES
        return figures_of(SAMPLE_LISTING, SAMPLE_RECORD, SAMPLE_DAY, chosen=chosen)

    class Meta:
        template = "wagtail_villes_internet/blocks/key_figures.html"
        form_layout = BlockGroup(
            children=["heading", "list_page", "label_page"], settings=["heading_level", "figures"]
        )
        preview_value = {"heading": _("In figures")}
        icon = "decimal"
        label = _("Key figures")
        description = _(
            "The number of services and of themes, what is new this year, and the label. "
            "There is nothing to type: they come from “Services” and “Our label”."
        )
        help_text = _("As long as there is nothing to count, the page shows nothing here.")
