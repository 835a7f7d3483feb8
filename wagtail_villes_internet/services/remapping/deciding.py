"""What a person decides after a change of matrix: to choose, or to undo what was done."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from ...authorities.models import LocalAuthority
from ..models import DigitalService
from ..rules import MAX_REFERENCE_SERVICES
from .drafts import undo_in_drafts
from .errors import CannotBeUndone, NothingLeft, NotInUse, NotWaiting, TooMany
from .families import Family, families
from .models import Remap
from .planning import Change, chosen, undone
from .taking_into_use import codes_in_use
from .waiting import Code, former_codes
from .writing import write


@dataclass(frozen=True, slots=True)
class Done:
    """A change of attachment that stands and can be undone. `new` is empty where the former code
    was left out. `remap.user` is who chose, None where the answer was single."""

    remap: Remap
    pk: int
    title: str
    live: bool
    old: Code
    new: tuple[Code, ...]


@transaction.atomic
def choose(
    authority: LocalAuthority, choices: Mapping[tuple[str, str], Collection[str]], user: Any
) -> list[Remap]:
    """Attach services of `authority` to the chosen codes instead of a former one.

    `choices`: by remote id and former code, the new codes; none leaves the former one out of a
    service that keeps others. The translations of a service follow, and so do its drafts. Its text
    is not touched: neither a lock nor a review holds it back. All or nothing; queries do not grow
    with services but by batches. Returns what is remembered, in the order of `choices`. Raises
    `RemapRefused`.
    """
    placed = codes_in_use()
    asked: dict[UUID, dict[str, Collection[str]]] = defaultdict(dict)
    for (remote_id, old), new in choices.items():
        if not placed.issuperset(new):
            raise NotInUse
        asked[_uuid(remote_id)][old] = new
    found = _families(authority, asked)
    changes = []
    for remote_id, wanted in asked.items():
        family = found.get(remote_id)
        if family is None or not family.codes - placed >= wanted.keys():
            raise NotWaiting
        changes.append(change := chosen(family, wanted))
        _check(change)
    write(changes, user)
    kept = {
        (str(row.remote_id), row.old.code): row
        for row in Remap.objects.filter(authority=authority, remote_id__in=asked).select_related(
            "old"
        )
    }
    return [kept[str(_uuid(remote_id)), old] for remote_id, old in choices]


@transaction.atomic
def undo(authority: LocalAuthority, remaps: Iterable[Remap], user: Any) -> None:
    """Attach services of `authority` to their former codes again; what was undone is asked.

    Live rows, open drafts and scheduled revisions. What is undone stays so until somebody chooses,
    whatever the versions say. All or nothing. Raises `RemapRefused`.
    """
    pks = {remap.pk for remap in remaps}
    rows = Remap.objects.filter(authority=authority, pk__in=pks)
    asked: dict[UUID, set[str]] = defaultdict(set)
    for remote_id, old in rows.values_list("remote_id", "old__code"):
        asked[remote_id].add(old)
    if sum(map(len, asked.values())) != len(pks):
        raise CannotBeUndone
    found = _families(authority, asked)
    changes, undoing = [], []
    for remote_id, olds in asked.items():
        family = found.get(remote_id)
        steps = [step for step in family.steps if step.old in olds] if family else []
        if not steps or not all(map(family.is_attached_by, steps)):
            raise CannotBeUndone
        changes.append(undone(family, steps))
        undoing.append((family, steps))
    undo_in_drafts(undoing)
    write(changes, user)


def history_of(authority: LocalAuthority) -> list[Done]:
    """What stands and can be undone, the latest first; constant queries."""
    rows = list(Remap.objects.filter(authority=authority).select_related("old", "user"))
    if not rows:
        return []
    found = _families(authority, {row.remote_id for row in rows}, lock=False)
    known = former_codes()
    done = []
    for row in rows:
        family = found.get(row.remote_id)
        steps = family.steps if family else ()
        if any(step.old == row.old.code and family.is_attached_by(step) for step in steps):
            done.append(
                Done(
                    remap=row,
                    pk=family.members[0].pk,
                    title=family.title,
                    live=family.live,
                    old=known[row.old.code].named,
                    new=tuple(known[code].named for code in row.new if code in known),
                )
            )
    return done


def _families(
    authority: LocalAuthority, remote_ids: Collection[UUID], *, lock: bool = True
) -> dict[UUID, Family]:
    services = DigitalService.objects.of(authority).filter(translation_key__in=remote_ids)
    return {family.remote_id: family for family in families(services, lock=lock)}


def _uuid(remote_id: str) -> UUID:
    try:
        return UUID(str(remote_id))
    except ValueError:
        raise NotWaiting from None


def _check(change: Change) -> None:
    for codes in change.codes.values():
        if not codes:
            raise NothingLeft
        if len(codes) > MAX_REFERENCE_SERVICES:
            raise TooMany
