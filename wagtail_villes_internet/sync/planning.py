"""Makes the plan of one authority at one registry, out of the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Subquery

from ..authorities.logs import AuthorityLogEntry
from ..authorities.models import LocalAuthority
from ..conf import get_settings
from ..declared.bodies import Incomplete, bodies_of
from ..registry.canonical import content_hash
from ..registry.types import ServiceBody
from ..services.models import DigitalService
from . import clock
from .declarations import Standings, State, chunks, declarations_of, standings_of
from .guard import Recent, hold_back
from .merge import Merged, merge
from .models import Attempt, Registry
from .plan import Action, MergedService, Plan, WantedService, plan
from .wanted import known_codes_of, wanted_for

DAY = timedelta(hours=24)
BY_A_PERSON = ("wagtail.unpublish", "wagtail.delete")


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan as things stand, and what it was made of. `proposals` are the remote ids of what
    changed at the registry and does not wait for a decision to be sent."""

    plan: Plan
    wanted: Mapping[str, WantedService]
    incomplete: tuple[Incomplete, ...]
    standings: Standings
    proposals: frozenset[str] = frozenset()


def make_plan(
    authority: LocalAuthority,
    registry: Registry | None,
    *,
    guarded: bool = True,
    is_read: bool = False,
) -> Planned:
    """The plan, in a number of queries that does not grow with the services. Writes nothing.

    `registry` is None where it was never spoken to: nothing is known of its matrix. Not `guarded`,
    withdrawals go however many they are. `is_read`: the registry has just been, to the end of its
    feed; what is without a tag then is gone from there.
    """
    wanted = wanted_for(authority, known_codes_of(registry) if registry else None)
    standings = standings_of(authority, registry)
    if not is_read:
        standings = standings.presumed()
    merged = _merged(authority, registry, wanted.services, standings)
    made = plan(wanted.services, standings.known, merged)
    if guarded and registry and made.of(Action.WITHDRAW):
        recent = _recent(authority, registry, made, wanted.services, standings)
        made = hold_back(made, recent, get_settings().max_withdraw_percent)
    proposals = _proposals(wanted.services, standings, merged)
    return Planned(made, wanted.services, wanted.incomplete, standings, proposals)


def _merged(
    authority: LocalAuthority,
    registry: Registry | None,
    wanted: Mapping[str, WantedService],
    standings: Standings,
) -> dict[str, MergedService]:
    """The merges of what changed on both sides since they last agreed."""
    both = [
        id
        for id, known in standings.known.items()
        if known.foreign
        and known.acknowledged
        and not known.held
        and id in wanted
        and wanted[id].hash not in (known.foreign, known.acknowledged)
    ]
    merged = {}
    for chunk in chunks(both):
        bodies = bodies_of(authority, chunk)
        rows = declarations_of(authority, registry).filter(remote_id__in=chunk)
        for id, base, theirs in rows.values_list("remote_id", "acknowledged", "remote"):
            if id in bodies:
                merged[id] = _hashed(merge(base, bodies[id].as_json(), theirs))
    return merged


def _hashed(merged: Merged) -> MergedService:
    return MergedService(
        content_hash(ServiceBody.from_json(merged.body)),
        has_conflict=bool(merged.conflicts),
        has_proposals=bool(merged.proposals),
    )


def _proposals(
    wanted: Mapping[str, WantedService],
    standings: Standings,
    merged: Mapping[str, MergedService],
) -> frozenset[str]:
    changed_there_only = {
        id
        for id, known in standings.known.items()
        if known.foreign
        and not known.held
        and id in wanted
        and wanted[id].hash == known.acknowledged
    }
    beside_changes_here = {
        id for id, one in merged.items() if one.has_proposals and not one.has_conflict
    }
    return frozenset(changed_there_only | beside_changes_here)


def _recent(
    authority: LocalAuthority,
    registry: Registry,
    made: Plan,
    wanted: Mapping[str, WantedService],
    standings: Standings,
) -> Recent:
    since = clock.now() - DAY
    day_before = _standing_at(authority, registry, since)
    gone = {id for id in day_before if not standings.known[id].acknowledged}
    held = {step.id for step in made.of(Action.HOLD) if step.id not in wanted}
    return Recent(
        day_before=day_before,
        gone=gone,
        held=held,
        by_a_person=_taken_away_by_a_person(authority, registry, since),
        confirmed={id for id, state in standings.states.items() if state == State.TO_WITHDRAW},
    )


def _standing_at(authority: LocalAuthority, registry: Registry, when: datetime) -> set[str]:
    """The ids of what of ours stood at the registry at that time."""
    last = Attempt.objects.filter(
        declaration=OuterRef("pk"), status__in=(200, 201), answered_at__lte=when
    ).order_by("-pk")
    rows = declarations_of(authority, registry).annotate(
        last_operation=Subquery(last.values("operation")[:1])
    )
    return {
        id
        for id, hash, at, operation in rows.values_list(
            "remote_id", "acknowledged_hash", "acknowledged_at", "last_operation"
        ).order_by()
        if operation == Attempt.Operation.PUT or (hash and at is not None and at <= when)
    }


def _taken_away_by_a_person(
    authority: LocalAuthority, registry: Registry, since: datetime
) -> set[str]:
    """The ids of what somebody unpublished or deleted since it was last acknowledged, or, where
    that is withdrawn already, since then.

    What one request did to several at once has one uuid in the log: a bulk action, which a wrong
    click starts as well.
    """
    not_before = {
        id: at if hash and at else since
        for id, hash, at in declarations_of(authority, registry)
        .values_list("remote_id", "acknowledged_hash", "acknowledged_at")
        .order_by()
    }
    entries = AuthorityLogEntry.objects.filter(
        authority=authority,
        content_type=ContentType.objects.get_for_model(DigitalService),
        action__in=BY_A_PERSON,
        user__isnull=False,
    ).order_by()
    bulk = set(
        entries.exclude(uuid=None)
        .values("uuid")
        .annotate(objects_count=Count("object_id", distinct=True))
        .filter(objects_count__gt=1)
        .values_list("uuid", flat=True)
    )
    return {
        id
        for id, uuid, at in entries.values_list("data__remote_id", "uuid", "timestamp")
        if uuid not in bulk and id in not_before and at >= not_before[id]
    }
