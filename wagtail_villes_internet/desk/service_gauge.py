"""How complete a service is, on top of its form and in a list: what is missing, and where to add
it. A help: nothing here keeps anybody from publishing."""

from django.utils.translation import gettext_lazy
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import BaseColumn

from ..services.completeness import completeness_of


class GaugePanel(Panel):
    """« 5 sur 7 », with a link to each field that is left; of a service that is stored."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtail_villes_internet/desk/panels/gauge.html"

        def is_shown(self):
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            found = completeness_of(self.instance)
            gaps = [
                {"message": gap.message, "anchor": self._anchor(gap.field)} for gap in found.gaps
            ]
            return {**super().get_context_data(parent_context), "gauge": found, "gaps": gaps}

        def _anchor(self, field: str) -> str:
            # A group of check boxes is labelled as a whole: no one of its boxes bears the id.
            return self.form[field].id_for_label or self.form[field].auto_id


class GaugeColumn(BaseColumn):
    """The same in a list, « 5 sur 7 », the gaps named. Asks nothing where the rows were fetched
    with `latest_revision` and `reference_services`."""

    cell_template_name = "wagtail_villes_internet/desk/cells/gauge.html"

    def __init__(self, name="completeness", **kwargs):
        super().__init__(name, **{"label": gettext_lazy("Completeness"), **kwargs})

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "gauge": completeness_of(instance)}
