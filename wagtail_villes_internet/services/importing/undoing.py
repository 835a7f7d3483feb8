"""Takes an import back: what it wrote and nobody touched since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from ...authorities.logs import AuthorityLogEntry
from ...authorities.models import LocalAuthority
from ..changing import obstacles
from ..models import AssociationPage, DigitalService
from .towns import ADDED, CHANGED, UNDONE, batches


@dataclass(frozen=True, slots=True)
class Stays:
    """A service that an import wrote and that is not taken back; `reason` says why."""

    pk: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it. `kept`: what was published or changed since, and stays."""

    deleted: int = 0
    restored: int = 0
    kept: tuple[Stays, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """A service and the version that the import wrote. `obstacle`: why it may not be changed."""

    entry: AuthorityLogEntry
    service: DigitalService
    obstacle: str

    @property
    def why_kept(self) -> str:
        """Why it cannot be taken back; empty where it can."""
        if self.service.live_revision_id == self.entry.revision_id:
            return _("It is online as the import wrote it.")
        if self.service.latest_revision_id != self.entry.revision_id:
            return _("Somebody has changed it since.")
        return self.obstacle

    @property
    def is_untouched(self) -> bool:
        return not self.why_kept


def can_be_undone(authority: LocalAuthority, key: str, user: Any = None) -> int:
    """How many services `undo` would take back."""
    return sum(written.is_untouched for written in _written(authority, key, user))


@transaction.atomic
def undo(authority: LocalAuthority, key: str, user: Any = None) -> Undone:
    """Delete the drafts that the import `key` made, and put back what it changed.

    What was published since, is being reviewed, or was changed by anybody, is left as it is, and so
    is a draft that was translated. The addresses of pages that it noted beside services that were
    there stay.
    """
    LocalAuthority.objects.select_for_update().get(pk=authority.pk)
    written = _written(authority, key, user)
    untouched = [one for one in written if one.is_untouched]
    added = [one.service for one in untouched if one.entry.action == ADDED]
    changed = [one for one in untouched if one.entry.action == CHANGED]
    kept = tuple(
        Stays(one.service.pk, str(one.service), one.why_kept)
        for one in written
        if not one.is_untouched
    )
    for some in batches(added):
        _delete(some, user)
    for one in changed:
        _restore(one, key, user)
    return Undone(len(added), len(changed), kept)


def _delete(services: Sequence[DigitalService], user: Any) -> None:
    """What deleting each in its form does, many at a time."""
    content_type = ContentType.objects.get_for_model(DigitalService)
    AuthorityLogEntry.objects.bulk_create(
        AuthorityLogEntry(
            content_type=content_type,
            object_id=str(service.pk),
            authority=service.authority,
            label=str(service),
            action="wagtail.delete",
            timestamp=timezone.now(),
            user=user,
            uuid=uuid4(),
            deleted=True,
            data={"remote_id": service.remote_id},
        )
        for service in services
    )
    # Never online, hence never declared: nothing is left to take out of the association's tool.
    keys = [service.translation_key for service in services]
    AssociationPage.objects.filter(authority=services[0].authority, remote_id__in=keys).delete()
    DigitalService.objects.filter(pk__in=[service.pk for service in services]).delete()


def _written(authority: LocalAuthority, key: str, user: Any) -> list[_Written]:
    mine = AuthorityLogEntry.objects.filter(authority=authority, data__import=key).order_by("pk")
    put_back = set(mine.filter(action=UNDONE).values_list("object_id", flat=True))
    entries = [
        entry
        for entry in mine.filter(action__in=(ADDED, CHANGED))
        if entry.object_id not in put_back
    ]
    services = (
        DigitalService.objects.of(authority)
        .select_related("authority")
        .in_bulk([int(entry.object_id) for entry in entries])
    )
    found = obstacles(services.values(), user or AnonymousUser())
    kept_from = {pk: str(obstacle) for pk, obstacle in found.items()}
    translated = dict.fromkeys(_translated(services), _("It exists in another language."))
    kept_of = {ADDED: translated | kept_from, CHANGED: kept_from}
    return [
        _Written(
            entry,
            services[int(entry.object_id)],
            kept_of[entry.action].get(int(entry.object_id), ""),
        )
        for entry in entries
        if int(entry.object_id) in services
    ]


def _translated(services: Mapping[int, DigitalService]) -> set[int]:
    """The keys of those that exist in another language: deleting one would leave the other alone,
    online perhaps, without the address of its page."""
    found: dict[object, list[int]] = {}
    remote_ids = {service.translation_key for service in services.values()}
    rows = DigitalService.objects.filter(translation_key__in=remote_ids)
    for pk, remote_id in rows.values_list("pk", "translation_key"):
        found.setdefault(remote_id, []).append(pk)
    return {pk for keys in found.values() if len(keys) > 1 for pk in keys}


def _restore(written: _Written, key: str, user: Any) -> None:
    """Save the version that stood before the import once more, as the latest."""
    service = written.service
    before = (
        Revision.objects.for_instance(service)
        .filter(pk__lt=written.entry.revision_id)
        .order_by("-pk")
        .first()
    )
    restored = before.as_object() if before else DigitalService.objects.get(pk=service.pk)
    if not service.live:
        restored.save()
    revision = restored.save_revision(user=user, clean=False)
    is_online = service.live and (before is None or before.pk == service.live_revision_id)
    if is_online:
        # It says what is online: nothing waits to be published.
        DigitalService.objects.filter(pk=service.pk).update(has_unpublished_changes=False)
    AuthorityLogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(DigitalService),
        object_id=str(service.pk),
        authority=service.authority,
        label=str(restored),
        action=UNDONE,
        timestamp=timezone.now(),
        user=user,
        uuid=uuid4(),
        revision=revision,
        content_changed=True,
        data={"import": key, "remote_id": service.remote_id},
    )
