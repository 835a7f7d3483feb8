"""« Deux versions différentes »: the services that were changed at the registry, and the screen on
which somebody says, field by field, which version stands.

Nothing is sent from here: the next synchronisation does it.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..authorities.logs import AuthorityLogEntry
from ..authorities.scope import current_authority
from ..declared.bodies import declared_service
from ..services.changing import check_changeable
from ..services.errors import ChangeRefused
from ..services.models import DigitalService
from ..sync.differences import Difference, Kind, Shown, difference, differences
from ..sync.errors import AnswerAwaited, NotAsShown, SyncError
from ..sync.models import Declaration
from ..sync.settling import ACTIONS, DECISIONS, Choice, Settled, settle
from ..sync.tasks import enqueue_on_commit
from .access import APP, AllowedMixin, may_see_transmission
from .compared import ComparedField, Comparison, changed_fields
from .registry_of import registry_of
from .scoping import desk_context, scoped
from .standing import SHOWN, edit_url

# Decisions that are shown again below those to take.
PAST = 10
SCREEN = "villes_internet_transmission:index"
LIST = "villes_internet_transmission:differences"
TITLE = gettext_lazy("Changed at the registry")

DONE = {
    "declare_again": gettext_lazy(
        "“%(title)s” will be declared again with the next synchronisation."
    ),
    "stop_counting": gettext_lazy("“%(title)s” is no longer counted. It stays on the site."),
    "withdraw_as_well": gettext_lazy(
        "“%(title)s” will be withdrawn from the registry with the next synchronisation."
    ),
}


def may_settle(user) -> bool:
    """Settling may change the live version: it takes the right to publish."""
    return user.has_perms([f"{APP}.change_digitalservice", f"{APP}.publish_digitalservice"])


class DifferencesView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The services of the authority worked for with something to settle."""

    allowed = staticmethod(may_see_transmission)
    template_name = "wagtail_villes_internet/desk/differences.html"
    page_title = TITLE
    header_icon = "resubmit"

    def get_breadcrumbs_items(self):
        items = [{"url": reverse(SCREEN), "label": _("Transmission")}]
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        authority = current_authority(self.request)
        registry = registry_of(authority)
        found = differences(authority, registry) if registry else []
        return super().get_context_data(
            **desk_context(self.request),
            lines=found[:SHOWN],
            count=len(found),
            shown=SHOWN,
            **kwargs,
        )


