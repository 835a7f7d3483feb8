"""The three-way merge of one service, field by field. Pure.

`base` is what both sides last agreed on, `mine` what this site wants, `theirs` what stands at the
registry. A field changed there only is a proposal: it is sent back as it is there, until an editor
decides. A field changed differently on both sides is a conflict (contract, last paragraph).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..registry.canonical import validate
from ..registry.types import SERVICE_FIELDS, ServiceBody

Body = Mapping[str, Any]
# No value of a field equals it: without a base, whatever differs is a conflict.
MISSING = object()


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge. `proposals` and `conflicts` are names of fields, in their order.

    `body` is what should stand at the registry, with each proposal as it is there; where there is
    a conflict it is not to be sent. `base` is what both sides agree on once it does: `body`, but
    for the proposals, which remain to be decided on.
    """

    body: dict[str, Any]
    base: dict[str, Any]
    proposals: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def merge(base: Body | None, mine: Body, theirs: Body) -> Merged:
    """Merge bodies in the contract's JSON shapes; `base` is None where none was ever agreed on.

    Fields that do not go together once merged, such as an end before its start, are conflicts.
    """
    known = base or {}
    before = {name: known.get(name, MISSING) for name in SERVICE_FIELDS}
    changed_there = [
        name
        for name in SERVICE_FIELDS
        if mine[name] != theirs[name] and theirs[name] != before[name]
    ]
    proposals = tuple(name for name in changed_there if mine[name] == before[name])
    conflicts = tuple(name for name in changed_there if name not in proposals)
    body = {name: (theirs if name in proposals else mine)[name] for name in SERVICE_FIELDS}
    if proposals and validate(ServiceBody.from_json(body)):
        conflicts, proposals, body = tuple(changed_there), (), dict(mine)
    agreed = {name: (before if name in proposals else body)[name] for name in SERVICE_FIELDS}
    return Merged(body, agreed, proposals, conflicts)


def decided(base: Body | None, theirs: Body, fields: Collection[str]) -> dict[str, Any]:
    """The base once somebody has decided on `fields`, for whichever side: they saw `theirs`.

    Keeping mine then makes it a field changed here only, which is sent; taking theirs, one on
    which both sides agree. Without a base, every field has to be decided on or alike.
    """
    known = theirs if base is None else base
    return {name: (theirs if name in fields else known)[name] for name in SERVICE_FIELDS}
