"""What an editor may limit a list of services to.

Hosts freeze the paths of these functions in their migrations, and no list of themes: themes come
and go with the versions of the matrix.
"""

from itertools import groupby

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from ..matrix.models import Theme
from ..services.models import Audience


def theme_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The themes by domain of the matrix in use, then those that only other versions have: a list
    limited to one of these keeps it until its editor lets it go."""
    rows = Theme.objects.order_by(
        "-axis__matrix__is_current", "axis__position", "axis_id", "position", "pk"
    ).values_list("axis__matrix__is_current", "axis_id", "axis__label", "code", "label")
    seen: set[str] = set()
    choices: list[tuple[str, list[tuple[str, str]]]] = []
    for (in_use, _axis, label), themes in groupby(rows, key=lambda row: row[:3]):
        if not in_use:
            label = _("No longer in the matrix")
        offered = [(code, theme) for *_place, code, theme in themes if code not in seen]
        seen.update(code for code, _theme in offered)
        if choices and choices[-1][0] == label:
            choices[-1][1].extend(offered)
        elif offered:
            choices.append((label, offered))
    return choices


def audience_choices() -> list[tuple[str, str]]:
    return Audience.choices


class CodesBlock(blocks.MultipleChoiceBlock):
    """Some codes out of a list that is drawn up when a form is drawn."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"required": False, "default": [], "search_index": False} | self.options | kwargs
        )

    def get_field(self, **kwargs):
        return super().get_field(**kwargs | {"widget": forms.CheckboxSelectMultiple})

    def normalize_choice(self, value):
        # Wagtail's own looks the value up among the choices: a query at each page.
        return value


class ThemesBlock(CodesBlock):
    options = {
        "choices": theme_choices,
        "label": gettext_lazy("Themes"),
        "help_text": gettext_lazy("Left empty: all themes."),
    }


class AudiencesBlock(CodesBlock):
    options = {
        "choices": audience_choices,
        "label": gettext_lazy("For whom"),
        "help_text": gettext_lazy("Left empty: for everybody."),
    }
