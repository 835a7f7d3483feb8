"""« Services »: the digital services of the authority worked for."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, LocaleColumn, UpdatedAtColumn
from wagtail.snippets.views import snippets

from ..authorities.scope import current_authority
from ..services.models import DigitalService
from .association_page import KeepsAssociationPage
from .duplicating import OffersDuplicate
from .echoes import SaysLikes
from .exports import SafeCellsMixin
from .importing import INDEX as IMPORT
from .importing import import_buttons, may_import
from .remapping import waiting_count
from .scoping import ScopedSnippetViewSet, desk_context
from .service_addresses import ServiceAddresses
from .service_filters import ServiceFilterSet
from .service_form import edit_handler
from .service_gauge import GaugeColumn
from .service_inspecting import INSPECTED, ServiceInspectView
from .service_rows import (
    EXPORTED,
    RemarksColumn,
    broken_in,
    broken_links,
    listed,
    progress,
    publication,
    themes_of,
)
from .views import AuthorityCreateView, AuthorityPreviewOnCreateView
from .way_back import LeadsBack
from .workflow import (
    ApprovesWhatIsSavedMixin,
    ServiceCollectActionView,
    ServiceConfirmCancellationView,
    ServiceWorkflowActionView,
    SubmitsMixin,
)


class ServiceIndexView(SafeCellsMixin, snippets.IndexView):
    list_export = [*EXPORTED, "broken_links"]
    export_headings = {
        "broken_links": gettext_lazy("Links that do not work"),
        "themes": gettext_lazy("Themes"),
        "missing": gettext_lazy("To be completed"),
        "live": gettext_lazy("Published on the site"),
    }

    @cached_property
    def add_item_label(self):
        return _("Add a service")

    @cached_property
    def header_more_buttons(self):
        return [*super().header_more_buttons, *import_buttons(self.request.user)]

    def get_base_queryset(self):
        return listed(super().get_base_queryset())

    @cached_property
    def broken_links(self) -> frozenset[str]:
        return broken_links(current_authority(self.request))

    def to_row_dict(self, item):
        row = {name: value(item) for name, value in EXPORTED.items()}
        return {**row, "broken_links": " ".join(broken_in(item, self.broken_links))}

    @cached_property
    def list_display(self):
        return [
            "__str__",
            *([LocaleColumn(label=_("Language"))] if self.i18n_enabled else []),
            Column("themes", label=_("Themes"), accessor=lambda row: ", ".join(themes_of(row))),
            Column("status", label=_("Progress"), accessor=progress, sort_key="status"),
            LiveStatusTagColumn(accessor=publication),
            GaugeColumn(),
            RemarksColumn("remarks", label=_("Remarks"), broken=self.broken_links),
            UpdatedAtColumn(),
        ]

    def get_context_data(self, *args, **kwargs):
        return super().get_context_data(
            *args,
            remapping_count=waiting_count(current_authority(self.request)),
            import_url=reverse(IMPORT) if may_import(self.request.user) else "",
            **desk_context(self.request),
            **kwargs,
        )


class ServiceCreateView(
    LeadsBack, SaysLikes, KeepsAssociationPage, SubmitsMixin, AuthorityCreateView
):
    """Creates a service, and notes where the association keeps its page."""


class ServiceEditView(
    LeadsBack, OffersDuplicate, KeepsAssociationPage, ApprovesWhatIsSavedMixin, snippets.EditView
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
    filterset_class = ServiceFilterSet
    list_per_page = 50
    # Through the ORM: a town has some hundreds, and the words of a draft's row need no index.
    search_backend_name = None
    search_fields = ["title", "summary", "department", "url"]
    export_filename = "services"
    inspect_view_enabled = True
    inspect_view_fields = INSPECTED
    inspect_view_class = ServiceInspectView

    def get_edit_handler(self):
        return edit_handler().bind_to_model(self.model)
