"""« Dupliquer »: a second service that begins as the first one says, and a draft of its own.

In place of Wagtail's « copy », which saves over the original and unpublishes it.
"""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_latest_str
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from ..services.copying import duplicate
from ..services.models import DigitalService


class DuplicateView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Asks first (GET), then makes the copy and opens its form (POST)."""

    model = DigitalService
    permission_required = "add"
    template_name = "wagtail_villes_internet/desk/duplicate.html"
    page_title = gettext_lazy("Duplicate")
    header_icon = "copy"
    index_url_name = None
    edit_url_name = None

    @cached_property
    def service(self) -> DigitalService:
        return get_object_or_404(DigitalService, pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return get_latest_str(self.service)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Services")},
            {"url": self._edit_url(self.service), "label": self.get_page_subtitle()},
            {"url": "", "label": _("Duplicate")},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            service=self.get_page_subtitle(), back=self._edit_url(self.service), **kwargs
        )

    def post(self, request, *args, **kwargs):
        copied = duplicate(self.service, request.user)
        messages.success(
            request,
            _("“%(title)s” is a draft: change what differs, then publish it.")
            % {"title": copied.title},
        )
        return redirect(self._edit_url(copied))

    def _edit_url(self, service: DigitalService) -> str:
        return reverse(self.edit_url_name, args=[service.pk])


class OffersDuplicate:
    """Put in front of the edit view of a service: a button leads to `DuplicateView`."""

    duplicate_url_name: str | None = None

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.duplicate_url_name and self.user_has_permission("add"):
            address = reverse(self.duplicate_url_name, args=[self.object.pk])
            buttons.append(Button(_("Duplicate"), url=address, icon_name="copy", priority=10))
        return buttons
