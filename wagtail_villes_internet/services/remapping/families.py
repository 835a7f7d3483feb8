"""Services as remapping sees them: the translations of one together, with what became of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet

from ...matrix.models import ReferenceService
from ..models import DigitalService
from .mapping import Step
from .models import Remap

Key = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Member:
    """One translation, and the codes that it is attached to."""

    pk: int
    title: str
    live: bool
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Family:
    """A service in all its translations, the oldest first. `steps`: what became of its codes."""

    authority_id: int
    remote_id: UUID
    members: tuple[Member, ...]
    steps: tuple[Step, ...]

    @property
    def codes(self) -> frozenset[str]:
        """What any translation is attached to."""
        return frozenset().union(*(member.codes for member in self.members))

    @property
    def title(self) -> str:
        return self.members[0].title

    @property
    def live(self) -> bool:
        return any(member.live for member in self.members)

    @property
    def history(self) -> dict[str, tuple[str, ...]]:
        return {step.old: step.new for step in self.steps}

    def is_attached_by(self, step: Step) -> bool:
        """Whether `step` is how any of its translations came to be attached as it is."""
        return any(step.stands(member.codes) for member in self.members)


def concerned_by(placed: QuerySet[ReferenceService]) -> QuerySet[DigitalService]:
    """The services, of whatever town, that a version which places `placed` may attach elsewhere."""
    attachments = DigitalService.reference_services.through.objects
    elsewhere = attachments.exclude(referenceservice__in=placed.values("pk"))
    return DigitalService.objects.filter(
        Q(pk__in=elsewhere.values("digitalservice"))
        | Q(translation_key__in=Remap.objects.values("remote_id"))
    )


def families(services: QuerySet[DigitalService], *, lock: bool = False) -> Iterator[Family]:
    """Those of `services`, in three queries.

    With `lock`, inside a transaction, their rows are held to its end: what is published meanwhile
    waits, and loses nothing of what it is published with.
    """
    rows = list(
        (services.select_for_update() if lock else services)
        .order_by("authority_id", "translation_key", "pk")
        .values_list("authority_id", "translation_key", "pk", "title", "live")
    )
    codes = _codes(services)
    steps = _steps(services)
    for (authority_id, remote_id), members in groupby(rows, key=lambda row: row[:2]):
        yield Family(
            authority_id,
            remote_id,
            tuple(
                Member(pk, title, live, frozenset(codes.get(pk, ())))
                for _authority, _key, pk, title, live in members
            ),
            tuple(steps.get((authority_id, remote_id), ())),
        )


def _codes(services: QuerySet[DigitalService]) -> Mapping[int, Collection[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    known: dict[str, str] = {}
    attachments = DigitalService.reference_services.through.objects.filter(
        digitalservice__in=services.order_by().values("pk")
    )
    for pk, code in attachments.values_list("digitalservice", "referenceservice__code").iterator():
        # The same text once, however many hold it.
        found[pk].append(known.setdefault(code, code))
    return found


def _steps(services: QuerySet[DigitalService]) -> Mapping[Key, list[Step]]:
    found: dict[Key, list[Step]] = defaultdict(list)
    remaps = Remap.objects.filter(remote_id__in=services.order_by().values("translation_key"))
    for authority_id, remote_id, old, new, added in (
        remaps.order_by("pk")
        .values_list("authority_id", "remote_id", "old__code", "new", "added")
        .iterator()
    ):
        found[authority_id, remote_id].append(Step(old, tuple(new), tuple(added)))
    return found
