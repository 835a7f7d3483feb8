"""« Transmission »: what is declared, what is left to declare, and what keeps it from being so.

Reads what the site knows: the registry is never asked from here.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured
from ..services.models import DigitalService
from ..sync import by_hand
from ..sync.errors import NotAsShown
from ..sync.models import Declaration
from ..sync.report import status
from .access import APP, AllowedMixin, shown_to
from .scoping import desk_context
from .standing import SHOWN, at_registry, to_complete, to_copy

TEMPLATE = "wagtail_villes_internet/desk/transmission.html"
BY_HAND = "wagtail_villes_internet/desk/transmission_by_hand.html"
AUTOMATIC = "wagtail_villes_internet/desk/transmission_automatic.html"


def may_see(user) -> bool:
    return user.has_perm(f"{APP}.view_declaration")


def may_tick(user) -> bool:
    """Who prepares the services also says which ones are copied."""
    return user.has_perm(f"{APP}.change_digitalservice")


class TransmissionView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET shows where the authority worked for stands; POST ticks one line off, or undoes that."""

    allowed = staticmethod(may_see)
    template_name = TEMPLATE
    page_title = gettext_lazy("Transmission")
    header_icon = "upload"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def authority(self) -> LocalAuthority | None:
        return current_authority(self.request)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**desk_context(self.request), **kwargs)
        context |= {"shown": SHOWN, "may_change": may_tick(self.request.user)}
        if self.authority is None:
            return context
        try:
            backend = get_backend()
        except (Misconfigured, ImproperlyConfigured):
            return {**context, "misconfigured": True}
        with backend:
            return context | self._standing(backend)

    def _standing(self, backend: RegistryBackend) -> dict[str, object]:
        state = status(self.authority, backend)
        context = {"state": state, "incomplete": to_complete(state.incomplete)}
        if state.automatic:
            self.template_name = AUTOMATIC
            context |= {"address": backend.address, "groups": at_registry(self.authority, backend)}
        else:
            self.template_name = BY_HAND
            context |= {"lacks_siren": backend.automatic, **to_copy(self.authority)}
        return context

    def post(self, request, *args, **kwargs):
        if not may_tick(request.user):
            raise PermissionDenied
        remote_id = self._own_id(request.POST.get("service", ""))
        if "undo" in request.POST:
            by_hand.unmark(self.authority, remote_id)
            messages.success(request, _("Undone: the service is to be copied again."))
        else:
            self._tick(remote_id, request.POST.get("shown", ""))
        return redirect("villes_internet_transmission:index")

    def _tick(self, remote_id: str, shown: str) -> None:
        try:
            by_hand.mark_copied(self.authority, remote_id, self.request.user, shown=shown)
        except NotAsShown as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("Noted as copied."))

    def _own_id(self, given: str) -> str:
        """The remote id, where it is one of the authority's; any other is not found."""
        try:
            remote_id = str(UUID(given))
        except ValueError:
            raise Http404 from None
        services = DigitalService.objects.of(self.authority).filter(translation_key=remote_id)
        rows = Declaration.objects.filter(authority=self.authority, remote_id=remote_id)
        if not services.exists() and not rows.exists():
            raise Http404
        return remote_id


class TransmissionViewSet(ViewSet):
    name = "villes_internet_transmission"
    url_prefix = "villes-internet/transmission"
    icon = "upload"
    menu_label = TransmissionView.page_title
    menu_name = "villes-internet-transmission"
    menu_item_class = type("TransmissionMenuItem", (shown_to(may_see), MenuItem), {})

    def get_urlpatterns(self):
        return [path("", self.construct_view(TransmissionView), name="index")]
