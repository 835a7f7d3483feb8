"""What nobody but a person can say after a change of matrix: which code a service goes to."""

from dataclasses import dataclass

from ...authorities.models import LocalAuthority
from ...matrix.models import Placement, ReferenceService
from ...matrix.store import replacements
from ...matrix.suggesting import Entry, Proposer, entries_in_use
from ..models import DigitalService
from .families import families
from .mapping import Ways

MOST_CANDIDATES = 10


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
    """What waits for a choice, by former code then title; constant queries. Nothing waits where no
    matrix is in use."""
    elsewhere = ReferenceService.objects.filter(in_use=False).values("pk")
    attached = DigitalService.reference_services.through.objects.filter(
        referenceservice__in=elsewhere
    )
    services = DigitalService.objects.of(authority).filter(pk__in=attached.values("digitalservice"))
    found = list(families(services))
    entries = entries_in_use() if found else []
    if not entries:
        return []
    candidates = Candidates(entries)
    waiting = [
        Waiting(
            remote_id=str(family.remote_id),
            pk=family.members[0].pk,
            title=family.title,
            live=family.live,
            old=candidates.former(code),
            candidates=candidates.of(code),
        )
        for family in found
        for code in family.codes - candidates.placed
    ]
    return sorted(waiting, key=lambda one: (one.old.label, one.old.code, one.title, one.remote_id))


class Candidates:
    """What each former code may become; everything is asked of the database once."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = {entry.code: entry for entry in reversed(entries)}
        self._in_order = entries
        self.placed = frozenset(self._entries)
        self._ways = Ways(self.placed, replacements())
        self._proposer = Proposer(entries)
        self._former = former_codes()
        self._found: dict[str, tuple[Code, ...]] = {}

    def former(self, code: str) -> Code:
        return self._former[code].named

    def of(self, code: str) -> tuple[Code, ...]:
        """What took its place; where that is not several, what sounds alike and then the rest of
        its theme as well."""
        if code not in self._found:
            codes = list(self._ways.ahead(code))
            if len(codes) < 2:
                former = self._former[code]
                alike = [entry.code for _s, entry in self._proposer.ranked(former.named.label)]
                beside = [
                    entry.code for entry in self._in_order if entry.theme_code == former.theme_code
                ]
                codes = [*codes, *alike, *beside]
            self._found[code] = tuple(
                self._named(one) for one in list(dict.fromkeys(codes))[:MOST_CANDIDATES]
            )
        return self._found[code]

    def _named(self, code: str) -> Code:
        entry = self._entries[code]
        return Code(entry.code, entry.label, entry.theme)


@dataclass(frozen=True, slots=True)
class Former:
    """A reference service, and the code of the theme that had it last."""

    named: Code
    theme_code: str


def former_codes() -> dict[str, Former]:
    """Every reference service that is known, where the version in use puts it, or the last one."""
    themes = {
        service: (code, label)
        for service, code, label in Placement.objects.order_by(
            "theme__axis__matrix__is_current", "theme__axis__matrix__loaded_at", "pk"
        ).values_list("service", "theme__code", "theme__label")
    }
    return {
        code: Former(Code(code, label, themes.get(pk, ("", ""))[1]), themes.get(pk, ("", ""))[0])
        for pk, code, label in ReferenceService.objects.values_list("pk", "code", "label")
    }
