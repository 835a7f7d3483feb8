"""Reads what a town has, and the matrix in use, to compare a file with: a few queries in all."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Locale, Revision

from ...authorities.logs import AuthorityLogEntry
from ...authorities.models import LocalAuthority
from ...matrix.models import ReferenceService
from ...matrix.suggesting import entries_in_use
from ..association_pages import page_addresses
from ..changing import obstacles
from ..models import DigitalService
from .parsing import VALUES
from .referential import Referential
from .standing import Says, Service

APP = "wagtail_villes_internet"
BATCH = 500

ADDED = "villes_internet.import_added"
CHANGED = "villes_internet.import_changed"
UNDONE = "villes_internet.import_undone"
# The actions under which the history keeps what an import wrote.
ACTIONS = (ADDED, CHANGED, UNDONE)


def batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def referential() -> Referential:
    """The matrix in use, and the codes that are known and no longer in it; two queries."""
    entries = entries_in_use()
    known = ReferenceService.objects.values_list("code", flat=True)
    return Referential(entries, frozenset(known) - {entry.code for entry in entries})


def services_of(authority: LocalAuthority, user: Any) -> list[Service]:
    """The services of `authority` as they stand, each in one language: what `user` may import to.

    `user`: None for the operator's command.
    """
    rows = _of_one_language(DigitalService.objects.of(authority))
    codes = dict(ReferenceService.objects.values_list("pk", "code"))
    attached = _attached(authority, codes)
    drafts = _drafts(rows, codes)
    ours = _written_by_imports(authority)
    pages = page_addresses(authority)
    kept_from: dict[int, Any] = dict(obstacles(rows, user or AnonymousUser()))
    if user and not user.has_perm(f"{APP}.change_digitalservice"):
        kept_from |= dict.fromkeys((row.pk for row in rows), _("You may only add services."))
    return [
        Service(
            pk=row.pk,
            row=Says(
                {name: getattr(row, name) for name in VALUES},
                frozenset(attached.get(row.pk, ())),
            ),
            page=pages.get(row.remote_id, ""),
            live=row.live,
            was_published=row.first_published_at is not None,
            draft=drafts.get(row.pk),
            draft_is_ours=row.latest_revision_id in ours,
            obstacle=str(kept_from.get(row.pk, "")),
        )
        for row in rows
    ]


def _of_one_language(services: QuerySet[DigitalService]) -> list[DigitalService]:
    """Each service once: in the default language, else as it was first written."""
    default = Locale.get_default().pk
    found: dict[str, DigitalService] = {}
    for row in services.order_by("pk"):
        if row.remote_id not in found or row.locale_id == default:
            found[row.remote_id] = row
    return list(found.values())


def _attached(authority: LocalAuthority, codes: dict[int, str]) -> dict[int, set[str]]:
    through = DigitalService.reference_services.through
    rows = through.objects.filter(digitalservice__authority=authority)
    found: dict[int, set[str]] = {}
    for pk, reference in rows.values_list("digitalservice_id", "referenceservice_id"):
        found.setdefault(pk, set()).add(codes[reference])
    return found


def _drafts(rows: Sequence[DigitalService], codes: dict[int, str]) -> dict[int, Says]:
    """What the latest version says of those where it is not what is online."""
    revisions = {
        row.latest_revision_id: row.pk
        for row in rows
        if row.latest_revision_id
        and (not row.live or (row.has_unpublished_changes and not _is_live_version(row)))
    }
    found = {}
    for keys in batches(list(revisions)):
        contents = Revision.objects.filter(pk__in=keys).values_list("pk", "content")
        for key, content in contents:
            found[revisions[key]] = _says(content, codes)
    return found


def _is_live_version(row: DigitalService) -> bool:
    return row.latest_revision_id == row.live_revision_id


def _says(content: dict[str, Any], codes: dict[int, str]) -> Says:
    fields = {name: DigitalService._meta.get_field(name) for name in VALUES}
    values = {name: field.to_python(content.get(name)) for name, field in fields.items()}
    attached = content.get("reference_services") or []
    return Says(values, frozenset(codes[pk] for pk in attached if pk in codes))


def _written_by_imports(authority: LocalAuthority) -> frozenset[int]:
    """The versions that an import wrote. One that somebody saved after it is another."""
    entries = AuthorityLogEntry.objects.filter(authority=authority, action__in=ACTIONS)
    return frozenset(entries.order_by().values_list("revision_id", flat=True))
