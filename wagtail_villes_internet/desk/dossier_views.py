"""« Dossier annuel »: every address of the yearly dossier."""

from django.urls import path
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from .access import may_see_dossier, shown_to
from .dossier_overview import IndexView, OpenView, OverviewView
from .dossier_screen import NAMESPACE, TITLE


class DossierViewSet(ViewSet):
    name = NAMESPACE
    url_prefix = "villes-internet/dossier"
    icon = "folder-open-1"
    menu_label = TITLE
    menu_name = "villes-internet-dossier"
    menu_item_class = type("DossierMenuItem", (shown_to(may_see_dossier), MenuItem), {})

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(IndexView), name="index"),
            path("<int:year>/", self.construct_view(OverviewView), name="overview"),
            path("<int:year>/commencer/", self.construct_view(OpenView), name="open"),
        ]
