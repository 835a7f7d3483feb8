"""« Prédiagnostic »: what the services of a town cover, to be read, and printed for a council."""

from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext_lazy

from .. import days
from ..dossiers.comparing import previous_of
from ..dossiers.diagnosis import diagnose
from ..dossiers.errors import Unreadable
from ..dossiers.freezing import content_of
from ..services.models import DigitalService
from .access import may_tick_off
from .dossier_screen import DossierScreen


class DiagnosisView(DossierScreen):
    """The pre-diagnosis of a dossier that was begun, beside the last one filed."""

    http_method_names = ["get", "head"]
    template_name = "wagtail_villes_internet/desk/dossier/diagnosis.html"
    page_title = gettext_lazy("Pre-diagnosis")
    of_a_begun_dossier = True

    def get_context_data(self, **kwargs):
        filing = previous_of(self.dossier)
        before, is_unreadable = None, False
        try:
            before = content_of(filing) if filing else None
        except Unreadable:
            is_unreadable = True
        today = days.today()
        diagnosis = diagnose(self.draft, today, before)
        return super().get_context_data(
            diagnosis=diagnosis,
            axes=[
                (label, list(themes))
                for (_code, label), themes in groupby(
                    diagnosis.themes, attrgetter("axis", "axis_label")
                )
            ],
            previous=filing,
            previous_is_unreadable=is_unreadable,
            matrix_version=self.draft.content.matrix_version,
            today=today,
            edit_url_name=DigitalService.snippet_viewset.get_url_name("edit"),
            may_change=may_tick_off(self.request.user),
            **kwargs,
        )
