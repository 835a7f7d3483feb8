"""« Tableau de bord »: where « Villes Internet » opens, and its panel on the home of the admin.

What is left to set up, what waits for the person who looks, and the campaign of the year. Reads
what the site knows: the registry is never asked from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Site, TaskState

from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..authorities.scope import current_authority, is_operator
from ..blocks.label_presentation import badge_of
from ..labels.models import Award
from ..labels.record import label_record
from ..services.models import DigitalService
from ..sync.report import Status, status
from .access import (
    APP,
    AllowedMixin,
    may_decide_for,
    may_read,
    may_see_services,
    may_see_transmission,
    may_tick_off,
    shown_to,
)
from .banner import WaitingPanel
from .campaign_card import CampaignCard, Todo
from .elected import ElectedPanel
from .first_steps import Code, FirstStep, facts_for, first_steps, place_on, skip
from .links import BrokenLinksPanel
from .registry_of import backend_in_settings
from .remapping import RemappingPanel
from .scoping import desk_context, shown_authority
from .way_back import note


def may_set_up(user) -> bool:
    """Who is shown the first steps: those who fill in the services, and the operator."""
    return is_operator(user) or may_tick_off(user)


def steps_for(request, authority: LocalAuthority | None) -> tuple[FirstStep, ...]:
    """The first steps that are left for `authority`; none for somebody who does none of them."""
    if not may_set_up(request.user):
        return ()
    facts = facts_for(request.user, authority)
    steps = first_steps(facts, place_on(_site(authority)))
    return tuple(step for step in steps if not step.done)


def _site(authority: LocalAuthority | None) -> Site | None:
    if authority is None:
        return None
    bound = VillesInternetSettings.objects.filter(authority=authority)
    setting = bound.select_related("site__root_page").order_by("-site__is_default_site").first()
    return setting.site if setting else None


@dataclass(frozen=True, slots=True)
class Fact:
    """What there is of one thing, and where it is kept."""

    label: str
    words: str
    url: str


class DashboardView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtail_villes_internet/desk/dashboard.html"
    page_title = gettext_lazy("Dashboard")
    header_icon = "vi-label"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def authority(self) -> LocalAuthority | None:
        return current_authority(self.request)

    def get_context_data(self, **kwargs):
        request = self.request
        context = super().get_context_data(**desk_context(request), **kwargs)
        context["steps"] = self.steps
        note(request, self.authority if self.steps else None)
        context["may_skip"] = self.authority is not None and may_decide_for(
            request.user, self.authority
        )
        panels = (
            ElectedPanel(request),
            WaitingPanel(request),
            RemappingPanel(request),
            BrokenLinksPanel(request),
        )
        rendered = (panel.render_html({"request": request}) for panel in panels)
        # Where nothing waits, they say nothing.
        context["panels"] = [panel for panel in rendered if panel.strip()]
        if self.authority is not None:
            context["facts"] = list(self.facts())
            context["todos"] = list(self.todos())
            context["campaign"] = self.campaign
        return context

    @cached_property
    def steps(self) -> tuple[FirstStep, ...]:
        return steps_for(self.request, self.authority)

    @cached_property
    def campaign(self) -> CampaignCard:
        return CampaignCard(self.request.user, self.authority)

    @cached_property
    def transmission(self) -> Status | None:
        """None for who may not see it, and where the settings cannot be used."""
        if not may_see_transmission(self.request.user):
            return None
        backend = backend_in_settings()
        return status(self.authority, backend) if backend else None

    @cached_property
    def drafts(self) -> int:
        """How many services no resident sees."""
        return DigitalService.objects.of(self.authority).filter(live=False).count()

    def facts(self) -> Iterator[Fact]:
        user = self.request.user
        if may_see_services(user):
            services = DigitalService.objects.of(self.authority).live()
            live = services.values("translation_key").distinct().count()
            words = ngettext("%(n)d published", "%(n)d published", live) % {"n": live}
            if n := self.drafts:
                words += ", " + ngettext("%(n)d draft", "%(n)d drafts", n) % {"n": n}
            url = reverse(DigitalService.snippet_viewset.get_url_name("list"))
            yield Fact(_("Services"), words, url)
        if user.has_perm(f"{APP}.view_award") or is_operator(user):
            badge = badge_of(label_record(self.authority), localdate())
            words = badge.spoken if badge else _("no award stated")
            yield Fact(_("Our label"), words, reverse(Award.snippet_viewset.get_url_name("list")))
        if now := self.transmission:
            words = _("by hand")
            if now.automatic:
                words = ngettext("%(n)d transmitted", "%(n)d transmitted", now.declared)
                words %= {"n": now.declared}
            yield Fact(_("Transmission"), words, reverse("villes_internet_transmission:index"))

    def todos(self) -> Iterator[Todo]:
        user = self.request.user
        if reviews := reviews_for(user, self.authority):
            label = ngettext("%(n)d service to review", "%(n)d services to review", reviews)
            yield Todo(label % {"n": reviews}, reverse("wagtailadmin_home"))
        if self.steps:
            yield from self._drafts()
        if todo := self.campaign.todo:
            yield todo
        if self.transmission and may_tick_off(user):
            yield from self._transmission(self.transmission)

    def _drafts(self) -> Iterator[Todo]:
        """Drafts are as they should be later on; at first, they were meant to be shown."""
        if self.drafts and may_decide_for(self.request.user, self.authority):
            label = ngettext(
                "%(n)d service is a draft: residents do not see it",
                "%(n)d services are drafts: residents do not see them",
                self.drafts,
            )
            url = reverse(DigitalService.snippet_viewset.get_url_name("list"))
            yield Todo(label % {"n": self.drafts}, f"{url}?live=false")

    def _transmission(self, now: Status) -> Iterator[Todo]:
        url = reverse("villes_internet_transmission:index")
        # The first step « La transmission » says it already.
        is_first = any(step.code == Code.TRANSMISSION for step in self.steps)
        if (n := now.to_copy) and not is_first:
            label = ngettext(
                "%(n)d service to copy into the association’s tool",
                "%(n)d services to copy into the association’s tool",
                n,
            )
            yield Todo(label % {"n": n}, url)
        if n := len(now.incomplete):
            label = ngettext(
                "%(n)d service to complete: it is published, and counts for nobody",
                "%(n)d services to complete: they are published, and count for nobody",
                n,
            )
            yield Todo(label % {"n": n}, url)


def reviews_for(user, authority: LocalAuthority | None) -> int:
    """How many services of `authority` wait for the approval of `user`."""
    if authority is None:
        return 0
    keys = DigitalService.objects.of(authority).values_list("pk", flat=True)
    waiting = TaskState.objects.reviewable_by(user).filter(
        revision__base_content_type=ContentType.objects.get_for_model(DigitalService)
    )
    reviewed = waiting.values_list("revision__object_id", flat=True)
    return len({str(key) for key in keys} & set(reviewed)) if reviewed else 0


class SkipStepView(AllowedMixin, View):
    """POST: a first step is needless here. By whoever publishes for that very authority."""

    http_method_names = ["post"]

    def post(self, request):
        authority = shown_authority(request)
        if not may_decide_for(request.user, authority):
            raise PermissionDenied
        try:
            skip(authority, request.POST.get("step", ""))
        except ValueError:
            raise Http404 from None
        messages.success(request, _("This step is put aside."))
        return redirect("villes_internet_dashboard:index")


class HomePanel(Component):
    """On the home of the admin: what is left to set up, and a campaign that is under way."""

    name = "villes_internet"
    order = 70
    template_name = "wagtail_villes_internet/desk/home_dashboard.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        user = self.request.user
        if not may_read(user):
            return {}
        authority = current_authority(self.request)
        steps = steps_for(self.request, authority)
        card = CampaignCard(user, authority) if authority else None
        return {"steps": steps, "campaign": card if card and card.is_ahead else None}


class DashboardViewSet(ViewSet):
    name = "villes_internet_dashboard"
    url_prefix = "villes-internet"
    icon = "home"
    menu_label = DashboardView.page_title
    menu_name = "villes-internet-dashboard"
    menu_item_class = type("DashboardMenuItem", (shown_to(may_read), MenuItem), {})

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(DashboardView), name="index"),
            path("etape/", self.construct_view(SkipStepView), name="skip"),
        ]
