"""What each line of a file would change, before anything is. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from ...words import plain_words
from ..rules import Shortcoming, shortcomings
from .cells import short
from .parsing import Example, Facts, Problem, Refused
from .referential import Referential
from .standing import Service

SCHEME = re.compile(r"(?i)^https?://(?:www\.)?")
# Where a line is told of what no single cell is at fault for.
SAID_AT = {Shortcoming.ENDED_BEFORE_STARTED: "ended_on", Shortcoming.HALF_A_PLACE: "latitude"}
CONCERNED = {
    Shortcoming.ENDED_BEFORE_STARTED: {"started_on", "ended_on"},
    Shortcoming.HALF_A_PLACE: {"latitude", "longitude"},
}
NOTHING = dict.fromkeys(("started_on", "ended_on", "latitude", "longitude"))
LINES_NAMED = 5

Heading = Callable[[str], str]


class What(StrEnum):
    """What becomes of a line. `LEFT`: the service is not touched, and `reason` says why."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    LEFT = "left"
    REFUSED = "refused"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Step:
    """What one line changes. `values` and `references` are what is to be written.

    `pk`: the service that is there, where one is. `before`: what it says of `values`. `page`:
    the address to note beside it. `note`: what somebody should know of the attachment to the
    matrix.
    """

    number: int
    title: str
    what: What
    pk: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    page: str = ""
    may_be_published: bool = False
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    note: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """The names of what is written."""
        names = [*self.values, *(["reference_services"] if self.references else [])]
        return [*names, *(["page"] if self.page else [])]


