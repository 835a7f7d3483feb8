"""Drafts, schedules and old versions follow: what they hold is read as the matrix in use has it."""

from collections.abc import Iterable, Mapping

from ...matrix.models import ReferenceService
from ...matrix.store import replacements
from .mapping import Step, Ways
from .models import Remap


def steps_of(remaps: Iterable[Mapping]) -> tuple[Step, ...]:
    """What became of the codes of one service, from `Remap` values."""
    return tuple(
        Step(remap["old__code"], tuple(remap["new"]), tuple(remap["added"])) for remap in remaps
    )


def ways_in_use() -> Ways:
    """Where codes lead under the matrix in use; two queries."""
    placed = ReferenceService.objects.filter(in_use=True).values_list("code", flat=True)
    return Ways(placed, replacements())


def follow(
    held: list[ReferenceService], authority_id: int, remote_id: object
) -> list[ReferenceService]:
    """What a service that holds `held`, in a revision, is attached to under the matrix in use.

    No query where the matrix places all of it. What leads nowhere stays, and is asked.
    """
    if all(row.in_use for row in held):
        return held
    remaps = Remap.objects.filter(authority=authority_id, remote_id=remote_id)
    history = {step.old: step.new for step in steps_of(remaps.values("old__code", "new", "added"))}
    led = ways_in_use().lead_all([row.code for row in held], history)
    codes = set().union(*(one.codes for one in led.values()))
    known = {row.code: row for row in held}
    if missing := codes - known.keys():
        known |= {row.code: row for row in ReferenceService.objects.filter(code__in=missing)}
    return [known[code] for code in sorted(codes) if code in known]
