"""« Transmission »: what is declared, what is left to declare, and what keeps it from being so."""

from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from .access import APP, AllowedMixin, shown_to
from .scoping import desk_context


def may_see(user) -> bool:
    return user.has_perm(f"{APP}.view_declaration")


class TransmissionView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    allowed = staticmethod(may_see)
    template_name = "wagtail_villes_internet/desk/transmission.html"
    page_title = gettext_lazy("Transmission")
    header_icon = "upload"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**desk_context(self.request), **kwargs)


class TransmissionViewSet(ViewSet):
    name = "villes_internet_transmission"
    url_prefix = "villes-internet/transmission"
    icon = "upload"
    menu_label = TransmissionView.page_title
    menu_name = "villes-internet-transmission"
    menu_item_class = type("TransmissionMenuItem", (shown_to(may_see), MenuItem), {})

    def get_urlpatterns(self):
        return [path("", self.construct_view(TransmissionView), name="index")]
