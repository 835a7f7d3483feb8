"""« Rattachements à revoir »: services attached to what the matrix in use no longer has.

Grouped by former reference service, so that one choice does for many. Nothing is lost meanwhile:
who has no time now leaves it for later.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..matrix.models import ReferenceService
from ..matrix.suggesting import entries_in_use
from ..services.models import DigitalService
from ..services.remapping.deciding import choose, history_of, undo
from ..services.remapping.errors import RemapRefused
from ..services.remapping.models import Remap
from ..services.remapping.waiting import Code, Waiting, waiting_of
from .access import AllowedMixin, may_decide, may_see_services
from .advanced import advanced_breadcrumbs
from .bulk import left_out_message
from .scoping import desk_context, keys_among, shown_authority

INDEX = "villes_internet_remapping:index"
HISTORY = "villes_internet_remapping:history"
SHOWN = 100
"""Changes on one page of the history."""
AT_ONCE = 500
"""Services that one choice is for: Django refuses forms of more than a thousand fields."""


@dataclass(frozen=True, slots=True)
class Group:
    """The services that wait for what becomes of one reference service."""

    old: Code
    candidates: tuple[Code, ...]
    services: tuple[Waiting, ...]

    @property
    def shown(self) -> tuple[Waiting, ...]:
        """Those of the form; the others come once these are settled."""
        return self.services[:AT_ONCE]

    @property
    def left(self) -> int:
        return len(self.services) - len(self.shown)


def groups_of(waiting: Iterable[Waiting]) -> list[Group]:
    """By former reference service, in the order given."""
    found: dict[Code, list[Waiting]] = defaultdict(list)
    for one in waiting:
        found[one.old].append(one)
    return [Group(old, rows[0].candidates, tuple(rows)) for old, rows in found.items()]


def waiting_count(authority: LocalAuthority | None) -> int:
    """How many services wait, each once; one query. None where no matrix is in use."""
    services = DigitalService.objects.of(authority).filter(
        Exists(ReferenceService.objects.filter(in_use=True)),
        reference_services__in_use=False,
    )
    return services.values("translation_key").distinct().count()


class RemappingView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What waits for somebody to choose."""

    allowed = staticmethod(may_see_services)
    template_name = "wagtail_villes_internet/desk/remapping.html"
    page_title = gettext_lazy("Attachments to be settled")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_context_data(self, **kwargs):
        authority = current_authority(self.request)
        waiting = waiting_of(authority) if authority else []
        return super().get_context_data(
            groups=groups_of(waiting),
            entries=entries_in_use() if waiting else [],
            count=len({one.remote_id for one in waiting}),
            may_attach=may_decide(self.request.user),
            **desk_context(self.request),
            **kwargs,
        )


