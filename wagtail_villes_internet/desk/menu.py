"""The one menu of the package."""

from django.utils.translation import gettext_lazy
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .advanced import AdvancedViewSet
from .awards import AwardViewSet
from .dashboard import DashboardViewSet
from .dossier_views import DossierViewSet
from .services import DigitalServiceViewSet
from .transmission import TransmissionViewSet


class VillesInternetGroup(SnippetViewSetGroup):
    """« Villes Internet »: shown to whom at least one of its items is shown."""

    items = (
        DashboardViewSet,
        DigitalServiceViewSet,
        AwardViewSet,
        DossierViewSet,
        TransmissionViewSet,
        AdvancedViewSet,
    )
    menu_label = gettext_lazy("Villes Internet")
    menu_name = "villes-internet"
    menu_icon = "vi-label"
    menu_order = 210
