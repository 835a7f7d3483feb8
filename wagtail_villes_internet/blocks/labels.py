"""The blocks that show the label."""

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from .base import HeadingLevelBlock, TownBlock
from .facts import record_of
from .presentation import badge_of, heading_level, history_of
from .sample import SAMPLE_DAY, SAMPLE_RECORD

BADGE_SIZES = [("mark", _("Small")), ("regular", _("Medium")), ("hero", _("Large"))]


class LabelBadgeBlock(TownBlock):
    """The badge of the site's authority; nothing where it holds no label."""

    link_page = blocks.PageChooserBlock(
        required=False, label=_("Page"), help_text=_("Where the badge leads, if anywhere.")
    )
    size = blocks.ChoiceBlock(
        choices=BADGE_SIZES, default="regular", label=_("Size"), search_index=False
    )

    shown_as = "badge"

    def get_context(self, value, parent_context=None):
        return {**super().get_context(value, parent_context), "link": value.get("link_page")}

    def facts(self, value, request):
        return badge_of(record_of(request), localdate(), value.get("size"))

    def sample_facts(self, value):
        return badge_of(SAMPLE_RECORD, SAMPLE_DAY, value.get("size"))

    class Meta:
        template = "wagtail_villes_internet/blocks/label_badge.html"
        form_layout = BlockGroup(children=["link_page"], settings=["size"])
        icon = "vi-label"
        label = _("Label badge")
        description = _(
            "The badge of the label your local authority holds, with its year. "
            "There is nothing to type: it comes from “Our label”."
        )


class LabelHistoryBlock(TownBlock):
    """What is stated of the label, edition by edition, newest first."""

    heading = blocks.CharBlock(required=False, max_length=255, label=_("Heading"))
    heading_level = HeadingLevelBlock()

    shown_as = "history"

    def get_context(self, value, parent_context=None):
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": heading_level(value.get("heading_level")),
        }

    def facts(self, value, request):
        return history_of(record_of(request), localdate())

    def sample_facts(self, value):
        return history_of(SAMPLE_RECORD, SAMPLE_DAY)

    class Meta:
        template = "wagtail_villes_internet/blocks/label_history.html"
        form_layout = BlockGroup(children=["heading"], settings=["heading_level"])
        icon = "history"
        label = _("Label history")
        description = _(
            "Every edition of the label with what your local authority won, newest first. "
            "There is nothing to type: it comes from “Our label”."
        )
