"""What a version of the matrix, a choice or an undoing changes in one service. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .families import Family
from .mapping import Step, Ways, without


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one service.

    `codes`: what each translation is attached to from now on, by key, for those that change.
    `steps`: what is to be remembered; `forgotten`: the former codes of which nothing is any more.
    """

    family: Family
    codes: Mapping[int, frozenset[str]]
    steps: tuple[Step, ...] = ()
    forgotten: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codes or self.steps or self.forgotten)

    @property
    def led(self) -> dict[str, tuple[str, ...]]:
        """The former codes that leave the service, and those that come for each."""
        kept = {step.old: step.new for step in self.steps}
        return {
            code: kept.get(code, self._given_back(code))
            for code in sorted(self.family.codes - self.after)
        }

    def _given_back(self, code: str) -> tuple[str, ...]:
        """What had become `code`, and is there again."""
        return tuple(
            sorted(
                step.old
                for step in self.family.steps
                if code in step.new and step.old in self.after
            )
        )

    @property
    def after(self) -> frozenset[str]:
        """What any translation is attached to from now on."""
        return frozenset().union(
            *(self.codes.get(member.pk, member.codes) for member in self.family.members)
        )


def carried(family: Family, ways: Ways, before: Collection[str]) -> Change:
    """What taking a version into use changes. `before`: the codes of the one in use until now.

    A code that is there again comes back to the services that had it, in the place of what they got
    for it. What is remembered of a code that was in use, and that the service has no more, was
    undone by an editor since: it is forgotten.
    """
    stale = {step.old for step in family.steps if step.old in before} - family.codes
    steps = [step for step in family.steps if step.old not in stale]
    there_again = [step for step in steps if step.old in ways.placed - before]
    history = {step.old: step.new for step in steps}
    codes, leading = {}, {}
    for member in family.members:
        led = ways.lead_all(without(member.codes, there_again, steps), history)
        after = frozenset().union(*(one.codes for one in led.values()))
        leading |= led
        if after != member.codes:
            codes[member.pk] = after
    made = [
        Step(code, tuple(sorted(led.codes)), _added(family, code, led.codes))
        for code, led in sorted(leading.items())
        if led.codes != {code} and not led.is_return
    ]
    return Change(
        family, codes, tuple(step for step in made if step not in steps), tuple(sorted(stale))
    )


def chosen(family: Family, choices: Mapping[str, Collection[str]]) -> Change:
    """What attaching it to the codes chosen for each former one changes."""
    codes = {
        member.pk: (member.codes - choices.keys()).union(
            *(new for old, new in choices.items() if old in member.codes)
        )
        for member in family.members
        if not member.codes.isdisjoint(choices)
    }
    steps = tuple(
        Step(old, tuple(sorted(set(new))), _added(family, old, new))
        for old, new in sorted(choices.items())
    )
    return Change(family, codes, steps)


def undone(family: Family, steps: Collection[Step]) -> Change:
    """What taking back `steps` changes; their former codes are kept until somebody chooses."""
    codes = {
        member.pk: after
        for member in family.members
        if (after := without(member.codes, steps, family.steps)) != member.codes
    }
    return Change(family, codes, tuple(Step(step.old, (step.old,)) for step in steps))


def _added(family: Family, old: str, new: Collection[str]) -> tuple[str, ...]:
    """Those of `new` that no translation attached to `old` had."""
    had = _union(member.codes for member in family.members if old in member.codes)
    return tuple(sorted(set(new) - had))


def _union(sets: Iterable[Iterable[str]]) -> set[str]:
    return set().union(*sets)
