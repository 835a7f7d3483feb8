"""What is undone is undone in what waits to be published as well.

A draft saved since holds the new codes, which are of the matrix in use: reading it would not tell
that they were undone.
"""

from collections.abc import Collection, Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Revision

from ...matrix.models import ReferenceService
from ..models import DigitalService
from .families import Family
from .mapping import Step, without

FIELD = "reference_services"


def undo_in_drafts(undoing: Iterable[tuple[Family, Collection[Step]]]) -> None:
    """Give open drafts and scheduled revisions the former codes of the steps undone.

    Inside a transaction, in a number of queries that does not grow with services but by batches.
    """
    of = {str(member.pk): (family, steps) for family, steps in undoing for member in family.members}
    pks = dict(ReferenceService.objects.values_list("code", "pk"))
    codes = {pk: code for code, pk in pks.items()}
    corrected = []
    for revision in _waiting_to_be_published(of):
        family, steps = of[revision.object_id]
        held = revision.content.get(FIELD) or []
        holding = frozenset(codes[pk] for pk in held if pk in codes)
        after = without(holding, steps, family.steps)
        if after != holding:
            revision.content[FIELD] = sorted(pks[code] for code in after)
            corrected.append(revision)
    Revision.objects.bulk_update(corrected, ["content"], batch_size=100)


def _waiting_to_be_published(object_ids: Collection[str]) -> Iterable[Revision]:
    drafts = DigitalService.objects.filter(pk__in=object_ids, has_unpublished_changes=True)
    return Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(DigitalService),
        object_id__in=list(object_ids),
    ).filter(Q(pk__in=drafts.values("latest_revision")) | Q(approved_go_live_at__isnull=False))
