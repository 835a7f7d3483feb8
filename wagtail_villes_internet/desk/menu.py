"""The one menu of the package."""

from django.utils.translation import gettext_lazy
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .advanced import AdvancedViewSet
from .awards import AwardViewSet
from .dashboard import DashboardViewSet
from .dossier_views import DossierViewSet
from .elected import ElectedMenuItem
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

    def get_submenu_items(self):
        # Beside the dashboard: the first thing that an élu looks for.
        return [*super().get_submenu_items(), ElectedMenuItem(order=1)]
