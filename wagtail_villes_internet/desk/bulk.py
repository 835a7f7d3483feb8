"""Does one thing to several objects at once, never to another town's.

Wagtail 7.4 deletes whatever keys the address holds, and 8.0 shows their titles; on both, « all »
would be every row there is, whatever the filters of the list.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.contrib import messages
from django.shortcuts import get_list_or_404
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from ..labels.models import Award
from ..services.changing import obstacles
from ..services.errors import ChangeRefused
from ..services.models import DigitalService
from .scoping import ScopedPermissionPolicy, keys_among, scoped

# Titles that a message holds for one reason.
NAMED = 10
CHANGED_AT_ONCE = 200
"""Services that one request changes: a worker is stopped before it has changed some thousands."""


def list_view(model: type, request) -> View:
    """The view of the list of `model`, as if `request` had been made to it."""
    made = model.snippet_viewset.index_view
    view = made.view_class(**made.view_initkwargs)
    view.setup(request)
    return view


class ScopedBulkAction(SnippetBulkAction):
    """Keeps to the person's authorities; « all » means all that the list shows, as filtered."""

    def get_queryset(self, model, object_ids):
        rows = scoped(model.objects.all(), self.request.user)
        return get_list_or_404(rows, pk__in=keys_among(object_ids))

    def get_all_objects_in_listing_query(self, parent_id):
        # The buttons of the list give the filters to the action, beside « all ».
        return [row.pk for row in list_view(self.model, self.request).get_queryset()]


class ScopedDeleteBulkAction(ScopedBulkAction, DeleteBulkAction):
    """Takes the place of Wagtail's « delete » for the models of the desk."""

    models = [DigitalService, Award]

    def check_perm(self, snippet):
        # What the registry confirms is not the town's to delete.
        if isinstance(snippet, Award) and snippet.confirmed:
            return False
        return super().check_perm(snippet)


class ServiceBulkAction(ScopedBulkAction):
    """Does one thing to services. Those it cannot be done to are left out, each with the reason:
    those known of before are on the page that asks to confirm, all are in the message after it.
    """

    models = [DigitalService]
    template_name = "wagtail_villes_internet/desk/bulk.html"
    permissions: Collection[str] = ("publish",)
    """Of which one is needed."""
    may_wait = True
    """Whether what is locked, scheduled or being reviewed is left out."""
    at_once: int | None = CHANGED_AT_ONCE
    """How many it is done to, at most; the others are for the next time. None: all."""
    postponed = 0
    """How many it was not done to for that reason alone."""
    question: object = ""
    confirm: object = gettext_lazy("Yes")

    def act(self, service: DigitalService) -> None:
        """Do it to one. Raises `ChangeRefused` to leave it out."""
        raise NotImplementedError

    def done(self, count: int) -> str:
        """What the message says once it is done to that many, at least one."""
        raise NotImplementedError

    def refusals(self, services: Collection[DigitalService]) -> dict[int, str]:
        """Why some of `services` are left out, by key, as far as is known beforehand."""
        policy, user = ScopedPermissionPolicy(DigitalService), self.request.user
        refused = {}
        if self.may_wait:
            refused = {pk: str(refusal) for pk, refusal in obstacles(services, user).items()}
        for service in services:
            if not any(
                policy.user_has_permission_for_instance(user, permission, service)
                for permission in self.permissions
            ):
                refused[service.pk] = _("You are not allowed to do that.")
        return refused

    @cached_property
    def left_out(self) -> list[tuple[DigitalService, str]]:
        """Those left out so far, each with the reason."""
        return []

    def get_queryset(self, model, object_ids):
        services = super().get_queryset(model, object_ids)
        self._refusals = self.refusals(services)
        return services

    @cached_property
    def _actionable_objects(self):
        objects, others = super().get_actionable_objects()
        for service in others["items_with_no_access"]:
            self.left_out.append((service, self._refusals[service.pk]))
        return objects, others

    def get_actionable_objects(self):
        return self._actionable_objects

    def check_perm(self, service):
        return service.pk not in self._refusals

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "action": self,
            "left_out": by_reason(self.left_out),
            "too_many": self.at_once is not None and len(context["items"]) > self.at_once,
        }

    @classmethod
    def execute_action(cls, objects, **kwargs):
        action, done = kwargs["self"], 0
        for place, service in enumerate(objects):
            if done == action.at_once:
                action.postponed = len(objects) - place
                break
            try:
                action.act(service)
            except ChangeRefused as refusal:
                action.left_out.append((service, str(refusal)))
            else:
                done += 1
        return done, 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return self.done(num_parent_objects) if num_parent_objects else None

    def form_valid(self, form):
        response = super().form_valid(form)
        if self.left_out:
            messages.warning(self.request, left_out_message(self.left_out))
        if self.postponed:
            messages.warning(self.request, self._postponed_message())
        return response

    def _postponed_message(self) -> str:
        return ngettext(
            "%(n)s service is still to be done, %(most)s at once at most: start again for it.",
            "%(n)s services are still to be done, %(most)s at once at most: start again for them.",
            self.postponed,
        ) % {"n": self.postponed, "most": self.at_once}


def by_reason(left_out: Iterable[tuple[object, str]]) -> dict[str, list[object]]:
    """Services, or their titles, by the reason that comes with each."""
    found = defaultdict(list)
    for service, reason in left_out:
        found[reason].append(service)
    return dict(found)


def left_out_message(left_out: Collection[tuple[object, str]]) -> str:
    """What was left out and why, reason by reason, as HTML."""
    count = len(left_out)
    heading = ngettext(
        "%(n)s service was left as it is:", "%(n)s services were left as they are:", count
    ) % {"n": count}
    reasons = (
        (_("%(item)s: %(problem)s") % {"item": _named(services), "problem": reason},)
        for reason, services in by_reason(left_out).items()
    )
    return format_html("{}<ul>{}</ul>", heading, format_html_join("", "<li>{}</li>", reasons))


def _named(services: list[object]) -> str:
    names = [_("“%(title)s”") % {"title": service} for service in services[:NAMED]]
    more = len(services) - NAMED
    if more > 0:
        names.append(ngettext("%(n)s other", "%(n)s others", more) % {"n": more})
    return ", ".join(names)
