"""Where the dossier of one year stands, and what is left to do."""

from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from ..dossiers.agreements import standing
from ..dossiers.campaign import current_year
from ..dossiers.drafting import open_dossier
from ..dossiers.models import Filing
from .dossier_screen import OVERVIEW, DossierAction, DossierMixin, DossierScreen


class IndexView(DossierMixin, View):
    """Leads to the dossier of the edition that the town works on."""

    http_method_names = ["get", "head"]

    def get(self, request):
        return redirect(OVERVIEW, year=current_year(self.authority))


class OverviewView(DossierScreen):
    """The dossier of one year at a glance."""

    http_method_names = ["get", "head"]
    template_name = "wagtail_villes_internet/desk/dossier/overview.html"

    @cached_property
    def filings(self) -> list[Filing]:
        if self.dossier is None:
            return []
        return list(self.dossier.filings.select_related("receipt", "user"))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(filings=self.filings, **kwargs)
        if self.dossier is not None:
            digest = self.draft.content.digest
            context |= {"draft": self.draft, "agreement": standing(self.dossier, digest)}
        return context


class OpenView(DossierAction):
    """Begins the dossier of the year, with what last year's said."""

    def post(self, request, *args, **kwargs):
        dossier = open_dossier(self.authority, self.year)
        if dossier.carried_from:
            said = _("The dossier %(year)d is begun, with the texts and choices of %(before)d.")
            said %= {"year": self.year, "before": dossier.carried_from}
        else:
            said = _("The dossier %(year)d is begun.") % {"year": self.year}
        messages.success(request, said)
        return redirect(self.address("overview"))
