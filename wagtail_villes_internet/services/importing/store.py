"""Keeps what comes of a file, as an editor would have.

New services are made many at a time, each with its first version, its line in the history and its
place in the search index; those that change, one by one.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale, Revision
from wagtail.search.backends import get_search_backends

from ...authorities.logs import AuthorityLogEntry
from ...authorities.models import LocalAuthority
from ...matrix.models import ReferenceService
from ..association_pages import keep_page_address
from ..changing import publish_latest
from ..errors import ChangeRefused
from ..models import AssociationPage, DigitalService
from .parsing import Parser
from .planning import Planner, Step, What
from .reading import Lines
from .towns import ADDED, APP, BATCH, CHANGED, batches, referential, services_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do. `key`: its name in the history. `published`: keys."""

    key: str
    steps: tuple[Step, ...]
    versions: Mapping[int, int] = field(default_factory=dict)
    published: frozenset[int] = frozenset()
    not_published: Mapping[int, str] = field(default_factory=dict)

    def of(self, *whats: What) -> list[Step]:
        return [step for step in self.steps if step.what in whats]


def check(lines: Lines, authority: LocalAuthority, user: Any = None) -> Outcome:
    """What importing `lines` would do now. Writes nothing."""
    known = referential()
    parser = Parser(known, lines.headers)
    planner = Planner(services_of(authority, user), known, parser.heading, timezone.localdate())
    return Outcome(str(uuid4()), tuple(planner.run(parser.run(lines.lines))))


@transaction.atomic
def import_lines(
    lines: Lines, authority: LocalAuthority, user: Any = None, *, publish: bool = False
) -> Outcome:
    """Import what of `lines` can be; the rest is reported in the outcome.

    What is new becomes a draft, and what changes gets a new version, which stays a draft of a live
    service. `publish`: those that are complete go online. Raises `PermissionDenied` where `user`
    may not add, or publish. `user`: None for the operator's command.
    """
    needed = ["add", "publish"] if publish else ["add"]
    if user and not user.has_perms([f"{APP}.{right}_digitalservice" for right in needed]):
        raise PermissionDenied
    # Two imports of one town, one after the other.
    LocalAuthority.objects.select_for_update().get(pk=authority.pk)
    outcome = check(lines, authority, user)
    codes = {code for step in outcome.steps for code in step.references}
    references = {row.code: row for row in ReferenceService.objects.filter(code__in=codes)}
    writing = _Writing(outcome.key, authority, user, references)
    steps = {step.number: step for step in writing.add(outcome.of(What.ADD))}
    for step in outcome.of(What.CHANGE):
        writing.change(step)
    steps_done = tuple(steps.get(step.number, step) for step in outcome.steps)
    if publish:
        writing.publish(steps_done)
    return replace(
        outcome,
        steps=steps_done,
        versions=writing.versions,
        published=frozenset(writing.published),
        not_published=writing.not_published,
    )


