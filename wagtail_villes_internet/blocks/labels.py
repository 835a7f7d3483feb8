"""The blocks that show the labels."""

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup
from wagtail.images.blocks import ImageChooserBlock

from ..labels.programmes import programme_choices
from .base import HeadingLevelBlock, TownBlock
from .facts import record_of, records_of
from .label_presentation import badge_of, history_of, labels_of
from .media import media_of, picture_of
from .presentation import heading_level
from .sample import SAMPLE_DAY, SAMPLE_FLOWERS, SAMPLE_RECORD

BADGE_SIZES = [("mark", _("Small")), ("regular", _("Medium")), ("hero", _("Large"))]
BADGE_LAYOUTS = [
    ("", _("The one that suits the size")),
    ("horizontal", _("Side by side")),
    ("stacked", _("One above the other")),
    ("compact", _("On one line")),
]
HISTORY_VIEWS = [
    ("timeline", _("Dated line")),
    ("table", _("Table")),
    ("chart", _("Chart, with its table")),
]
LABEL_FORMS = [("badges", _("Badges")), ("lines", _("Lines of text"))]


class ProgrammeBlock(blocks.ChoiceBlock):
    """Which of the labels a town may hold; Villes Internet where nothing is chosen."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "choices": programme_choices,
                "default": "",
                "required": False,
                "label": _("Label"),
                "search_index": False,
            }
            | kwargs
        )

    def normalize_choice(self, value):
        # Wagtail's own looks the value up among the choices: a query at each page.
        return value or ""


class LabelBadgeBlock(TownBlock):
    """The badge of the site's authority; nothing where it holds no label."""

    link_page = blocks.PageChooserBlock(
        required=False, label=_("Page"), help_text=_("Where the badge leads, if anywhere.")
    )
    artwork = ImageChooserBlock(
        required=False,
        label=_("The association’s picture"),
        help_text=_(
            "Shown instead of our drawing, if your local authority may use it. "
            "Its alternative text is written from the award."
        ),
    )
    artwork_year = blocks.IntegerBlock(
        required=False,
        min_value=2000,
        max_value=2100,
        label=_("Year on the picture"),
        help_text=_("When an award of another year comes, the drawing takes its place."),
    )
    artwork_note = blocks.CharBlock(
        required=False,
        default="",
        max_length=200,
        search_index=False,
        label=_("Added to the alternative text"),
        help_text=_("What else is on the picture, if anything."),
    )
    size = blocks.ChoiceBlock(
        choices=BADGE_SIZES, default="regular", label=_("Size"), search_index=False
    )
    layout = blocks.ChoiceBlock(
        choices=BADGE_LAYOUTS,
        default="",
        required=False,
        label=_("Arrangement"),
        search_index=False,
    )
    programme = ProgrammeBlock()

    shown_as = "badge"

    def get_context(self, value, parent_context=None):
        return {**super().get_context(value, parent_context), "link": value.get("link_page")}

    def facts(self, value, request):
        record = record_of(request, value.get("programme"))
        return self._badge(record, localdate(), value)

    def sample_facts(self, value):
        return self._badge(SAMPLE_RECORD, SAMPLE_DAY, value)

    @staticmethod
    def _badge(record, today, value):
        shown = record.shown if record else None
        year = value.get("artwork_year")
        artwork = None
        if shown and (not year or year == shown.year):
            artwork = picture_of(value.get("artwork"), value.get("artwork_note") or "")
        return badge_of(record, today, value.get("size"), value.get("layout") or "", artwork)

    class Meta:
        template = "wagtail_villes_internet/blocks/label_badge.html"
        form_layout = BlockGroup(
            children=["link_page"],
            settings=[
                "size",
                "layout",
                "programme",
                "artwork",
                "artwork_year",
                "artwork_note",
            ],
        )
        icon = "vi-label"
        label = _("Label badge")
        description = _(
            "The badge of the label your local authority holds, with its year. "
            "There is nothing to type: it comes from “Our label”."
        )
        help_text = _("As long as “Our label” states no award, the page shows nothing here.")


class LabelHistoryBlock(TownBlock):
    """What is stated of the label, edition by edition, newest first."""

    heading = blocks.CharBlock(required=False, default="", max_length=255, label=_("Heading"))
    heading_level = HeadingLevelBlock()
    view = blocks.ChoiceBlock(
        choices=HISTORY_VIEWS, default="timeline", label=_("Shown as"), search_index=False
    )
    summed_up = blocks.BooleanBlock(
        required=False, default=True, label=_("Sum the history up in a sentence")
    )
    programme = ProgrammeBlock()

    shown_as = "history"

    def get_context(self, value, parent_context=None):
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": heading_level(value.get("heading_level")),
        }

    def facts(self, value, request):
        record = record_of(request, value.get("programme"))
        return self._history(record, localdate(), value, media_of(record, request))

    def sample_facts(self, value):
        return self._history(SAMPLE_RECORD, SAMPLE_DAY, value, None)

    @staticmethod
    def _history(record, today, value, media):
        summed_up = value.get("summed_up", True)
        return history_of(record, today, value.get("view"), media, summed_up=summed_up)

    class Meta:
        template = "wagtail_villes_internet/blocks/label_history.html"
        form_layout = BlockGroup(
            children=["heading"], settings=["heading_level", "view", "summed_up", "programme"]
        )
        icon = "history"
        label = _("Label history")
        description = _(
            "Every edition of the label with what your local authority won, newest first. "
            "There is nothing to type: it comes from “Our label”."
        )
        help_text = _("As long as “Our label” states no award, the page shows nothing here.")


class LabelsBlock(TownBlock):
    """Every label the authority holds, Villes Internet first."""

    heading = blocks.CharBlock(required=False, default="", max_length=255, label=_("Heading"))
    heading_level = HeadingLevelBlock()
    form = blocks.ChoiceBlock(
        choices=LABEL_FORMS, default="badges", label=_("Shown as"), search_index=False
    )

    shown_as = "labels"

    def get_context(self, value, parent_context=None):
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": heading_level(value.get("heading_level")),
            "as_lines": value.get("form") == "lines",
        }

    def facts(self, value, request):
        return labels_of(records_of(request).values(), localdate())

    def sample_facts(self, value):
        return labels_of([SAMPLE_RECORD, SAMPLE_FLOWERS], SAMPLE_DAY)

    class Meta:
        template = "wagtail_villes_internet/blocks/labels.html"
        form_layout = BlockGroup(children=["heading"], settings=["heading_level", "form"])
        icon = "vi-label"
        label = _("Our labels")
        description = _(
            "Every label your local authority holds, each with its year. "
            "There is nothing to type: they come from “Our label”."
        )
        help_text = _("As long as “Our label” states no award, the page shows nothing here.")