class DifferenceView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET shows one service as each side has it; POST settles it."""

    allowed = staticmethod(may_see_transmission)
    template_name = "wagtail_villes_internet/desk/difference.html"
    page_title = TITLE
    header_icon = "resubmit"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.remote_id = str(kwargs["remote_id"])
        rows = scoped(Declaration.objects.filter(remote_id=self.remote_id), request.user)
        rows = rows.select_related("authority").order_by("-pk")
        # A service that went from one town to another has a row for each.
        declaration = rows.filter(authority=current_authority(request)).first() or rows.first()
        if declaration is None:
            raise Http404
        self.declaration = declaration
        self.authority = declaration.authority
        self.registry = registry_of(self.authority)
        self.chosen: Mapping[str, str] = {}

    @cached_property
    def found(self) -> Difference | None:
        return difference(self.authority, self.registry, self.remote_id) if self.registry else None

    @cached_property
    def service(self) -> DigitalService | None:
        """What is declared, else the oldest translation; None for one that is no longer there."""
        services = DigitalService.objects.of(self.authority)
        oldest = services.filter(translation_key=self.remote_id).order_by("pk")
        return declared_service(self.authority, self.remote_id) or oldest.first()

    def get_page_subtitle(self):
        return self.found.title if self.found else str(self.declaration)

    def get_breadcrumbs_items(self):
        items = [
            {"url": reverse(SCREEN), "label": _("Transmission")},
            {"url": reverse(LIST), "label": self.page_title},
            {"url": "", "label": self.get_page_subtitle()},
        ]
        return [*self.breadcrumbs_items, *items]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            found=self.found,
            kinds=Kind,
            edit_url=edit_url(self.service.pk if self.service else None),
            past=self._past(),
            **kwargs,
        )
        if self.found:
            context |= self._compared(self.found)
            context["notice"] = self._notice(self.found)
            context["may_settle"] = may_settle(self.request.user) and not self.found.awaiting
        return context

    def _compared(self, found: Difference) -> dict[str, list[ComparedField]]:
        fields = [
            {
                "name": field.name,
                "base": field.base,
                "mine": field.mine,
                "theirs": field.theirs,
                "choice": self.chosen.get(field.name, ""),
            }
            for field in found.fields
        ]
        said = Comparison(fields)
        has_base = found.base is not None
        compared = {field["name"]: said.field(field, has_base=has_base) for field in fields}
        return {
            "conflicts": [compared[field.name] for field in found.conflicts],
            "proposals": [compared[field.name] for field in found.proposals],
        }

    def _notice(self, found: Difference) -> str:
        """What keeps this from being settled now, or from being taken."""
        if found.awaiting:
            return str(AnswerAwaited())
        if self.service and found.mine is not None:
            try:
                check_changeable(self.service, self.request.user)
            except ChangeRefused as error:
                return _("The registry’s version cannot be taken now. %s") % error
        return ""

    def _past(self) -> list[dict[str, Any]]:
        """The last decisions on this service, with what was put aside."""
        entries = AuthorityLogEntry.objects.filter(
            authority=self.authority, action__in=ACTIONS, data__remote_id=self.remote_id
        ).select_related("user")[:PAST]
        return [
            {
                "entry": entry,
                "fields": _past_fields(entry.data),
                "not_here": "theirs" in entry.data,
            }
            for entry in entries
        ]

    def post(self, request, *args, **kwargs):
        if not may_settle(request.user):
            raise PermissionDenied
        posted = request.POST
        try:
            done = self._settle(posted)
        except SyncError as error:
            messages.error(request, str(error))
            if not isinstance(error, NotAsShown):
                self.chosen = self._choices(posted)
            return self.get(request, *args, **kwargs)
        enqueue_on_commit(self.authority.pk)
        messages.success(request, done)
        return redirect(LIST)

    def _settle(self, posted: Mapping[str, str]) -> str:
        """Carry out what is posted; says what was done. Raises `SyncError`."""
        if self.registry is None:
            raise NotAsShown(_("Nothing is left to settle for this service."))
        shown = Shown(posted.get("mine", ""), posted.get("theirs", ""))
        where = (self.authority, self.registry, self.remote_id)
        if (name := posted.get("decision", "")) in DECISIONS:
            settled = DECISIONS[name](*where, self.request.user, shown=shown)
            return DONE[name] % {"title": settled.title}
        choices = {name: Choice(choice) for name, choice in self._choices(posted).items()}
        return _said(settle(*where, choices, self.request.user, shown=shown))

    def _choices(self, posted: Mapping[str, str]) -> dict[str, str]:
        fields = self.found.fields if self.found else ()
        choices = {field.name: posted.get("all") or posted.get(field.name) for field in fields}
        return {name: choice for name, choice in choices.items() if choice in set(Choice)}


def _said(settled: Settled) -> str:
    parts = [_("“%(title)s”: your choices are saved.") % {"title": settled.title}]
    if settled.taken:
        parts.append(_("The published version of the site is up to date."))
    if settled.to_send:
        parts.append(_("What you kept will be transmitted with the next synchronisation."))
    return " ".join(parts)


def _past_fields(data: Mapping[str, Any]) -> list[ComparedField]:
    fields = [{"name": name, **field} for name, field in data.get("fields", {}).items()]
    if data.get("theirs"):
        fields = changed_fields(data.get("base"), data["theirs"])
    said = Comparison(fields)
    return [said.field(field) for field in fields]
