"""What every screen of the yearly dossier shares: for whom, by whom, of which year."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..dossiers import roles
from ..dossiers.agreements import is_required
from ..dossiers.calendar import paris_day
from ..dossiers.campaign import check_year
from ..dossiers.drafting import Draft, draft_of
from ..dossiers.models import Dossier, Filing
from ..registry.base import RegistryBackend
from ..sync.filing import draft_at
from ..sync.report import transmits_by_hand
from .access import may_see_dossier
from .delays import Delay, delay_of
from .registry_of import backend_in_settings
from .scoping import desk_context, shown_authority
from .views import NO_AUTHORITY

NAMESPACE = "villes_internet_dossier"
OVERVIEW = f"{NAMESPACE}:overview"
VERSION = f"{NAMESPACE}:version"
TITLE = gettext_lazy("Yearly dossier")


class DossierMixin:
    """Put in front of any view of the yearly dossier.

    The right is asked for the very authority worked for: `right` to read, `right_to_post` to
    change something, both of `dossiers.roles`; who lacks it is refused as Wagtail refuses. What is
    posted names the authority it was shown for, else it is not found; nor is a year that no
    campaign has. `of_a_begun_dossier`: where nobody began it, leads to the overview, which does.
    """

    right = staticmethod(roles.may_see)
    right_to_post = staticmethod(roles.may_prepare)
    of_a_begun_dossier = False

    def dispatch(self, request, *args, **kwargs) -> HttpResponseBase:
        if not may_see_dossier(request.user):
            raise PermissionDenied
        if self.authority is None:
            return self.explain()
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if changes:
            shown_authority(request)
        right = self.right_to_post if changes else self.right
        if not right(request.user, self.authority):
            raise PermissionDenied
        if "year" in self.kwargs:
            self._require_a_year()
        if self.of_a_begun_dossier and self.dossier is None:
            messages.info(request, _("This dossier is not begun yet."))
            return redirect(self.address("overview"))
        return super().dispatch(request, *args, **kwargs)

    def explain(self) -> HttpResponseBase:
        """To somebody of no town, what is missing. Nothing is found to change."""
        if self.request.method != "GET":
            raise Http404
        title = {"header_title": TITLE, "page_title": TITLE, "header_icon": "folder-open-1"}
        return TemplateResponse(self.request, NO_AUTHORITY, title)

    @cached_property
    def authority(self) -> LocalAuthority | None:
        return current_authority(self.request)

    @property
    def year(self) -> int:
        return self.kwargs["year"]

    @cached_property
    def dossier(self) -> Dossier | None:
        """None where nobody began it: reading never makes one."""
        found = Dossier.objects.filter(authority=self.authority, year=self.year).first()
        if found:
            found.authority = self.authority
        return found

    @cached_property
    def backend(self) -> RegistryBackend | None:
        """Where this town files, by hand too. Already closed: it is there for its address, and
        never asked. None where the settings cannot be used."""
        return backend_in_settings()

    @cached_property
    def delay(self) -> Delay | None:
        """What keeps this town's versions from going now; None for nothing, and by hand."""
        return delay_of(self.authority, self.backend)

    @property
    def is_by_hand(self) -> bool:
        return self.backend is not None and transmits_by_hand(self.authority, self.backend)

    @cached_property
    def draft(self) -> Draft:
        """The dossier, which was begun, as it would be filed now."""
        if self.backend is None:
            return draft_of(self.dossier)
        return draft_at(self.dossier, self.backend)

    @cached_property
    def may_prepare(self) -> bool:
        return roles.may_prepare(self.request.user, self.authority)

    @cached_property
    def may_file(self) -> bool:
        return roles.may_file(self.request.user, self.authority)

    def address(self, name: str, **kwargs: Any) -> str:
        """The address of another screen of the same year, by its name in the viewset."""
        return reverse(f"{NAMESPACE}:{name}", kwargs={"year": self.year, **kwargs})

    @property
    def agreement_address(self) -> str:
        return self.address("agreement")

    def _require_a_year(self) -> None:
        try:
            check_year(self.year, paris_day(timezone.now()))
        except ValidationError:
            raise Http404 from None


class VersionMixin(DossierMixin):
    """A view of one version of the dossier of the year; any other number is not found."""

    @cached_property
    def filing(self) -> Filing:
        rows = Filing.objects.filter(
            dossier__authority=self.authority,
            dossier__year=self.year,
            number=self.kwargs["number"],
        )
        found = rows.select_related("dossier__authority", "receipt__user", "user").first()
        if found is None:
            raise Http404
        return found


class DossierScreen(DossierMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin about the dossier of one year."""

    header_icon = "folder-open-1"
    page_title = TITLE
    step = ""

    def get_page_title(self):
        return f"{TITLE} {self.year}"

    def get_page_subtitle(self):
        """Empty on the overview; elsewhere the name of the screen."""
        return "" if self.page_title == TITLE else self.page_title

    def get_header_title(self):
        """As Wagtail makes it, but for the colon, which has its space in some languages."""
        title, subtitle = self.get_page_title(), self.get_page_subtitle()
        if not subtitle:
            return title
        return _("%(title)s: %(screen)s") % {"title": title, "screen": subtitle}

    def get_breadcrumbs_items(self):
        whole = f"{TITLE} {self.year}"
        if not (subtitle := self.get_page_subtitle()):
            return [*self.breadcrumbs_items, {"url": "", "label": whole}]
        # Wagtail shows the last one as the title of the screen.
        here = _("%(screen)s – dossier %(year)s") % {"screen": subtitle, "year": self.year}
        return [
            *self.breadcrumbs_items,
            {"url": self.address("overview"), "label": whole},
            {"url": "", "label": here},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **desk_context(self.request),
            authority=self.authority,
            dossier=self.dossier,
            may_prepare=self.may_prepare,
            may_file=self.may_file,
            steps=self._steps() if self.dossier else [],
            **{"year": self.year, **kwargs},
        )

    def _steps(self) -> list[dict[str, object]]:
        """The way to a dossier that is filed, in order."""
        steps = [
            ("services", _("Services")),
            ("texts", _("Texts")),
            ("file", _("File the dossier")),
        ]
        if is_required(self.authority):
            steps.insert(2, ("agreement", _("Agreement")))
        return [
            {"label": label, "url": self.address(name), "is_current": name == self.step}
            for name, label in steps
        ]


class DossierAction(DossierMixin, View):
    """POST only."""

    http_method_names = ["post"]
