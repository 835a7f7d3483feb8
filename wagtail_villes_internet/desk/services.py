"""« Services »: the digital services of the authority worked for."""

from collections.abc import Callable
from operator import attrgetter
from types import SimpleNamespace

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Prefetch
from django.db.models.functions import Cast
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import (
    BaseColumn,
    Column,
    LiveStatusTagColumn,
    LocaleColumn,
    UpdatedAtColumn,
)
from wagtail.models import DraftStateMixin, Revision
from wagtail.snippets.views import snippets

from ..matrix.models import Placement, ReferenceService
from ..services.models import Audience, DigitalService, Interaction
from ..services.rules import shortcomings
from .association_page import KeepsAssociationPage
from .duplicating import OffersDuplicate
from .echoes import SaysLikes
from .exports import SafeCellsMixin
from .scoping import ScopedSnippetViewSet, desk_context
from .service_addresses import ServiceAddresses
from .service_form import edit_handler
from .views import AuthorityCreateView, AuthorityPreviewOnCreateView
from .workflow import (
    ApprovesWhatIsSavedMixin,
    ServiceCollectActionView,
    ServiceConfirmCancellationView,
    ServiceWorkflowActionView,
)


def listed(queryset):
    """Services with all that a row of the list or of an export reads, in three queries."""
    placed = Placement.objects.filter(theme__axis__matrix__is_current=True).select_related("theme")
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(DigitalService),
        object_id=Cast(OuterRef("pk"), output_field=CharField()),
        approved_go_live_at__isnull=False,
    )
    queryset = queryset.select_related("latest_revision").annotate(scheduled=Exists(scheduled))
    return queryset.prefetch_related(
        Prefetch(
            "reference_services",
            ReferenceService.objects.prefetch_related(
                Prefetch("placements", placed, to_attr="current_placements")
            ),
        )
    )


def themes_of(service: DigitalService) -> list[str]:
    """The themes of `service` in the matrix in use, without duplicates; see `listed`."""
    labels = {
        placement.theme.label: None
        for reference in service.reference_services.all()
        for placement in reference.current_placements
    }
    return sorted(labels)


def publication(service: DigitalService) -> str:
    """« en ligne », « brouillon »…: Wagtail's words, which ask one query a service."""
    facts = SimpleNamespace(
        live=service.live,
        expired=service.expired,
        approved_schedule=service.scheduled,
        has_unpublished_changes=service.has_unpublished_changes,
    )
    return DraftStateMixin.status_string.fget(facts)


def missing(service: DigitalService) -> list[str]:
    """Why a live service is shown nowhere and declared to nobody; empty for a draft."""
    if not service.live:
        return []
    references = service.reference_services.all()
    reasons = [found.message for found in shortcomings(service, references)]
    if references and not themes_of(service):
        reasons.append(_("None of its reference services is in the matrix in use."))
    return reasons


class RemarksColumn(BaseColumn):
    """What is out of the ordinary: what is missing, what residents or the dossier do not see."""

    cell_template_name = "wagtail_villes_internet/desk/cells/remarks.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "reasons": missing(instance)}


def _labels(choices, codes) -> str:
    names = dict(choices.choices)
    return ", ".join(str(names.get(code, code)) for code in codes)


def _yes_no(name: str) -> Callable[[DigitalService], str]:
    return lambda service: str(_("Yes") if getattr(service, name) else _("No"))


EXPORTED: dict[str, Callable[[DigitalService], object]] = {
    "title": attrgetter("title"),
    "kind": DigitalService.get_kind_display,
    "status": DigitalService.get_status_display,
    "themes": lambda service: ", ".join(themes_of(service)),
    "reference_services": lambda service: ", ".join(
        f"{row.label} ({row.code})" for row in service.reference_services.all()
    ),
    "summary": attrgetter("summary"),
    "url": attrgetter("url"),
    "offline_alternative": attrgetter("offline_alternative"),
    "audiences": lambda service: _labels(Audience, service.audiences),
    "interactions": lambda service: _labels(Interaction, service.interactions),
    "provider": DigitalService.get_provider_display,
    "department": attrgetter("department"),
    "started_on": attrgetter("started_on"),
    "ended_on": attrgetter("ended_on"),
    "latitude": attrgetter("latitude"),
    "longitude": attrgetter("longitude"),
    "public": _yes_no("public"),
    "counted": _yes_no("counted"),
    "live": _yes_no("live"),
    "missing": lambda service: " ".join(missing(service)),
}


class ServiceIndexView(SafeCellsMixin, snippets.IndexView):
    list_export = list(EXPORTED)
    export_headings = {
        "themes": gettext_lazy("Themes"),
        "missing": gettext_lazy("To be completed"),
        "live": gettext_lazy("Published on the site"),
    }

    @cached_property
    def add_item_label(self):
        return _("Add a service")

    def get_base_queryset(self):
        return listed(super().get_base_queryset())

    def to_row_dict(self, item):
        return {name: value(item) for name, value in EXPORTED.items()}

    @cached_property
    def list_display(self):
        return [
            "__str__",
            *([LocaleColumn()] if self.i18n_enabled else []),
            Column("themes", label=_("Themes"), accessor=lambda row: ", ".join(themes_of(row))),
            "status",
            LiveStatusTagColumn(accessor=publication),
            RemarksColumn("remarks", label=_("Remarks")),
            UpdatedAtColumn(),
        ]

    def get_context_data(self, *args, **kwargs):
        return super().get_context_data(*args, **desk_context(self.request), **kwargs)


class ServiceCreateView(SaysLikes, KeepsAssociationPage, AuthorityCreateView):
    """Creates a service, and notes where the association keeps its page."""


class ServiceEditView(
    OffersDuplicate, SaysLikes, KeepsAssociationPage, ApprovesWhatIsSavedMixin, snippets.EditView
):
    """Changes a service, and notes where the association keeps its page."""


class DigitalServiceViewSet(ServiceAddresses, ScopedSnippetViewSet):
    model = DigitalService
    url_prefix = "villes-internet/services"
    icon = "vi-service"
    menu_label = gettext_lazy("Services")
    menu_name = "villes-internet-services"
    index_view_class = ServiceIndexView
    add_view_class = ServiceCreateView
    edit_view_class = ServiceEditView
    preview_on_add_view_class = AuthorityPreviewOnCreateView
    workflow_action_view_class = ServiceWorkflowActionView
    collect_workflow_action_data_view_class = ServiceCollectActionView
    confirm_workflow_cancellation_view_class = ServiceConfirmCancellationView
    index_template_name = "wagtail_villes_internet/desk/list.html"
    list_filter = ["status", "public", "counted", "live"]
    list_per_page = 50
    # Through the ORM: a town has some hundreds, and the words of a draft's row need no index.
    search_backend_name = None
    search_fields = ["title", "summary", "department", "url"]
    export_filename = "services"
    inspect_view_enabled = True
    inspect_view_fields = [
        "title",
        "kind",
        "status",
        "summary",
        "reference_services",
        "url",
        "offline_alternative",
        "provider",
        "department",
        "started_on",
        "ended_on",
        "public",
        "counted",
        "live",
    ]

    def get_edit_handler(self):
        return edit_handler().bind_to_model(self.model)
