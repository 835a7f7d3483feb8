"""What another vintage of the table says differently of the authorities of this site."""

from dataclasses import dataclass
from enum import StrEnum

from .cog import CogTable
from .models import LocalAuthority


class What(StrEnum):
    """What changed: `merged` and `gone` concern the authority itself, the others one fact of it."""

    MERGED = "merged"
    GONE = "gone"
    NAME = "name"
    SIREN = "siren"
    INSEE = "insee"
    DEPARTMENT = "department_name"
    REGION = "region_name"
    POPULATION = "population"


FACTS = (
    What.NAME,
    What.SIREN,
    What.INSEE,
    What.DEPARTMENT,
    What.REGION,
    What.POPULATION,
)


@dataclass(frozen=True)
class Change:
    """One difference: `was` on this site, `now` in the table.

    For `merged`, `now` is the authority that took over; for `gone` there is none.
    """

    authority: LocalAuthority
    what: What
    was: str
    now: str


def changes(authority: LocalAuthority, table: CogTable) -> list[Change]:
    """What `table` says differently of `authority`; nothing of territories that are in no table.

    A commune that merged may keep its INSEE code (it is then the seat of the new commune), but the
    new commune is another legal person: its SIREN differs. Of an EPCI that merged, the table does
    not say into which.
    """
    siren, insee = authority.siren or "", authority.insee or ""
    entry = table.by_siren(siren) or table.by_insee(insee) or table.successor(insee)
    name = str(authority)
    if entry is None:
        other = authority.kind == LocalAuthority.Kind.OTHER
        return [] if other else [Change(authority, What.GONE, name, "")]
    if siren and entry.siren != siren:
        return [Change(authority, What.MERGED, name, f"{entry}, SIREN {entry.siren}")]
    facts = ((what, getattr(authority, what), getattr(entry, what)) for what in FACTS)
    return [
        Change(authority, what, _said(was), _said(now))
        for what, was, now in facts
        if _said(was) != _said(now)
    ]


def _said(fact: str | int | None) -> str:
    return "" if fact is None else str(fact)
