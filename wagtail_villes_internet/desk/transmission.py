"""« Transmission »: what is declared, what is left to declare, and what keeps it from being so.

Reads what the site knows: the registry is never asked from here.
"""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..dossiers.models import Filing
from ..dossiers.roles import may_see
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured
from ..sync.backoff import host_of
from ..sync.filings import last_versions
from ..sync.report import planned_for, status, transmits_by_hand
from .access import (
    AllowedMixin,
    may_decide,
    may_see_services,
    may_see_transmission,
    may_tick_off,
    shown_to,
)
from .banner import waiting_for
from .by_hand import TickOffView
from .copy_lists import PrintedView, SpreadsheetView
from .decisions import (
    ExportView,
    GiveUpView,
    ResumeView,
    TryAgainView,
    WentBackView,
    WithdrawalsView,
)
from .delays import delay_of, standing_sentence
from .differences import DifferencesView, DifferenceView
from .dossier_screen import VERSION
from .remapping import waiting_count
from .scoping import desk_context
from .standing import SHOWN, to_complete
from .to_copy import standing_by_hand
from .waiting import at_registry

TEMPLATE = "wagtail_villes_internet/desk/transmission.html"
BY_HAND = "wagtail_villes_internet/desk/transmission_by_hand.html"
AUTOMATIC = "wagtail_villes_internet/desk/transmission_automatic.html"
# Lines ticked off last that are shown, to be undone.
RECENT = 20


class TransmissionView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Where the authority worked for stands, by hand or at a registry."""

    allowed = staticmethod(may_see_transmission)
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
        user = self.request.user
        context |= {
            "shown": SHOWN,
            "may_change": may_tick_off(user),
            "may_decide": may_decide(user),
            "remapping_count": waiting_count(self.authority) if may_see_services(user) else 0,
        }
        if self.authority is None:
            return context
        try:
            backend = get_backend()
        except (Misconfigured, ImproperlyConfigured):
            return {**context, "misconfigured": True}
        with backend:
            return context | self._standing(backend)

    def _standing(self, backend: RegistryBackend) -> dict[str, object]:
        by_hand = transmits_by_hand(self.authority, backend)
        planned = None if by_hand else planned_for(self.authority, backend)
        state = status(self.authority, backend, planned)
        context = {"state": state, "incomplete": to_complete(state.incomplete)}
        if planned:
            self.template_name = AUTOMATIC
            context |= {
                "host": host_of(backend),
                "dossiers": list(self._dossiers(backend)),
                "groups": at_registry(self.authority, backend, planned),
                "waiting": waiting_for(self.authority, backend),
            }
        else:
            self.template_name = BY_HAND
            context |= standing_by_hand(self.authority, SHOWN, RECENT)
            context["lacks_siren"] = backend.automatic
        return context

    def _dossiers(self, backend: RegistryBackend) -> Iterator[dict[str, object]]:
        """The yearly dossiers whose last version is still to go, or waits for a person."""
        left = [row.pk for row in last_versions(self.authority, backend.address) if row.is_left]
        if not left:
            return
        delay = delay_of(self.authority, backend)
        leads = may_see(self.request.user, self.authority)
        rows = Filing.objects.filter(pk__in=left).defer("octets", "annex")
        for filing in rows.select_related("dossier", "receipt").order_by("dossier__year"):
            year, number = filing.dossier.year, filing.number
            yield {
                "year": year,
                "sentence": standing_sentence(filing, delay),
                "url": reverse(VERSION, args=[year, number]) if leads else "",
            }


class TransmissionViewSet(ViewSet):
    name = "villes_internet_transmission"
    url_prefix = "villes-internet/transmission"
    icon = "upload"
    menu_label = TransmissionView.page_title
    menu_name = "villes-internet-transmission"
    menu_item_class = type("TransmissionMenuItem", (shown_to(may_see_transmission), MenuItem), {})

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(TransmissionView), name="index"),
            path("recopie/", self.construct_view(TickOffView), name="tick_off"),
            path("a-imprimer/", self.construct_view(PrintedView), name="printed"),
            path("tableur/", self.construct_view(SpreadsheetView), name="spreadsheet"),
            path("envoyer-a-nouveau/", self.construct_view(TryAgainView), name="try_again"),
            path("abandonner/", self.construct_view(GiveUpView), name="give_up"),
            path("reprendre/", self.construct_view(ResumeView), name="resume"),
            path("retour-en-arriere/", self.construct_view(WentBackView), name="went_back"),
            path("retraits/", self.construct_view(WithdrawalsView), name="withdrawals"),
            path("versions/", self.construct_view(DifferencesView), name="differences"),
            path(
                "versions/<uuid:remote_id>/", self.construct_view(DifferenceView), name="difference"
            ),
            path("ce-qui-attend/", self.construct_view(ExportView), name="waiting"),
        ]
