"""Where the attachments of one service lead under a version of the matrix. Pure.

What was done to this very service counts first: what was chosen for it stays chosen, and going
back to an earlier version gives back what it had. Then what the versions say, where the answer is
single. The rest stays where it is, for a person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...matrix.successors import successors

Graph = Mapping[str, Collection[str]]
# What became of each former code of one service: its new codes, as `Remap` keeps them.
History = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One `Remap` as data: `old` became `new`, of which the service did not have `added`."""

    old: str
    new: tuple[str, ...]
    added: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether a person undid it: the code stays where it is, until somebody chooses."""
        return self.new == (self.old,)

    def stands(self, codes: Collection[str]) -> bool:
        """Whether it is how a service attached to `codes` came to be so."""
        return not self.is_kept and self.old not in codes and set(self.new) <= set(codes)


@dataclass(frozen=True, slots=True)
class Led:
    """Where one code leads. `is_return`: it gives back what the service had before."""

    codes: frozenset[str]
    is_return: bool = False


class Ways:
    """Where codes lead when a version is in use. Raises nothing, whatever the circles.

    `placed`: the codes of that version. `replaced_by`: what replaces each code, in any version.
    """

    def __init__(self, placed: Collection[str], replaced_by: Graph) -> None:
        self.placed = frozenset(placed)
        self.replaced_by = replaced_by
        origins: dict[str, set[str]] = defaultdict(set)
        for old, new in replaced_by.items():
            for code in new:
                origins[code].add(old)
        self.origins: Graph = origins

    def ahead(self, code: str) -> tuple[str, ...]:
        """The codes that took the place of `code`; else those whose place it took."""
        return successors(code, self.replaced_by, self.placed) or successors(
            code, self.origins, self.placed
        )

    def lead(self, code: str, history: History) -> Led:
        """Where `code` leads for a service with this `history`; to itself where nothing says."""
        if code in self.placed:
            return Led(frozenset({code}))
        found = self._lead(code, history, frozenset())
        leads_on = found is not None and (found.codes & self.placed or not found.codes)
        return found if leads_on else Led(frozenset({code}))

    def lead_all(self, codes: Collection[str], history: History) -> dict[str, Led]:
        """The same of all the codes of a service, which never ends without any: what would leave
        it without one leads to itself."""
        led = {code: self.lead(code, history) for code in codes}
        if not any(one.codes for one in led.values()):
            return {code: Led(frozenset({code})) for code in codes}
        return led

    def _lead(self, code: str, history: History, seen: frozenset[str]) -> Led | None:
        """None where `code` is not placed and nothing leads on from it."""
        if code in self.placed:
            return Led(frozenset({code}))
        if code in seen:
            return None
        kept = history.get(code)
        if kept is not None:
            if set(kept) == {code}:
                return None
            seen = seen | {code}
            further = {new: self._lead(new, history, seen) for new in kept}
            if not kept or any(found and found.codes for found in further.values()):
                # What leads nowhere waits beside the others, unless it comes from here.
                parts = (found.codes if found else {new} - seen for new, found in further.items())
                return Led(frozenset().union(*parts))
        if given_back := self._back(code, history):
            return Led(given_back, is_return=True)
        if kept is None and len(found := self.ahead(code)) == 1:
            return Led(frozenset(found))
        return None

    def _back(self, code: str, history: History) -> frozenset[str]:
        """What became `code`, step by step, as far as the version in use places it."""
        former: dict[str, set[str]] = defaultdict(set)
        for old, new in history.items():
            for one in new:
                former[one].add(old)
        return frozenset(successors(code, former, self.placed))


def without(
    codes: frozenset[str], taken_back: Collection[Step], steps: Iterable[Step]
) -> frozenset[str]:
    """`codes`, had those of `steps` that made them so, and are `taken_back`, not been taken.

    What another step attached as well stays.
    """
    standing = [step for step in taken_back if step.stands(codes)]
    others = [step for step in steps if step not in taken_back and step.stands(codes)]
    leaving = {code for step in standing for code in step.added}
    staying = {code for step in others for code in step.new}
    return (codes - (leaving - staying)) | {step.old for step in standing}
