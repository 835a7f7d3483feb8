"""Joins the package to Wagtail's admin: registers, and does nothing else."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import VERSION, hooks
from wagtail.snippets.models import register_snippet

from .authorities.logs import AuthorityLogEntry
from .desk import agreement_log, audit, dossier_log, importing, matrix_versions, settlement_log
from .desk.authorities import AuthoritiesViewSet
from .desk.banner import WaitingPanel
from .desk.binding import BindingPanel, WorkingForPanel
from .desk.bulk import ScopedDeleteBulkAction
from .desk.bulk_attaching import AttachBulkAction
from .desk.bulk_export import ExportBulkAction
from .desk.bulk_publishing import PublishBulkAction, UnpublishBulkAction
from .desk.dashboard import HomePanel
from .desk.elected import ElectedPanel
from .desk.importing import ImportViewSet
from .desk.links import BrokenLinksPanel, LinksViewSet
from .desk.matrix_versions import VersionsViewSet
from .desk.menu import VillesInternetGroup
from .desk.programmes import EditionsOfLabelsViewSet, OperatorPolicy, ProgrammesViewSet
from .desk.remapping import RemappingPanel, RemappingViewSet
from .desk.review_mail import announce_reviews
from .desk.scoping import ScopedPermissionPolicy, desk_context
from .desk.site_history import open_site_history
from .desk.switcher import SwitchViewSet
from .desk.workflow_reports import keep_reports_to_the_towns, scope_panels
from .dossiers.models import Dossier
from .labels.models import Award, Edition, LabelProgramme
from .services.models import DigitalService
from .services.remapping import journal
from .sync.models import Declaration

if VERSION >= (8, 0):
    from wagtail.permissions import register_permission_policy

    for model in (DigitalService, Award):
        register_permission_policy(model, ScopedPermissionPolicy(model))
    for model in (LabelProgramme, Edition):
        register_permission_policy(model, OperatorPolicy(model))

register_snippet(VillesInternetGroup)
open_site_history()
keep_reports_to_the_towns()
announce_reviews()

if apps.is_installed("wagtail_modeladmin"):
    from .desk.registers import REGISTERS

    for register in REGISTERS:
        register().register_with_wagtail()

if apps.is_installed("wagtail.contrib.simple_translation"):
    from .desk import translating

    # Before the address of Wagtail's own view, whose place it takes for our models.
    hooks.register("register_admin_urls", translating.urls, order=-1)

# After Wagtail's own « delete » (order 0), whose place it takes for our models.
hooks.register("register_bulk_action", ScopedDeleteBulkAction, order=1)
for action in (PublishBulkAction, UnpublishBulkAction, AttachBulkAction, ExportBulkAction):
    hooks.register("register_bulk_action", action)


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [
        SwitchViewSet(),
        AuthoritiesViewSet(),
        ProgrammesViewSet(),
        EditionsOfLabelsViewSet(),
        LinksViewSet(),
        ImportViewSet(),
        VersionsViewSet(),
        RemappingViewSet(),
    ]


@hooks.register("construct_homepage_panels")
def add_homepage_panels(request, panels):
    scope_panels(panels)
    panels.append(HomePanel(request))
    panels.append(ElectedPanel(request))
    panels.append(WaitingPanel(request))
    panels.append(RemappingPanel(request))
    panels.append(BrokenLinksPanel(request))
    panels.append(BindingPanel(request.user))
    if desk_context(request)["several_authorities"]:
        panels.append(WorkingForPanel(request))


@hooks.register("register_icons")
def register_icons(icons):
    names = ("vi-label", "vi-service")
    return [*icons, *(f"wagtail_villes_internet/icons/{name}.svg" for name in names)]


@hooks.register("register_log_actions")
def register_scoped_logs(actions):
    for model in (DigitalService, Award, Declaration, Dossier):
        actions.register_model(model, AuthorityLogEntry)
    settlement_log.register(actions)
    audit.register(actions)
    dossier_log.register(actions)
    agreement_log.register(actions)
    importing.register(actions)
    matrix_versions.register(actions)
    journal.register(actions)
    actions.register_action(
        "villes_internet.award_overruled",
        _("Another value came from the registry"),
        _("The registry gives another value; the former one is kept in this history"),
    )
    actions.register_action(
        "villes_internet.award_vanished",
        _("No longer in the registry"),
        _("This award is no longer in the registry; it is kept, as declared by the authority"),
    )