class HistoryView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What was changed, by itself or by somebody, and can be undone."""

    allowed = staticmethod(may_see_services)
    template_name = "wagtail_villes_internet/desk/remapping_history.html"
    page_title = gettext_lazy("Attachments that were changed")
    header_icon = "history"

    def get_breadcrumbs_items(self):
        *above, here = advanced_breadcrumbs(self.page_title)
        return [*above, {"url": reverse(INDEX), "label": RemappingView.page_title}, here]

    def get_context_data(self, **kwargs):
        authority = current_authority(self.request)
        done = history_of(authority) if authority else []
        return super().get_context_data(
            page=Paginator(done, SHOWN).get_page(self.request.GET.get("p")),
            may_attach=may_decide(self.request.user),
            **desk_context(self.request),
            **kwargs,
        )


class ChangeView(AllowedMixin, View):
    """POST: changes the attachments of the authority that the form was shown for.

    What cannot be done to one service does not hold up the others, and is said.
    """

    allowed = staticmethod(may_decide)
    http_method_names = ["post"]
    back = INDEX

    def post(self, request):
        authority = shown_authority(request)
        try:
            asked = self.asked(authority)
        except NothingAsked as error:
            messages.error(request, str(error))
            return redirect(self.back)
        done, left = self._carry_out(authority, asked)
        if done:
            messages.success(request, self.said(done))
        if left:
            messages.warning(request, left_out_message(left))
        return redirect(self.back)

    def _carry_out(self, authority: LocalAuthority, asked: list) -> tuple[int, list]:
        """How many were done, and those left, each by its title with the reason."""
        try:
            self.change(authority, asked)
        except RemapRefused:
            pass
        else:
            return len(asked), []
        done, refused = 0, []
        for one in asked:
            try:
                self.change(authority, [one])
            except RemapRefused as refusal:
                refused.append((self.remote_id(one), str(refusal)))
            else:
                done += 1
        services = DigitalService.objects.of(authority).by_remote_id()
        unknown = (0, _("(untitled)"))
        return done, [(services.get(one, unknown)[1], reason) for one, reason in refused]

    def asked(self, authority: LocalAuthority) -> list:
        """What is to be changed. Raises `NothingAsked`."""
        raise NotImplementedError

    def change(self, authority: LocalAuthority, asked: list) -> None:
        """Do it, all or nothing. Raises `RemapRefused`."""
        raise NotImplementedError

    def remote_id(self, one) -> str:
        """Of the service that one of what is asked is about."""
        raise NotImplementedError

    def said(self, count: int) -> str:
        raise NotImplementedError


class NothingAsked(Exception):
    """A form posted with nothing ticked; the text is safe to show."""


class ChooseView(ChangeView):
    """The ticked services go from one former reference service to those ticked."""

    def asked(self, authority):
        self.old = self.request.POST.get("old", "")
        self.new = []
        if "leave_out" not in self.request.POST:
            self.new = [*self.request.POST.getlist("new"), *self._typed()]
            if not self.new:
                raise NothingAsked(_("Tick at least one reference service to attach to."))
        if services := list(dict.fromkeys(self.request.POST.getlist("service"))):
            return services
        raise NothingAsked(_("Tick at least one service."))

    def _typed(self) -> list[str]:
        """The code of what was typed, a label or a code. Raises `NothingAsked`."""
        typed = self.request.POST.get("other", "").strip()
        if not typed:
            return []
        for entry in entries_in_use():
            if typed in (entry.code, entry.label):
                return [entry.code]
        raise NothingAsked(_("“%(typed)s” is not in the matrix in use.") % {"typed": typed})

    def change(self, authority, asked):
        choices = {(remote_id, self.old): self.new for remote_id in asked}
        choose(authority, choices, self.request.user)

    def remote_id(self, one):
        return one

    def said(self, count):
        if not self.new:
            return ngettext(
                "%(n)s service is no longer attached to it.",
                "%(n)s services are no longer attached to it.",
                count,
            ) % {"n": count}
        return ngettext(
            "%(n)s service has been attached.", "%(n)s services have been attached.", count
        ) % {"n": count}


class UndoView(ChangeView):
    """The ticked services are attached as before; what was undone waits for a choice again."""

    back = HISTORY

    def asked(self, authority):
        keys = keys_among(self.request.POST.getlist("change"))
        if changes := list(Remap.objects.filter(authority=authority, pk__in=keys)):
            return changes
        raise NothingAsked(_("Tick at least one change."))

    def change(self, authority, asked):
        undo(authority, asked, self.request.user)

    def remote_id(self, one):
        return str(one.remote_id)

    def said(self, count):
        return ngettext(
            "%(n)s change has been undone; it waits for a choice again.",
            "%(n)s changes have been undone; they wait for a choice again.",
            count,
        ) % {"n": count}


class RemappingPanel(Component):
    """On the home of the admin, for whoever sees the services, where some wait for a choice."""

    name = "villes_internet_remapping"
    order = 82
    template_name = "wagtail_villes_internet/desk/home_remapping.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        count = 0
        if may_see_services(self.request.user):
            count = waiting_count(current_authority(self.request))
        return {"remapping_count": count}


class RemappingViewSet(ViewSet):
    name = "villes_internet_remapping"
    url_prefix = "villes-internet/rattachements"
    icon = "list-ul"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(RemappingView), name="index"),
            path("choisir/", self.construct_view(ChooseView), name="attach"),
            path("historique/", self.construct_view(HistoryView), name="history"),
            path("defaire/", self.construct_view(UndoView), name="undo"),
        ]
