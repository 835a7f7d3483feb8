"""« Collectivités »: the operator's list, and the picking of a new one from the bundled table."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from ..authorities.cog import CogError, table
from ..authorities.creation import UnknownAuthority, authority_from, entry_for
from ..authorities.models import LocalAuthority
from ..authorities.scope import is_operator
from .access import AllowedMixin
from .advanced import advanced_breadcrumbs
from .dossier_last import last_dossier, with_last_dossiers

LIMIT = 30


class SitesColumn(BaseColumn):
    cell_template_name = "wagtail_villes_internet/desk/cells/sites.html"


class AuthoritiesView(AllowedMixin, IndexView):
    allowed = staticmethod(is_operator)
    model = LocalAuthority
    any_permission_required = None
    page_title = gettext_lazy("Local authorities")
    header_icon = "vi-label"
    index_url_name = "villes_internet_authorities:index"
    index_results_url_name = "villes_internet_authorities:results"
    is_searchable = True
    search_backend_name = None
    search_fields = ["name", "siren", "insee", "department_name"]
    paginate_by = 50

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_base_queryset(self):
        found = super().get_base_queryset().prefetch_related("site_settings__site")
        return with_last_dossiers(found)

    @cached_property
    def columns(self):
        return [
            TitleColumn("name", label=_("Name"), accessor=str, sort_key="name"),
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
            Column("siren", label=_("SIREN")),
            Column("insee", label=_("INSEE")),
            SitesColumn("sites", label=_("Shown on")),
            Column("dossier", label=_("Last dossier"), accessor=last_dossier),
        ]

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(
                _("Add a local authority"),
                url=reverse("villes_internet_authorities:add"),
                icon_name="plus",
            )
        ]


class AddAuthorityView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET `q` searches the table by name, SIREN or INSEE code; POST `number` creates that line.

    Nothing else of what is posted is read: an authority is picked, never typed.
    """

    allowed = staticmethod(is_operator)
    template_name = "wagtail_villes_internet/desk/add_authority.html"
    page_title = gettext_lazy("Add a local authority")
    header_icon = "vi-label"
    error = ""

    def get_breadcrumbs_items(self):
        trail = advanced_breadcrumbs(AuthoritiesView.page_title)
        trail[-1]["url"] = reverse("villes_internet_authorities:index")
        return [*trail, {"url": "", "label": self.page_title}]

    def post(self, request, *args, **kwargs):
        try:
            authority = authority_from(entry_for(request.POST.get("number", "")))
        except (UnknownAuthority, CogError) as error:
            self.error = str(error)
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(
            request,
            _(
                "%(authority)s is there. Next: open the settings of its site, “Villes Internet”, "
                "and choose it there."
            )
            % {"authority": authority},
        )
        return redirect("villes_internet_authorities:index")

    def get_context_data(self, **kwargs):
        query = self.request.GET.get("q", "").strip()
        found, source = [], ""
        try:
            found = table().find(query, limit=LIMIT) if query else []
            source = table().source
            vintage = table().vintage
        except CogError as error:
            self.error, vintage = str(error), None
        numbers = [number for entry in found for number in (entry.siren, entry.insee) if number]
        known = LocalAuthority.objects.filter(Q(siren__in=numbers) | Q(insee__in=numbers))
        taken = {number for pair in known.values_list("siren", "insee") for number in pair}
        return super().get_context_data(
            query=query,
            lines=[(entry, bool({entry.siren, entry.insee} & taken - {None})) for entry in found],
            error=self.error,
            source=source,
            vintage=vintage,
            **kwargs,
        )


class AuthoritiesViewSet(ViewSet):
    name = "villes_internet_authorities"
    url_prefix = "villes-internet/collectivites"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(AuthoritiesView), name="index"),
            path(
                "results/", self.construct_view(AuthoritiesView, results_only=True), name="results"
            ),
            path("ajouter/", self.construct_view(AddAuthorityView), name="add"),
        ]
