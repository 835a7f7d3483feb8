"""What no review of a service does, whatever the task and whichever address it comes from.

Wagtail ties a task state to no object in its addresses, and publishes the latest version, which may
not be the one that was submitted. So every decision passes here before anything is written.
"""

from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_save
from django.dispatch import receiver
from wagtail.models import TaskState

from ..authorities.scope import within_reach
from .errors import NotComplete, NotTheOneRead
from .models import DigitalService
from .rules import shortcomings

DECISIONS = {TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED}


@receiver(pre_save)
def look_after(sender, instance, raw=False, **kwargs) -> None:
    """Begin each task on the latest version, and let `check_decision` see each decision."""
    if raw or not isinstance(instance, TaskState):
        return
    about = instance.workflow_state
    if about.base_content_type != DigitalService.get_base_content_type():
        return
    # Whoever saves a version now waits, and its version stays a draft.
    service = DigitalService.objects.select_for_update().get(pk=about.object_id)
    if instance.pk is None and instance.status == TaskState.STATUS_IN_PROGRESS:
        # Wagtail may have read it from the row before the version submitted was saved.
        instance.revision_id = service.latest_revision_id
    elif instance.status in DECISIONS and _is_undecided(instance.pk):
        check_decision(instance, service)


def _is_undecided(pk: int) -> bool:
    return TaskState.objects.filter(pk=pk, status=TaskState.STATUS_IN_PROGRESS).exists()


def check_decision(state: TaskState, service: DigitalService) -> None:
    """Raise `PermissionDenied` for a decision on another town's service, or `ReviewRefused`."""
    user = state.finished_by
    if user is not None and not within_reach(user, service.authority_id):
        raise PermissionDenied
    if state.status == TaskState.STATUS_APPROVED:
        check_approvable(state, service)


def check_approvable(state: TaskState, service: DigitalService) -> None:
    """Raise the `ReviewRefused` that says why `service` cannot be approved in `state`."""
    if state.revision_id != service.latest_revision_id:
        raise NotTheOneRead
    version = state.revision.as_object()
    if lacking := shortcomings(version, version.reference_services.all()):
        reasons = " ".join(found.message for found in lacking)
        raise NotComplete(f"{NotComplete.message} {reasons}")
