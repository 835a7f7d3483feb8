"""What people decide about transmissions: send again, give up, confirm; and what waits, exported.

Each decision is noted here, and in the audit log under the name of who took it. Nothing is sent:
the next synchronisation does that.
"""

from collections.abc import Collection
from hashlib import sha256

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..sync import decisions, lease
from ..sync.models import Declaration, Registry
from ..sync.tasks import enqueue_on_commit
from .access import AllowedMixin, may_decide, may_see_transmission, may_tick_off
from .audit import GIVEN_UP, RESUMED, SENT_AGAIN, WITHDRAWAL_CONFIRMED, note
from .exports import SafeCellsMixin
from .registry_of import automatic_backend, registry_of
from .scoping import desk_context, posted_id, shown_authority
from .waiting import Kind, all_waiting, by_title, kinds

SCREEN = "villes_internet_transmission:index"
# Titles on the page that confirms withdrawals; the export has them all.
LISTED = 1000


class DecisionMixin(AllowedMixin):
    """Takes a decision for the authority worked for, at the registry that the settings name."""

    action = ""

    @cached_property
    def authority(self) -> LocalAuthority | None:
        return current_authority(self.request)

    @cached_property
    def registry(self) -> Registry | None:
        """None where nothing was ever transmitted by itself."""
        return registry_of(self.authority)

    @transaction.atomic
    def carry_out(self, **kwargs) -> list[str]:
        """The remote ids on which the decision bore, each noted in the audit log."""
        lease.wake_all(self.authority, self.registry)
        decided = self.decide(**kwargs)
        note(self.authority, decided, self.action, self.request.user)
        enqueue_on_commit(self.authority.pk)
        return decided

    def decide(self, **kwargs) -> list[str]:
        raise NotImplementedError

    def say(self, decided: Collection[str]) -> None:
        if decided:
            messages.success(self.request, self.done(len(decided)))
        else:
            messages.info(self.request, _("Nothing is waiting for that any more."))

    def done(self, count: int) -> str:
        return ngettext(
            "Noted: %(count)s service goes with the next synchronisation.",
            "Noted: %(count)s services go with the next synchronisation.",
            count,
        ) % {"count": count}


class DecisionView(DecisionMixin, View):
    """POST takes the decision, on the service named or on all; a second time changes nothing."""

    http_method_names = ["post"]
    on_all = False

    def post(self, request, *args, **kwargs):
        shown_authority(self.request)
        everything = self.on_all and "all" in request.POST
        self.say(self.carry_out(ids=None if everything else [self._own_id()]))
        return redirect(SCREEN)

    def _own_id(self) -> str:
        """The remote id posted, where it is one of the authority's; any other is not found."""
        remote_id = posted_id(self.request)
        rows = Declaration.objects.filter(authority=self.authority, registry=self.registry)
        if not rows.filter(remote_id=remote_id).exists():
            raise Http404
        return remote_id


class TryAgainView(DecisionView):
    """« Envoyer à nouveau »: what was refused, unchanged."""

    allowed = staticmethod(may_tick_off)
    action = SENT_AGAIN
    on_all = True

    def decide(self, ids):
        return decisions.try_again(self.authority, self.registry, ids)


class GiveUpView(DecisionView):
    """« Abandonner »: the content refused is not tried again."""

    allowed = staticmethod(may_decide)
    action = GIVEN_UP

    def decide(self, ids):
        return decisions.give_up(self.authority, self.registry, ids)

    def done(self, count):
        return _("Given up: the service is tried again when it changes.")


class ResumeView(DecisionView):
    """« Reprendre »: what was given up goes again."""

    allowed = staticmethod(may_decide)
    action = RESUMED

    def decide(self, ids):
        return decisions.resume(self.authority, self.registry, ids)


class WentBackView(DecisionView):
    """« Le registre est revenu en arrière »: one decision for all that it lost."""

    allowed = staticmethod(may_tick_off)
    action = SENT_AGAIN

    def post(self, request, *args, **kwargs):
        shown_authority(self.request)
        self.say(self.carry_out())
        return redirect(SCREEN)

    def decide(self):
        return decisions.send_again(self.authority, self.registry)


class WithdrawalsView(DecisionMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET names what would leave the registry; POST confirms these, and no other."""

    allowed = staticmethod(may_decide)
    action = WITHDRAWAL_CONFIRMED
    template_name = "wagtail_villes_internet/desk/withdrawals.html"
    page_title = gettext_lazy("Confirm the withdrawals")
    header_icon = "warning"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of what is held because it is much, by remote id, as things stand now."""
        backend = automatic_backend(self.authority)
        held = kinds(self.authority, backend).get(Kind.WITHDRAWALS, []) if backend else []
        return {one.remote_id: one.title or one.remote_id for one in sorted(held, key=by_title)}

    @property
    def shown(self) -> str:
        """Names the list, and goes back with the confirmation."""
        return sha256("\n".join(sorted(self.titles)).encode()).hexdigest()

    def get_context_data(self, **kwargs):
        titles = list(self.titles.values())
        return super().get_context_data(
            **desk_context(self.request),
            count=len(titles),
            titles=titles[:LISTED],
            more=max(0, len(titles) - LISTED),
            shown=self.shown,
            screen=SCREEN,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        shown_authority(self.request)
        if not self.titles:
            self.say([])
            return redirect(SCREEN)
        if request.POST.get("shown") != self.shown:
            messages.error(
                request, _("The list has changed in the meantime: nothing was confirmed. Read it.")
            )
            return self.get(request, *args, **kwargs)
        self.say(self.carry_out(ids=list(self.titles)))
        return redirect(SCREEN)

    def decide(self, ids):
        return decisions.confirm_withdrawals(self.authority, self.registry, ids)

    def done(self, count):
        return ngettext(
            "Confirmed: %(count)s service leaves the registry with the next synchronisation.",
            "Confirmed: %(count)s services leave the registry with the next synchronisation.",
            count,
        ) % {"count": count}


class ExportView(AllowedMixin, SafeCellsMixin, View):
    """All that is waiting, as XLSX or, with `?export=csv`, as CSV."""

    allowed = staticmethod(may_see_transmission)
    export_filename = "transmission"
    HEADINGS = {
        "title": gettext_lazy("Service"),
        "state": gettext_lazy("State"),
        "reasons": gettext_lazy("Reason"),
        "since": gettext_lazy("Since"),
        "address": gettext_lazy("Where to edit it"),
    }
    list_export = tuple(HEADINGS)

    def get(self, request, *args, **kwargs):
        authority = current_authority(request)
        backend = automatic_backend(authority)
        # Said now, in the language of whoever asks: a CSV is written after this has returned.
        self.export_headings = {name: str(heading) for name, heading in self.HEADINGS.items()}
        lines = all_waiting(authority, backend) if backend else []
        wanted = request.GET.get("export")
        return self.as_spreadsheet(lines, wanted if wanted in self.FORMATS else self.FORMAT_XLSX)

    def to_row_dict(self, item):
        address = self.request.build_absolute_uri(item["edit_url"]) if item["edit_url"] else ""
        return {**{name: item.get(name) for name in self.HEADINGS}, "address": address}
