"""Writes what changed, many services at once: queries grow with batches, not with services."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from ...authorities.catalogue import touch_all
from ...authorities.logs import AuthorityLogEntry
from ...matrix.models import ReferenceService
from ...matrix.store import current_matrix
from ..models import DigitalService
from .journal import Journal
from .mapping import Step
from .models import Remap
from .planning import Change

BATCH = 1_000


def write(changes: Iterable[Change], user: Any = None) -> None:
    """Attach the live rows anew, remember what became of each code, and note it in the history.

    Inside a transaction. Pages forget what they keep of the towns concerned. `user`: who chose;
    None where nobody did.
    """
    writer = None
    for batch in _batches(filter(None, changes)):
        writer = writer or _Writer(user)
        writer.write(batch)


def _batches(changes: Iterable[Change]) -> Iterator[Sequence[Change]]:
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _Writer:
    def __init__(self, user: Any) -> None:
        rows = ReferenceService.objects.values_list("code", "pk", "label")
        self.references = {code: (pk, label) for code, pk, label in rows}
        matrix = current_matrix()
        self.journal = Journal(user, matrix.version if matrix else "")
        self.user = user
        self.now = timezone.now()

    def write(self, changes: Sequence[Change]) -> None:
        self._attach(changes)
        self._remember(changes)
        self._note(changes)

    def _attach(self, changes: Sequence[Change]) -> None:
        through = DigitalService.reference_services.through
        changed = {pk: codes for change in changes for pk, codes in change.codes.items()}
        through.objects.filter(digitalservice__in=changed).delete()
        through.objects.bulk_create(
            through(digitalservice_id=pk, referenceservice_id=self.references[code][0])
            for pk, codes in changed.items()
            for code in sorted(codes)
        )
        touch_all({change.family.authority_id for change in changes if change.codes})

    def _remember(self, changes: Sequence[Change]) -> None:
        touched = [change for change in changes if change.steps or change.forgotten]
        rows = Remap.objects.filter(
            remote_id__in={change.family.remote_id for change in touched}
        ).values_list("authority_id", "remote_id", "old__code", "pk")
        known = {(authority, remote_id, old): pk for authority, remote_id, old, pk in rows}
        made, forgotten = [], []
        # Few differ, however many services they bear on.
        corrected: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
        for change in touched:
            of = (change.family.authority_id, change.family.remote_id)
            forgotten += [known[*of, code] for code in change.forgotten]
            for step in change.steps:
                if pk := known.get((*of, step.old)):
                    corrected[step.new, step.added].append(pk)
                else:
                    made.append(self._remap(*of, step))
        Remap.objects.filter(pk__in=forgotten).delete()
        Remap.objects.bulk_create(made)
        for (new, added), pks in corrected.items():
            Remap.objects.filter(pk__in=pks).update(
                new=list(new), added=list(added), user=self.user, made_at=self.now
            )

    def _remap(self, authority_id: int, remote_id: UUID, step: Step) -> Remap:
        return Remap(
            authority_id=authority_id,
            remote_id=remote_id,
            old_id=self.references[step.old][0],
            new=list(step.new),
            added=list(step.added),
            user=self.user,
            made_at=self.now,
        )

    def _note(self, changes: Sequence[Change]) -> None:
        AuthorityLogEntry.objects.bulk_create(
            self.journal.entry(
                change.family,
                member,
                self._labels(member.codes - change.codes[member.pk]),
                self._labels(change.codes[member.pk] - member.codes),
            )
            for change in changes
            for member in change.family.members
            if member.pk in change.codes
        )

    def _labels(self, codes: Iterable[str]) -> list[str]:
        return [self.references[code][1] for code in codes]