class _Writing:
    """One import on its way to the database. `versions`: the revisions written, by service."""

    def __init__(
        self,
        key: str,
        authority: LocalAuthority,
        user: Any,
        references: Mapping[str, ReferenceService],
    ) -> None:
        self.key, self.authority, self.user = key, authority, user
        self.references = references
        self.versions: dict[int, int] = {}
        self.published: set[int] = set()
        self.not_published: dict[int, str] = {}
        self.content_type = ContentType.objects.get_for_model(DigitalService)

    def add(self, steps: Sequence[Step]) -> Iterable[Step]:
        """Make a draft of each, some hundreds at a time; returns the steps with their keys."""
        locale = Locale.get_default()
        for some in batches(steps):
            services = DigitalService.objects.bulk_create(
                DigitalService(
                    authority=self.authority,
                    locale=locale,
                    live=False,
                    has_unpublished_changes=True,
                    **step.values,
                )
                for step in some
            )
            self._attach(services, some)
            self._keep_versions(services, some)
            AssociationPage.objects.bulk_create(
                AssociationPage(
                    authority=self.authority, remote_id=service.translation_key, url=step.page
                )
                for service, step in zip(services, some, strict=True)
                if step.page
            )
            _index(services)
            for service, step in zip(services, some, strict=True):
                yield replace(step, pk=service.pk)

    def _attach(self, services: Sequence[DigitalService], steps: Sequence[Step]) -> None:
        through = DigitalService.reference_services.through
        pairs = []
        for service, step in zip(services, steps, strict=True):
            rows = [self.references[code] for code in step.references]
            # For the version; what follows writes the rows, all at once.
            service.reference_services = rows
            pairs += [(service.pk, row.pk) for row in rows]
        through.objects.bulk_create(
            through(digitalservice_id=service, referenceservice_id=reference)
            for service, reference in pairs
        )

    def _keep_versions(self, services: Sequence[DigitalService], steps: Sequence[Step]) -> None:
        """What `save_revision(log_action=…)` does of one."""
        revisions = Revision.objects.bulk_create(
            Revision(
                content_type=self.content_type,
                base_content_type=self.content_type,
                object_id=str(service.pk),
                created_at=timezone.now(),
                user=self.user,
                object_str=str(service),
                content=service.serializable_data(),
            )
            for service in services
        )
        for service, revision in zip(services, revisions, strict=True):
            service.latest_revision = revision
            self.versions[service.pk] = revision.pk
        DigitalService.objects.bulk_update(services, ["latest_revision"], batch_size=BATCH)
        AuthorityLogEntry.objects.bulk_create(
            self._entry(service, ADDED, step) for service, step in zip(services, steps, strict=True)
        )

    def change(self, step: Step) -> None:
        """Save a new version of one service, and note its page."""
        row = DigitalService.objects.get(pk=step.pk)
        if step.page:
            keep_page_address(self.authority, row.remote_id, step.page)
        if not step.values and not step.references:
            return
        service = row.get_latest_revision_as_object()
        for name, value in step.values.items():
            setattr(service, name, value)
        if step.references:
            service.reference_services = [self.references[code] for code in step.references]
        if not row.live:
            # As the form does: the row of a draft shows in lists.
            service.save()
        # A draft may be half done.
        service.save_revision(user=self.user, clean=False)
        self.versions[service.pk] = service.latest_revision_id
        self._entry(service, CHANGED, step).save()

    def _entry(self, service: DigitalService, action: str, step: Step) -> AuthorityLogEntry:
        return AuthorityLogEntry(
            content_type=self.content_type,
            object_id=str(service.pk),
            authority=self.authority,
            label=str(service),
            action=action,
            timestamp=timezone.now(),
            user=self.user,
            # Each its own: Wagtail shows one entry of those that share it.
            uuid=uuid4(),
            revision_id=self.versions[service.pk],
            content_changed=True,
            data={"import": self.key, "line": step.number, "remote_id": service.remote_id},
        )

    def publish(self, steps: Iterable[Step]) -> None:
        """Put online what was written and is complete; the rest stays a draft, and why is noted."""
        for step in steps:
            if step.pk not in self.versions:
                continue
            if not step.may_be_published:
                self.not_published[step.pk] = _("It stays a draft: it is to be completed.")
                continue
            try:
                publish_latest(DigitalService(pk=step.pk), self.user)
            except ChangeRefused as refusal:
                self.not_published[step.pk] = str(refusal)
            else:
                self.published.add(step.pk)


def _index(services: Sequence[DigitalService]) -> None:
    """What Wagtail does of each that is saved. A town's drafts refer to no page nor picture, so the
    index of references has nothing to learn."""
    for backend in get_search_backends(with_auto_update=True):
        try:
            backend.add_bulk(DigitalService, services)
        except Exception:
            if not backend.catch_indexing_errors:
                raise
            logger.exception("Imported services are not in the search index")
