"""The read-only registers: transmissions, synchronisations and published lists.

The one module that imports wagtail_modeladmin, itself imported by `wagtail_hooks` only. What that
library leaves open is closed here: no address to add, change or delete, no history, no look at an
object of another town, no filter that was not offered (one on a related table would answer
questions about other towns' rows), and no cell that a spreadsheet would run.
"""

from django.http import Http404
from django.urls import re_path
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView, InspectView

from ..labels.palmares.models import PalmaresRow
from ..sync.models import Declaration, SyncRun
from .access import APP, may_read
from .exports import SafeCellsMixin
from .scoping import desk_context, of_current_authority, within_reach

# What Django's own filters put in an address for the fields of `list_filter`.
LOOKUPS = ("exact", "isnull", "gte", "lt")


class ReadOnlyPermissionHelper(PermissionHelper):
    """Whoever may view the model may list it, and look at the rows of their own authorities."""

    def user_can_list(self, user):
        return user.has_perm(f"{APP}.view_{self.opts.model_name}")

    def user_can_inspect_obj(self, user, obj):
        return self.user_can_list(user) and within_reach(user, obj.authority_id)

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


class TitleOnlyButtonHelper(ButtonHelper):
    """The title of a row leads to it: no button beside says it twice."""

    def get_buttons_for_obj(self, obj, exclude=None, classnames_add=None, classnames_exclude=None):
        return []


class RegisterIndexView(SafeCellsMixin, IndexView):
    def offered(self) -> set[str]:
        return {f"{name}__{lookup}" for name in self.list_filter for lookup in LOOKUPS}

    def get_filters_params(self, params=None):
        offered = self.offered()
        asked = super().get_filters_params(params)
        return {name: value for name, value in asked.items() if name in offered}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            empty_text=self.model_admin.empty_text, **desk_context(self.request), **kwargs
        )


class RegisterInspectView(InspectView):
    def check_action_permitted(self, user):
        if not within_reach(user, self.instance.authority_id):
            raise Http404
        return super().check_action_permitted(user)


class Register(ModelAdmin):
    """A list that can be searched, filtered and exported, and each of its rows.

    `empty_text` says how it comes to have a first one.
    """

    empty_text: object
    permission_helper_class = ReadOnlyPermissionHelper
    button_helper_class = TitleOnlyButtonHelper
    index_view_class = RegisterIndexView
    inspect_view_class = RegisterInspectView
    index_template_name = "wagtail_villes_internet/desk/register.html"
    inspect_view_enabled = True
    history_view_enabled = False
    add_to_admin_menu = False
    list_select_related = ("registry",)
    list_per_page = 50

    def get_queryset(self, request):
        return of_current_authority(super().get_queryset(request), request)

    def get_extra_class_names_for_field_col(self, obj, field_name):
        return ["w-whitespace-nowrap"] if field_name in self.list_filter else []

    def get_admin_urls_for_registration(self):
        """The list and the rows: what cannot be done has no address."""
        urls = self.url_helper
        return tuple(
            re_path(
                urls.get_action_url_pattern(action), view, name=urls.get_action_url_name(action)
            )
            for action, view in (("index", self.index_view), ("inspect", self.inspect_view))
        )

    def register_admin_url_finders(self):
        """There is no address to edit a row."""

    def register_indexing(self):
        """Rows refer to nothing that an editor could delete; the sync writes many."""


class DeclarationRegister(Register):
    model = Declaration
    empty_text = _("Nothing was transmitted yet. What is to be is under “Transmission”.")
    base_url_path = "villes-internet/registre"
    menu_icon = "upload"
    list_display = ("title", "state", "acknowledged_at", "message")
    list_filter = ("state",)
    search_fields = ("title", "remote_id")
    list_export = ("title", "remote_id", "state", "acknowledged_at", "message", "registry")
    export_filename = "transmissions"
    inspect_view_fields = (
        "title",
        "state",
        "acknowledged_at",
        "message",
        "registry",
        "remote_id",
        "acknowledged_hash",
        "etag",
    )


class SyncRunRegister(Register):
    model = SyncRun
    empty_text = _("No synchronisation has done anything yet. By hand, there is none.")
    base_url_path = "villes-internet/journal"
    menu_icon = "history"
    list_display = ("started_at", "outcome", "declared", "withdrawn", "pulled", "left", "message")
    list_filter = ("outcome", "started_at")
    search_fields = ("message",)
    list_export = (
        "started_at",
        "finished_at",
        "outcome",
        "declared",
        "withdrawn",
        "pulled",
        "left",
        "message",
        "registry",
    )
    export_filename = "synchronisations"


class SharedPermissionHelper(ReadOnlyPermissionHelper):
    """What is published is for everybody who works here."""

    def user_can_list(self, user):
        return may_read(user)

    def user_can_inspect_obj(self, user, obj):
        # The list says it all: a line has no page of its own.
        return False


class SharedIndexView(RegisterIndexView):
    def offered(self) -> set[str]:
        # Filters by each value there is have the bare name of their field.
        return super().offered() | set(self.list_filter)


class PalmaresRegister(Register):
    """The lines of published lists, which the import alone writes. They are nobody's."""

    model = PalmaresRow
    empty_text = _(
        "No published list was imported yet. Whoever hosts this site imports one from a file or "
        "from the registry: villes_internet_import_palmares."
    )
    base_url_path = "villes-internet/palmares"
    menu_icon = "list-ul"
    permission_helper_class = SharedPermissionHelper
    index_view_class = SharedIndexView
    inspect_view_enabled = False
    list_display = ("name", "place", "edition", "standing", "level", "authority", "basis", "source")
    list_filter = ("edition__year", "standing", "level", "basis")
    list_select_related = ("edition__programme", "authority")
    search_fields = ("name", "place", "siren", "insee")
    list_export = (
        "edition__year",
        "name",
        "place",
        "siren",
        "insee",
        "standing",
        "level",
        "note",
        "source",
        "basis",
    )
    export_filename = "palmares"

    def get_queryset(self, request):
        # Not that of the authority one works for: the list is about all of them.
        return ModelAdmin.get_queryset(self, request)

    def get_admin_urls_for_registration(self):
        index, _inspect = super().get_admin_urls_for_registration()
        return (index,)


REGISTERS = (DeclarationRegister, SyncRunRegister, PalmaresRegister)
