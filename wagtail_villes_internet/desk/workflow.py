"""The review of a service before publication, in the admin: of that service, and of what was read.

Wagtail's views take any task state for any object: here one of another object is not found. Why
a version cannot be approved (`services.reviews`) is said where somebody tries.
"""

from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_latest_str
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import TaskState
from wagtail.snippets.views import snippets

from ..services.errors import ReviewRefused


class OwnTaskStateMixin:
    """A decision on the object of the address, not on whatever state the address names."""

    def get_task_state(self):
        states = TaskState.objects.for_instance(self.object)
        return get_object_or_404(states, id=self.task_state_id).specific


class ServiceWorkflowActionView(OwnTaskStateMixin, snippets.WorkflowActionView):
    """Approves the version that was submitted, or says why not."""

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except ReviewRefused as refused:
            messages.error(request, str(refused))
        to = reverse(self.redirect_url_name, args=[self.object.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_json(request, {"step": "success", "redirect": to})
        return redirect(to)


class ServiceCollectActionView(OwnTaskStateMixin, snippets.CollectWorkflowActionDataView):
    """Asks for the comment of a decision that the form takes."""


class ServiceConfirmCancellationView(
    PermissionCheckedMixin, snippets.ConfirmWorkflowCancellationView
):
    """Warns whoever publishes that a review ends thereby."""

    permission_required = "change"


class SubmitsMixin:
    """Put in front of a view whose form submits: says what becomes of it."""

    def get_success_message(self, instance=None):
        if self.action not in {"submit", "restart-workflow"}:
            return super().get_success_message(instance)
        # Wagtail's French says that it was scheduled for publication.
        return _(
            "“%(title)s” was submitted for review. Nothing changes on the site until somebody who "
            "may publish it has approved it."
        ) % {"title": get_latest_str(instance or self.object)}


class ApprovesWhatIsSavedMixin(SubmitsMixin):
    """The same of the edit view: its form saves and approves at once."""

    def workflow_action_action(self):
        try:
            with transaction.atomic():
                if self.workflow_action == "approve":
                    # What the reviewer has just saved is what they have read.
                    TaskState.objects.for_instance(self.object).filter(
                        pk=self.object.current_workflow_task_state.pk
                    ).update(revision=self.new_revision)
                return super().workflow_action_action()
        except ReviewRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.get_edit_url())
