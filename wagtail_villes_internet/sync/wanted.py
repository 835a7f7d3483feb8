"""What an authority wants to stand at a registry, in the few words that a plan needs.

Derived from the live rows each time, never from events (see `declared.bodies`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from ..authorities.models import LocalAuthority
from ..declared.bodies import Incomplete, bodies, unknown_codes
from ..matrix.models import ReferenceService
from ..registry.canonical import content_hash
from .models import Registry
from .plan import WantedService


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an authority declares, by remote id, and what keeps the others from being declared.

    Bodies are not held, so that 25,000 services weigh a few megabytes: see `declared.bodies`.
    """

    services: dict[str, WantedService]
    incomplete: tuple[Incomplete, ...]


def wanted_for(authority: LocalAuthority, known_codes: Collection[str] | None = None) -> Wanted:
    """What `authority` declares, in a number of queries that does not grow with it.

    `known_codes` are those the registry's matrix knows: a service with a provisional code it lacks
    is wanted, and waits (design decision 11). None, by hand, knows them all.
    """
    services: dict[str, WantedService] = {}
    incomplete = []
    for found in bodies(authority):
        if isinstance(found, Incomplete):
            incomplete.append(found)
            continue
        id, body = found
        unknown = unknown_codes(body.reference_services, known_codes)
        services[id] = WantedService(content_hash(body), body.title, unknown)
    return Wanted(services, tuple(incomplete))


def known_codes_of(registry: Registry) -> frozenset[str]:
    """The codes of the matrix that the registry publishes, with those that they replace."""
    if registry.matrix_id is None:
        return frozenset()
    placed = ReferenceService.objects.filter(placements__theme__axis__matrix=registry.matrix_id)
    return frozenset(
        code
        for codes in placed.values_list("code", "replaces__code").distinct()
        for code in codes
        if code
    )
