"""The only place where a service changes: its sequence, its tag and its line in the log.

Called inside a transaction, by the API for a token and by the registry itself.
"""

from django.utils import timezone

from .jsontext import content_hash
from .models import Authority, LogLine, Service, new_tag

REGISTRY = "registry"


def declare(
    authority: Authority,
    service_id: str,
    fields: dict[str, object],
    *,
    key: str | None,
    actor: str,
) -> Service:
    """Creates, re-creates or replaces a service by fields that were judged."""
    return _change(authority, service_id, fields, key=key, actor=actor)


def withdraw(service: Service, *, key: str | None, actor: str) -> Service:
    """Leaves a tombstone where the service was."""
    return _change(service.authority, service.service_id, None, key=key, actor=actor)


def _change(
    authority: Authority,
    service_id: str,
    fields: dict[str, object] | None,
    *,
    key: str | None,
    actor: str,
) -> Service:
    authority = Authority.objects.get(pk=authority.pk)
    authority.sequence += 1
    authority.save(update_fields=["sequence"])
    service = find(authority, service_id) or Service(authority=authority, service_id=service_id)
    fields_before, hash_before = service.fields, service.content_hash
    service.fields = fields
    service.content_hash = content_hash(fields) if fields is not None else ""
    service.tag = new_tag()
    service.key = key
    service.sequence = authority.sequence
    service.changed_at = timezone.now()
    service.save()
    shown = fields if fields is not None else fields_before
    LogLine.objects.create(
        authority=authority,
        sequence=service.sequence,
        service_id=service_id,
        operation=_operation(fields_before, fields),
        public_title=shown["title"] if shown and shown["public"] else "",
        key=key,
        actor=actor,
        hash_before=hash_before,
        hash_after=service.content_hash,
        at=service.changed_at,
    )
    return service


def _operation(before: dict[str, object] | None, after: dict[str, object] | None) -> str:
    if after is None:
        return LogLine.WITHDRAW
    return LogLine.CREATE if before is None else LogLine.REPLACE


def find(authority: Authority, service_id: str) -> Service | None:
    """A service or its tombstone."""
    return authority.services.filter(service_id=service_id).first()
