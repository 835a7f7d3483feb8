"""Changes services outside their form, as an editor's act: each as the form would have let them.

Publishing writes a whole revision. So a field that is changed on the live row alone comes undone
when an open draft is published: it is written into that draft as well.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.actions.unpublish import UnpublishAction
from wagtail.locks import BasicLock
from wagtail.models import Revision, WorkflowState

from .errors import (
    AlreadyPublished,
    ChangeRefused,
    Expired,
    InWorkflow,
    Locked,
    NotLive,
    NotValid,
    Scheduled,
)
from .models import DigitalService
from .rules import shortcomings

PUBLISH = "wagtail_villes_internet.publish_digitalservice"
# The values of the model's fields, by name; or how to tell them from a version that is to get them.
Values = Mapping[str, Any] | Callable[[DigitalService], Mapping[str, Any]]


@transaction.atomic
def change_live(service: DigitalService, values: Values, user: Any) -> DigitalService:
    """Publish a revision of the live version with `values` in it, and put them into an open draft.

    The draft keeps its other changes and stays the latest revision. Returns the service as it is
    now live. Raises `ChangeRefused`, nothing being written, and `PermissionDenied` when `user` may
    not publish.
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


@transaction.atomic
def change_draft(service: DigitalService, values: Values, user: Any) -> None:
    """Save a draft of the latest version with `values` in it, which may be half done.

    Changes nothing online. Raises `ChangeRefused`, nothing being written.
    """
    draft = _changeable(service, user).get_latest_revision_as_object()
    _put(draft, values)
    draft.save_revision(user=user, log_action=True, clean=False)


@transaction.atomic
def publish_latest(service: DigitalService, user: Any) -> None:
    """Put the latest version online, as « Publish » in the form of that version would.

    Raises `ChangeRefused`, nothing being written, where there is nothing to publish, where the
    version says to be published at another time, and where it is incomplete; `PermissionDenied`
    when `user` may not publish.
    """
    current = _changeable(service, user)
    if current.live and not current.has_unpublished_changes:
        raise AlreadyPublished
    draft = current.get_latest_revision_as_object()
    if _goes_live_later(draft):
        raise Scheduled
    if draft.expire_at is not None and draft.expire_at <= timezone.now():
        raise Expired
    _check(draft)
    revision = current.latest_revision or draft.save_revision(user=user, clean=False)
    revision.publish(user=user)


@transaction.atomic
def take_offline(service: DigitalService, user: Any) -> None:
    """Unpublish `service`. Raises `ChangeRefused`, nothing being written, and `PermissionDenied`
    when `user` may not publish.
    """
    if not user.has_perm(PUBLISH):
        raise PermissionDenied
    live = _changeable(service, user)
    if not live.live:
        raise NotLive
    # Wagtail 7.4 asks the object itself for permissions, which only pages answer.
    UnpublishAction(live, user=user).execute(skip_permission_checks=True)


def check_changeable(service: DigitalService, user: Any) -> None:
    """Raise the `ChangeRefused` that says why `user` may not change the live version now."""
    if not service.live:
        raise NotLive
    if _goes_live_later(service):
        raise Scheduled
    _check_free(service, user)


def obstacles(services: Collection[DigitalService], user: Any) -> dict[int, ChangeRefused]:
    """What keeps `user` from changing some of `services` now, by their keys.

    Two queries, whatever their number.
    """
    keys = [str(service.pk) for service in services]
    scheduled = _keys(Revision.objects.filter(approved_go_live_at__isnull=False), keys)
    reviewed = set()
    if getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True):
        # Whether it waits for its reviewer or for its author: publishing would end the review.
        reviewed = _keys(WorkflowState.objects.active(), keys)
    found: dict[int, ChangeRefused] = {}
    for service in services:
        if service.pk in scheduled:
            found[service.pk] = Scheduled()
        elif service.pk in reviewed:
            found[service.pk] = InWorkflow()
        elif service.locked and BasicLock(service).for_user(user):
            found[service.pk] = Locked()
    return found


def _keys(rows: QuerySet, keys: list[str]) -> set[int]:
    """Which of the services with these keys have one of `rows`."""
    content_type = ContentType.objects.get_for_model(DigitalService)
    mine = rows.filter(base_content_type=content_type, object_id__in=keys)
    return {int(key) for key in mine.values_list("object_id", flat=True)}


def _changeable(service: DigitalService, user: Any) -> DigitalService:
    """The row as it is now, held until the transaction ends. Raises `ChangeRefused`."""
    current = DigitalService.objects.select_for_update().get(pk=service.pk)
    _check_free(current, user)
    return current


def _check_free(service: DigitalService, user: Any) -> None:
    if refusal := obstacles([service], user).get(service.pk):
        raise refusal


def _goes_live_later(service: DigitalService) -> bool:
    """Publishing a row with such a date would only schedule it."""
    return service.go_live_at is not None and service.go_live_at > timezone.now()


def _has_open_draft(service: DigitalService) -> bool:
    return service.has_unpublished_changes and service.latest_revision_id not in (
        None,
        service.live_revision_id,
    )


def _put(service: DigitalService, values: Values) -> None:
    for name, value in (values(service) if callable(values) else values).items():
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