class Planner:
    """Joins the lines of a file to the services that are there."""

    def __init__(
        self,
        services: Iterable[Service],
        referential: Referential,
        heading: Heading,
        today: date,
    ) -> None:
        self._referential, self._heading, self._today = referential, heading, today
        self._by_page: dict[str, list[Service]] = {}
        self._by_title: dict[str, dict[int, Service]] = {}
        for service in services:
            if service.page:
                self._by_page.setdefault(_place(service.page), []).append(service)
            for title in service.titles:
                self._by_title.setdefault(_folded(title), {})[service.pk] = service

    def run(self, read: Iterable[Facts | Refused | Example]) -> list[Step]:
        """What each line would change, in the order of the file."""
        read = list(read)
        twice = self._twice([one for one in read if isinstance(one, Facts)])
        return [self._step(one, twice) for one in read]

    def _step(self, one: Facts | Refused | Example, twice: Mapping[int, Problem]) -> Step:
        if isinstance(one, Example):
            return Step(one.number, one.title, What.EXAMPLE)
        if isinstance(one, Refused):
            return self._refused(one, *one.problems)
        try:
            service, by_page = self._match(one)
        except _Doubt as doubt:
            return self._refused(one, doubt.problem)
        if one.number in twice:
            return self._refused(one, twice[one.number])
        if service is None:
            return self._add(one)
        # Matched by its title, it has that title already, written as somebody chose.
        values = {name: one.values[name] for name in one.values if by_page or name != "title"}
        return self._change(replace(one, values=values), service)

    def _refused(self, one: Facts | Refused, *problems: Problem) -> Step:
        return Step(one.number, one.title, What.REFUSED, problems=problems)

    # Which service a line is about.

    def _match(self, facts: Facts) -> tuple[Service | None, bool]:
        """The service of the line, if it is there; and whether its page told so."""
        if facts.page and (found := self._by_page.get(_place(facts.page))):
            if len(found) > 1:
                raise self._doubt("page", _("Several services have this Villes Internet page."))
            return found[0], True
        found = list(self._by_title.get(_folded(facts.title), {}).values())
        if len(found) > 1:
            raise self._doubt(
                "title",
                _("Several services have this title: give the Villes Internet page of this one."),
            )
        if found and facts.page and found[0].page:
            raise self._doubt(
                "page",
                _("The service of this title has another Villes Internet page: %(page)s.")
                % {"page": short(found[0].page)},
            )
        return (found[0] if found else None), False

    def _doubt(self, name: str, reason: str) -> "_Doubt":
        return _Doubt(Problem(self._heading(name), reason))

    def _twice(self, facts: Sequence[Facts]) -> dict[int, Problem]:
        """The lines that are about one service, or that would make two of one title."""
        by_page: dict[str, list[Facts]] = {}
        by_title: dict[str, list[Facts]] = {}
        for one in facts:
            if one.page:
                by_page.setdefault(_place(one.page), []).append(one)
            if not one.page or _place(one.page) not in self._by_page:
                by_title.setdefault(_folded(one.title), []).append(one)
        found = dict(self._same("title", _told_apart(by_title, self._by_title)))
        found |= self._same("page", (group for group in by_page.values() if len(group) > 1))
        return found

    def _same(self, name: str, groups: Iterable[list[Facts]]) -> Iterator[tuple[int, Problem]]:
        for group in groups:
            lines = ", ".join(str(one.number) for one in group[:LINES_NAMED])
            if len(group) > LINES_NAMED:
                lines += "…"
            said = (
                _("Several lines have this title (%(lines)s): keep one of them.")
                if name == "title"
                else _("Several lines have this Villes Internet page (%(lines)s): keep one.")
            )
            problem = Problem(self._heading(name), said % {"lines": lines})
            yield from ((one.number, problem) for one in group)

    # What it changes.

    def _add(self, facts: Facts) -> Step:
        if problem := self._wrong(facts.values, facts.values) or self._retired(facts, ()):
            return self._refused(facts, problem)
        references, note = facts.references, ""
        if not references:
            references, note = self._proposed(facts)
        return Step(
            facts.number,
            facts.title,
            What.ADD,
            values=facts.values,
            references=references,
            page=facts.page,
            # What was attached after its title is for somebody to check first.
            may_be_published=bool(facts.references),
            note=note,
        )

    def _change(self, facts: Facts, service: Service) -> Step:
        references, note = facts.references, ""
        if not references and facts.themes and not service.latest.references:
            references, note = self._proposed(facts)
        page = "" if not facts.page or _place(facts.page) == _place(service.page) else facts.page
        as_it_is = (
            service.row.differs(facts.values, references, self._today)
            if service.live
            else {"title"}
        )
        changed = service.latest.differs(facts.values, references, self._today)
        if not as_it_is or not changed:
            if page and service.obstacle:
                return self._left(facts, service, service.obstacle)
            what = What.CHANGE if page else What.SAME
            return Step(facts.number, facts.title, what, pk=service.pk, page=page)
        values = {name: value for name, value in facts.values.items() if name in changed}
        merged = {**service.latest.values, **values}
        attached = service.latest.references
        if problem := self._wrong(merged, values) or self._retired(facts, attached):
            return self._refused(facts, problem)
        if reason := self._why_left(service):
            return self._left(facts, service, reason)
        return Step(
            facts.number,
            facts.title,
            What.CHANGE,
            pk=service.pk,
            values=values,
            references=references if "reference_services" in changed else (),
            page=page,
            # What somebody took offline stays so.
            may_be_published=(service.live or not service.was_published)
            and bool(facts.references or attached),
            note=note,
            before={name: service.latest.values.get(name) for name in values},
        )

    def _left(self, facts: Facts, service: Service, reason: str) -> Step:
        return Step(facts.number, facts.title, What.LEFT, pk=service.pk, reason=reason)

    def _why_left(self, service: Service) -> str:
        if service.obstacle:
            return service.obstacle
        if service.draft_is_ours or (service.live and service.draft is None):
            return ""
        return _("Somebody is working on a draft of it: it is left as it is.")

    def _wrong(self, values: Mapping[str, Any], new: Mapping[str, Any]) -> Problem | None:
        """What does not hold together once `new` is among `values`."""
        facts = {"summary": "", "url": "", "offline_alternative": "", **NOTHING, **values}
        for found in shortcomings(SimpleNamespace(**facts), [None]):
            if found in SAID_AT and CONCERNED[found] & new.keys():
                return Problem(self._heading(SAID_AT[found]), found.message)
        return None

    def _retired(self, facts: Facts, attached: Iterable[str]) -> Problem | None:
        gone = self._referential.retired.intersection(facts.references) - set(attached)
        if not gone:
            return None
        said = _("No longer in the matrix in use: %(codes)s.") % {"codes": ", ".join(sorted(gone))}
        return Problem(self._heading("reference_services"), said)

    def _proposed(self, facts: Facts) -> tuple[tuple[str, ...], str]:
        """What the title, and the theme where one is given, attach the service to; and why."""
        proposal = self._referential.propose(facts.title, facts.themes)
        labels = ", ".join(_("“%(label)s”") % {"label": label} for label in proposal.labels)
        if proposal.code:
            said = _("Attached to “%(label)s” after its title: to be checked.")
            return (proposal.code,), said % {"label": self._referential.label(proposal.code)}
        if labels:
            said = _("To be attached to the matrix. Perhaps: %(labels)s.")
            return (), said % {"labels": labels}
        return (), _("To be attached to the matrix.")


class _Doubt(Exception):
    """Which service the line is about is not certain."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def _told_apart(
    by_title: Mapping[str, list[Facts]], known: Mapping[str, Any]
) -> Iterator[list[Facts]]:
    """The groups of lines of one title that nothing else tells apart."""
    for title, group in by_title.items():
        if len(group) > 1 and (title in known or not all(one.page for one in group)):
            yield group


def _folded(title: str) -> str:
    """A title as it is matched; the title itself where it has no letter of ours."""
    return " ".join(plain_words(title)) or title.casefold().strip()


def _place(address: str) -> str:
    """An address as it is matched: « http » and « www » aside, whatever the case of its host."""
    host, slash, rest = SCHEME.sub("", address.strip()).partition("/")
    return f"{host.lower()}{slash}{rest}".rstrip("/")
