"""The block that shows who was labelled."""

from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from ..authorities.cog import place_names
from ..labels.palmares.parsing import FIRST_YEAR, LAST_YEAR
from ..words import alphabetical
from .base import HeadingLevelBlock, TownBlock
from .facts import palmares_shown
from .palmares_presentation import DEPARTMENT, REGION, Viewer, palmares_of
from .palmares_sample import SAMPLE_PALMARES
from .presentation import heading_level


def area_choices():
    """The areas that a list may be limited to: ours, then every region and department."""
    departments, regions = place_names()
    return [
        ("", _("The whole list")),
        ("department", _("Our department")),
        ("region", _("Our region")),
        (_("Regions"), _coded(REGION, tuple(regions.items()))),
        (_("Departments"), _coded(DEPARTMENT, tuple(departments.items()))),
    ]


@lru_cache(maxsize=4)
def _coded(kind: str, names: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    ordered = sorted(names, key=lambda item: alphabetical(item[1]))
    return [(f"{kind}{code}", name) for code, name in ordered]


class AreaBlock(blocks.ChoiceBlock):
    """A part of France; the choices are read from the table of communes when a form is drawn."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "choices": area_choices,
                "default": "",
                "required": False,
                "label": _("Area"),
                "search_index": False,
            }
            | kwargs
        )

    def normalize_choice(self, value):
        # Wagtail's own draws up all the choices at each page.
        return value or ""


class PalmaresBlock(TownBlock):
    """The list of one edition, by level, in alphabetical order; the site's own line is marked."""

    heading = blocks.CharBlock(
        required=False,
        default="",
        max_length=255,
        label=_("Heading"),
        help_text=_("Left empty, the heading names the label and the year."),
    )
    edition = blocks.IntegerBlock(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        label=_("Edition"),
        help_text=_("The year on the sign. Left empty: the latest edition that has a list."),
    )
    area = AreaBlock()
    heading_level = HeadingLevelBlock()

    shown_as = "palmares"

    def get_context(self, value, parent_context=None):
        level = heading_level(value.get("heading_level"))
        return {
            **super().get_context(value, parent_context),
            "heading": value.get("heading"),
            "heading_level": level,
            "group_level": level + 1,
        }

    def facts(self, value, request):
        return palmares_shown(request, value.get("edition"), value.get("area") or "")

    def sample_facts(self, value):
        return palmares_of(SAMPLE_PALMARES, Viewer())

    class Meta:
        template = "wagtail_villes_internet/blocks/palmares.html"
        form_layout = BlockGroup(
            children=["heading", "edition", "area"], settings=["heading_level"]
        )
        icon = "list-ul"
        label = _("List of the labelled authorities")
        description = _(
            "Who was labelled, by level and in alphabetical order: it is no ranking. "
            "There is nothing to type: it comes from the published lists."
        )
        help_text = _("As long as no list was imported, the page shows nothing here.")
