"""What nobody but a person can say after a change of matrix: which code a service goes to."""

from dataclasses import dataclass

from ...authorities.models import LocalAuthority


@dataclass(frozen=True, slots=True)
class Code:
    """A reference service as a screen names it. `theme`: the label of its theme, in the version in
    use or, for a former code, in the last one that had it; may be empty."""

    code: str
    label: str
    theme: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A service attached to `old`, which the matrix in use does not place.

    One for each service and former code, its translations together: `pk` and `title` are those of
    the oldest, `live` says whether any is published. `candidates`: the likeliest first.
    """

    remote_id: str
    pk: int
    title: str
    live: bool
    old: Code
    candidates: tuple[Code, ...]


def waiting_of(authority: LocalAuthority) -> list[Waiting]:
    """What waits for a choice, by former code then title; constant queries."""
    raise NotImplementedError
