"""« Inspecter »: all that a service says, in words, for whoever may see it and not change it."""

from datetime import date

from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from wagtail.rich_text import RichText
from wagtail.snippets.views import snippets

from ..services.models import DigitalService
from .service_rows import EXPORTED, listed

EMPTY = "–"
INSPECTED = [
    "title",
    "kind",
    "status",
    "summary",
    "description",
    "themes",
    "reference_services",
    "audiences",
    "interactions",
    "url",
    "offline_alternative",
    "provider",
    "department",
    "started_on",
    "ended_on",
    "public",
    "counted",
    "live",
]
LABELS = {
    "themes": gettext_lazy("Themes"),
    "live": gettext_lazy("Published on the site"),
}


class ServiceInspectView(snippets.InspectView):
    """Says of a service what an export says, and its description."""

    def get_object(self, queryset=None):
        return get_object_or_404(listed(DigitalService.objects.all()), pk=self.pk)

    def get_field_label(self, field_name, field):
        return LABELS.get(field_name) or capfirst(field.verbose_name)

    def get_field_display_value(self, field_name, field):
        if field_name == "description":
            return RichText(self.object.description) if self.object.description else EMPTY
        value = EXPORTED[field_name](self.object)
        return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value or EMPTY
