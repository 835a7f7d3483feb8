"""« Réglages avancés »: what a town reads and does not change, and what the operator keeps."""

from django.apps import apps
from django.db.models import Prefetch
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.scope import is_operator
from ..labels.models import Edition
from ..matrix.models import Placement, Theme
from ..matrix.store import current_matrix
from .access import APP, AllowedMixin, may_read, may_see_services, shown_to
from .scoping import desk_context

# The registers of `registers.py`, by the name of their list; absent without wagtail-modeladmin.
REGISTERS = (
    ("view_declaration", "villes-internet_registre_modeladmin_index"),
    ("view_syncrun", "villes-internet_journal_modeladmin_index"),
)


class AdvancedView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtail_villes_internet/desk/advanced.html"
    page_title = gettext_lazy("Advanced settings")
    header_icon = "cog"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(links=self.links(), **desk_context(self.request), **kwargs)

    def links(self) -> list[dict[str, str]]:
        user = self.request.user
        links = [
            {
                "url": reverse("villes_internet_advanced:matrix"),
                "label": _("Matrix"),
                "help": _("The reference services of the association, by axis and theme."),
            },
            {
                "url": reverse("villes_internet_versions:index"),
                "label": _("Versions of the matrix"),
                "help": _("Those that were loaded, what differs between them, the one in use."),
            },
            {
                "url": reverse("villes_internet_advanced:editions"),
                "label": _("Editions"),
                "help": _("The editions of the label and their dates, as far as they are known."),
            },
            {
                "url": reverse("villes_internet_links:index"),
                "label": _("Links"),
                "help": _("The addresses of your services that do not answer."),
            },
        ]
        if may_see_services(user):
            links.append(
                {
                    "url": reverse("villes_internet_remapping:index"),
                    "label": _("Attachments to be settled"),
                    "help": _("What services become where the matrix has changed."),
                }
            )
        if apps.is_installed("wagtail_modeladmin"):
            words = (
                (_("Transmissions"), _("Where each service stands at the registry.")),
                (_("Journal"), _("What each synchronisation did.")),
            )
            links.append(
                {
                    "url": reverse("villes-internet_palmares_modeladmin_index"),
                    "label": _("Published lists"),
                    "help": _("Who was labelled, edition by edition, as the sources say it."),
                }
            )
            links += [
                {"url": reverse(name), "label": label, "help": explanation}
                for (codename, name), (label, explanation) in zip(REGISTERS, words, strict=True)
                if user.has_perm(f"{APP}.{codename}")
            ]
        if is_operator(user):
            links += [
                {
                    "url": reverse("villes_internet_programmes:index"),
                    "label": _("Labels"),
                    "help": _("The labels that towns may hold, beside Villes Internet."),
                },
                {
                    "url": reverse("villes_internet_label_editions:index"),
                    "label": _("Editions of the labels"),
                    "help": _("The years that towns may state their awards of."),
                },
                {
                    "url": reverse("villes_internet_authorities:index"),
                    "label": _("Local authorities"),
                    "help": _("Those of this installation, and the sites that show them."),
                },
            ]
        return links


class MatrixView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The matrix in use, as a tree, in a number of queries that does not grow with it."""

    template_name = "wagtail_villes_internet/desk/matrix.html"
    page_title = gettext_lazy("Matrix")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_context_data(self, **kwargs):
        matrix = current_matrix()
        placements = Placement.objects.select_related("service")
        themes = Theme.objects.prefetch_related(Prefetch("placements", placements))
        axes = matrix.axes.prefetch_related(Prefetch("themes", themes)) if matrix else []
        return super().get_context_data(matrix=matrix, axes=axes, **kwargs)


class InstantColumn(Column):
    """A date and a time, whether past or to come: Wagtail's own column says how long ago it was."""

    def get_value(self, instance):
        value = super().get_value(instance)
        return date_format(localtime(value), "DATETIME_FORMAT") if value else ""


class EditionsView(AllowedMixin, IndexView):
    """Shared by every town: read here, written by the sync, the commands and the operator."""

    model = Edition
    any_permission_required = None
    page_title = gettext_lazy("Editions")
    header_icon = "date"
    index_url_name = "villes_internet_advanced:editions"
    is_searchable = False
    paginate_by = 50

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("programme")

    @property
    def columns(self):
        return [
            TitleColumn("year", label=_("Edition"), accessor=str),
            Column("ordinal", label=_("Ordinal")),
            Column("state", label=_("State"), accessor="get_state_display"),
            InstantColumn("opens_at", label=_("Opens on")),
            InstantColumn("closes_at", label=_("Closes on")),
            Column("ceremony_on", label=_("Ceremony")),
            Column("place", label=_("Place")),
            Column("labelled_count", label=_("Authorities labelled")),
        ]


def advanced_breadcrumbs(label) -> list[dict[str, str]]:
    return [
        *WagtailAdminTemplateMixin.breadcrumbs_items,
        {"url": reverse("villes_internet_advanced:index"), "label": AdvancedView.page_title},
        {"url": "", "label": label},
    ]


class AdvancedViewSet(ViewSet):
    name = "villes_internet_advanced"
    url_prefix = "villes-internet/reglages"
    icon = "cog"
    menu_label = AdvancedView.page_title
    menu_name = "villes-internet-advanced"
    menu_item_class = type("AdvancedMenuItem", (shown_to(may_read), MenuItem), {})

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(AdvancedView), name="index"),
            path("matrice/", self.construct_view(MatrixView), name="matrix"),
            path("editions/", self.construct_view(EditionsView), name="editions"),
        ]
