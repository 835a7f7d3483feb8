"""Exports the services that were chosen in the list, as the list exports them all."""

from django import forms
from django.utils.translation import gettext_lazy

from ..services.models import DigitalService
from .bulk import ServiceBulkAction, list_view
from .service_rows import listed


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        choices=[
            ("xlsx", gettext_lazy("spreadsheet (XLSX)")),
            ("csv", gettext_lazy("plain table (CSV)")),
        ],
        initial="xlsx",
        widget=forms.RadioSelect,
        label=gettext_lazy("Format"),
    )


class ExportBulkAction(ServiceBulkAction):
    display_name = gettext_lazy("Export")
    action_type = "export"
    aria_label = gettext_lazy("Export the selected services")
    action_priority = 40
    form_class = ExportForm
    permissions = ("view", "change")
    may_wait = False
    at_once = None
    question = gettext_lazy("Export these services?")
    confirm = gettext_lazy("Download")

    def prepare_action(self, objects, objects_without_access):
        """The file, instead of going on."""
        services = DigitalService.objects.filter(pk__in=[service.pk for service in objects])
        view = list_view(DigitalService, self.request)
        return view.as_spreadsheet(listed(services), self.cleaned_form.cleaned_data["format"])
