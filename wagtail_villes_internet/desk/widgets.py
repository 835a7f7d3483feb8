"""The field that attaches a service to the matrix."""

from itertools import groupby

from django import forms

from ..matrix.models import Placement, ReferenceService


class ReferenceServicesWidget(forms.CheckboxSelectMultiple):
    """Check boxes grouped by theme, each group folded unless something is ticked in it.

    Plain HTML: it works without a script, with a keyboard and with a screen reader.
    """

    template_name = "wagtail_villes_internet/desk/widgets/reference_services.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["folds"] = [
            {
                "heading": heading,
                "options": options,
                "ticked": sum(option["selected"] for option in options),
            }
            for heading, options, _index in context["widget"]["optgroups"]
        ]
        return context


def reference_choices(other_heading: str, attached: list[ReferenceService]) -> list:
    """Grouped choices: the matrix in use by « axis › theme », then what of `attached` it lacks.

    One query. A reference service that the matrix puts under two themes is offered under the
    first: two boxes of one value would contradict each other.
    """
    placements = (
        Placement.objects.filter(theme__axis__matrix__is_current=True)
        .select_related("theme__axis", "service")
        .order_by("theme__axis__position", "theme__position", "theme_id", "position", "pk")
    )
    offered: set[int] = set()
    groups = []
    for theme, rows in groupby(placements, key=lambda row: row.theme):
        choices = [
            (row.service_id, row.service.label) for row in rows if row.service_id not in offered
        ]
        offered.update(pk for pk, _label in choices)
        if choices:
            groups.append((f"{theme.axis} › {theme}", choices))
    if others := [(row.pk, row.label) for row in attached if row.pk not in offered]:
        groups.append((other_heading, others))
    return groups
