"""Changes some fields of a service that is live, as an editor's act.

Publishing writes a whole revision. So a field that is changed on the live row alone comes undone
when an open draft is published: it is written into that draft as well.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst

from .errors import ChangeRefused, InWorkflow, Locked, NotLive, NotValid, Scheduled
from .models import DigitalService
from .rules import shortcomings


@transaction.atomic
def change_live(service: DigitalService, values: Mapping[str, Any], user: Any) -> DigitalService:
    """Publish a revision of the live version with `values` in it, and put them into an open draft.

    The draft keeps its other changes and stays the latest revision. `values` are those of the
    model's fields, by name; returns the service as it is now live. Raises `ChangeRefused`, nothing
    being written, and `PermissionDenied` when `user` may not publish.
    """
    live = DigitalService.objects.select_for_update().get(pk=service.pk)
    check_changeable(live, user)
    draft_revision = live.latest_revision if _has_open_draft(live) else None
    _put(live, values)
    _check(live)
    revision = live.save_revision(user=user, log_action=True, clean=False)
    revision.publish(user=user)
    if draft_revision is not None:
        # Read only now, so that it is a draft of what has just become live.
        draft = draft_revision.as_object()
        _put(draft, values)
        # A draft may be half done.
        draft.save_revision(user=user, log_action=True, clean=False)
    return DigitalService.objects.get(pk=service.pk)


def check_changeable(service: DigitalService, user: Any) -> None:
    """Raise the `ChangeRefused` that says why `user` may not change the live version now."""
    if not service.live:
        raise NotLive
    if service.scheduled_revision or _goes_live_later(service):
        raise Scheduled
    # Wagtail's mixin for workflows: the model may be given it.
    if getattr(service, "workflow_in_progress", False):
        raise InWorkflow
    lock = service.get_lock()
    if lock is not None and lock.for_user(user):
        raise Locked


def _goes_live_later(service: DigitalService) -> bool:
    """Publishing a row with such a date would only schedule it."""
    return service.go_live_at is not None and service.go_live_at > timezone.now()


def _has_open_draft(service: DigitalService) -> bool:
    return service.has_unpublished_changes and service.latest_revision_id not in (
        None,
        service.live_revision_id,
    )


def _put(service: DigitalService, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(service, name, value)


def _check(service: DigitalService) -> None:
    """Refuse what the model does not take, and what would leave the service incomplete."""
    try:
        service.full_clean()
    except ValidationError as error:
        raise NotValid(" ".join(_said(error))) from error
    if lacking := shortcomings(service, service.reference_services.all()):
        raise NotValid(" ".join(found.message for found in lacking))


def _said(error: ValidationError) -> list[str]:
    said = []
    for name, messages in error.message_dict.items():
        label = ""
        if name in {field.name for field in DigitalService._meta.fields}:
            label = f"{capfirst(str(DigitalService._meta.get_field(name).verbose_name))} – "
        said += [f"{label}{message}" for message in messages]
    return said


__all__ = ["ChangeRefused", "change_live", "check_changeable"]
