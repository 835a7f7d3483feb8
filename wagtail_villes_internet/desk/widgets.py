"""The field that attaches a service to the matrix."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from django import forms
from wagtail.admin.telepath import register
from wagtail.admin.telepath.widgets import RadioSelectAdapter

from ..matrix.models import Placement, ReferenceService
from ..matrix.suggesting import also_called

HERE = "wagtail_villes_internet"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reference service that is offered beside the others, to be ticked at once."""

    pk: int
    label: str
    theme: str


class ReferenceServicesWidget(forms.CheckboxSelectMultiple):
    """Check boxes grouped by theme, each group folded unless something is ticked in it.

    Plain HTML: it works without a script, with a keyboard and with a screen reader. A script adds
    a search and, on top, what is chosen. `propose` gives what to offer above the groups; it is
    called when the field is drawn.
    """

    template_name = "wagtail_villes_internet/desk/widgets/reference_services.html"
    propose: Callable[[], Iterable[Proposal]] = tuple

    class Media:
        css = {"all": [f"{HERE}/reference-picker.css"]}
        js = [f"{HERE}/reference-picker.js"]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        ticked = set(widget["value"])
        widget["folds"] = [
            {
                "heading": heading,
                "options": [
                    option | {"also_called": " ".join(also_called(str(option["label"])))}
                    for option in options
                ],
                "ticked": sum(option["selected"] for option in options),
            }
            for heading, options, _index in widget["optgroups"]
        ]
        widget["also"] = _also(name)
        widget["proposals"] = [row for row in self.propose() if str(row.pk) not in ticked]
        return context

    def value_from_datadict(self, data, files, name):
        """What is ticked, in its theme or among the proposals.

        These have a name of their own, so that no two boxes of one value contradict each other.
        """
        ticked = super().value_from_datadict(data, files, name) or []
        also = super().value_from_datadict(data, files, _also(name)) or []
        return list(dict.fromkeys([*ticked, *also]))


def _also(name: str) -> str:
    return f"{name}-also"


class ReferenceServicesAdapter(RadioSelectAdapter):
    """Tells Wagtail's scripts of the field without all its boxes, which no script draws anew: they
    would double the page."""

    def js_args(self, widget):
        return [""]


register(ReferenceServicesAdapter(), ReferenceServicesWidget)


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
