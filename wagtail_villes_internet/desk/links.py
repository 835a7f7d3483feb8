"""« Liens »: the addresses of the town's services that do not answer, as last checked.

Nothing is asked of another site here: `villes_internet_check_links` does that, once a day.
"""

from datetime import date

from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.scope import current_authority
from ..services.links.addresses import leading_to
from ..services.links.models import CheckedLink
from ..services.links.words import said
from .access import AllowedMixin, may_read
from .advanced import advanced_breadcrumbs
from .exports import SafeCellsMixin
from .scoping import desk_context, of_current_authority
from .standing import edit_url

State = CheckedLink.State
# What somebody has to look at, the worst first.
SHOWN = (State.BROKEN, State.FAILING, State.UNCHECKED)


class ServicesColumn(BaseColumn):
    cell_template_name = "wagtail_villes_internet/desk/cells/leading.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        services = [{"title": title, "edit_url": edit_url(pk)} for pk, title in instance.leading]
        return {**context, "leading": services}


class AddressColumn(BaseColumn):
    cell_template_name = "wagtail_villes_internet/desk/cells/address.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "link": instance, "said": said(instance.reason)}


class LinksView(AllowedMixin, SafeCellsMixin, IndexView):
    """Those of the authority worked for that are broken, failing, or cannot be checked."""

    allowed = staticmethod(may_read)
    model = CheckedLink
    any_permission_required = None
    template_name = "wagtail_villes_internet/desk/links.html"
    page_title = gettext_lazy("Links")
    header_icon = "link"
    index_url_name = "villes_internet_links:index"
    is_searchable = False
    paginate_by = 50
    default_ordering = ["state", "failing_since", "pk"]
    export_filename = "liens"
    list_export = ["url", "state", "reason", "services", "failing_since", "checked_at"]
    export_headings = {
        "reason": gettext_lazy("Why"),
        "services": gettext_lazy("Services"),
    }

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_base_queryset(self):
        links = of_current_authority(CheckedLink.objects.all(), self.request)
        # « broken », « failing », « unchecked »: the alphabet has them in the right order.
        return links.filter(state__in=SHOWN).order_by("state", "failing_since", "pk")

    @cached_property
    def leading(self) -> dict[str, list[tuple[int, str]]]:
        authority = current_authority(self.request)
        return leading_to(authority) if authority else {}

    def to_row_dict(self, item):
        return {
            "url": item.url,
            "state": item.get_state_display(),
            "reason": said(item.reason),
            "services": ", ".join(title for _pk, title in self.leading.get(item.url, ())),
            "failing_since": item.failing_since,
            "checked_at": item.checked_at,
        }

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **desk_context(self.request), **kwargs)
        for link in context["object_list"]:
            link.leading = self.leading.get(link.url, ())
        of_town = of_current_authority(CheckedLink.objects.all(), self.request)
        context["checked"] = of_town.count()
        return context

    @property
    def columns(self):
        return [
            AddressColumn("url", label=_("Address")),
            ServicesColumn("services", label=_("Services")),
            Column("state", label=_("State"), accessor="get_state_display"),
            Column("failing_since", label=_("Since"), accessor=_since),
            DateColumn("checked_at", label=_("Checked")),
        ]


def _since(link: CheckedLink) -> date | str:
    return link.failing_since or ""


class BrokenLinksPanel(Component):
    """On the home of the admin, where links of the authority worked for are broken."""

    name = "villes_internet_links"
    order = 81
    template_name = "wagtail_villes_internet/desk/home_links.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        broken = 0
        if may_read(self.request.user):
            mine = of_current_authority(CheckedLink.objects.all(), self.request)
            broken = mine.filter(state=State.BROKEN).count()
        return {"broken": broken, "url": reverse("villes_internet_links:index")}


class LinksViewSet(ViewSet):
    name = "villes_internet_links"
    url_prefix = "villes-internet/liens"
    icon = "link"

    def get_urlpatterns(self):
        return [path("", self.construct_view(LinksView), name="index")]
