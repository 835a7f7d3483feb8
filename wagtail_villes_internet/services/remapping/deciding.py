"""What a person decides after a change of matrix: to choose, or to undo what was done."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...authorities.models import LocalAuthority
from .models import Remap
from .waiting import Code


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


def choose(
    authority: LocalAuthority, choices: Mapping[tuple[str, str], Collection[str]], user: Any
) -> list[Remap]:
    """Attach services of `authority` to the chosen codes instead of a former one.

    `choices`: by remote id and former code, the new codes; none leaves the former one out of a
    service that keeps others. All or nothing. Raises `RemapRefused`.
    """
    raise NotImplementedError


def undo(authority: LocalAuthority, remaps: Iterable[Remap], user: Any) -> None:
    """Attach services of `authority` to their former codes again; what was undone is asked.

    Live rows, open drafts and scheduled revisions. All or nothing. Raises `RemapRefused`.
    """
    raise NotImplementedError


def history_of(authority: LocalAuthority) -> list[Done]:
    """What stands and can be undone, the latest first; constant queries."""
    raise NotImplementedError
