"""« Dossier annuel »: every address of the yearly dossier."""

from django.urls import path
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from .access import may_see_dossier, shown_to
from .agreement_outside import NoteOutsideView, ScanView
from .dossier_agreement import AgreementView, AskView
from .dossier_campaign import ChecklistView, DatesView
from .dossier_comparison import CompareView
from .dossier_decisions import DecideView
from .dossier_diagnosis import DiagnosisView
from .dossier_exports import DraftExportView, VersionExportView
from .dossier_filing import FileView
from .dossier_overview import IndexView, OpenView, OverviewView
from .dossier_screen import NAMESPACE, TITLE
from .dossier_services import ServicesView
from .dossier_texts import TextsView
from .dossier_versions import VersionView
from .elected import ElectedView


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
            path("<int:year>/prediagnostic/", self.construct_view(DiagnosisView), name="diagnosis"),
            path("<int:year>/commencer/", self.construct_view(OpenView), name="open"),
            path("<int:year>/dates/", self.construct_view(DatesView), name="dates"),
            path("<int:year>/liste/", self.construct_view(ChecklistView), name="checklist"),
            path("<int:year>/services/", self.construct_view(ServicesView), name="services"),
            path("<int:year>/textes/", self.construct_view(TextsView), name="texts"),
            path("<int:year>/deposer/", self.construct_view(FileView), name="file"),
            path(
                "<int:year>/versions/<int:number>/",
                self.construct_view(VersionView),
                name="version",
            ),
            path(
                "<int:year>/versions/<int:number>/decider/",
                self.construct_view(DecideView),
                name="decide",
            ),
            path(
                "<int:year>/versions/<int:number>/<str:format>/",
                self.construct_view(VersionExportView),
                name="version_file",
            ),
            path(
                "<int:year>/projet/<str:format>/",
                self.construct_view(DraftExportView),
                name="draft_file",
            ),
            path("<int:year>/comparer/", self.construct_view(CompareView), name="compare"),
            path("<int:year>/accord/", self.construct_view(AgreementView), name="agreement"),
            path("<int:year>/accord/demander/", self.construct_view(AskView), name="ask_agreement"),
            path(
                "<int:year>/accord/hors-du-site/",
                self.construct_view(NoteOutsideView),
                name="agreement_outside",
            ),
            path(
                "<int:year>/accord/scan/<int:pk>/",
                self.construct_view(ScanView),
                name="agreement_scan",
            ),
            path("elu/", self.construct_view(ElectedView), name="elected"),
        ]
