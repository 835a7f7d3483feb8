"""The services of a dossier: taken in, left out with a reason, and those that do not count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from ..dossiers.drafting import Draft, Line, choose_all
from ..dossiers.rules import Rule
from ..services.completeness import Gap
from ..services.models import DigitalService
from ..words import plain_words
from .access import may_tick_off
from .bulk import left_out_message
from .dossier_screen import DossierScreen

SHOWN = 50
"""Services on one page."""
FILTERS = ("q", "show", "theme")
PARTLY = "partly"
"""What `show` asks for those of the dossier that are filled in only in part."""
# Gaps that say how old a service is, not how it is filled in.
OF_AGE = frozenset({Gap.TOO_OLD, Gap.STALE})


class Group(StrEnum):
    """Where a service stands in a dossier."""

    IN = "in"
    LEFT_OUT = "left_out"
    NOT_COUNTING = "not_counting"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Group.IN: gettext_lazy("In the dossier"),
    Group.LEFT_OUT: gettext_lazy("Left out"),
    Group.NOT_COUNTING: gettext_lazy("Do not count"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One service of the list. `theme` is the label of the first it is of, empty for none."""

    line: Line
    group: Group
    rank: int
    theme: str
    themes: frozenset[str]
    edit_url: str = ""

    @property
    def remote_id(self) -> str:
        return self.line.candidate.remote_id

    @property
    def title(self) -> str:
        return self.line.candidate.title or _("(untitled)")

    @property
    def rules(self) -> list[Rule]:
        """Why it does not count, each with its source."""
        return [reason.rule for reason in self.line.candidate.reasons]

    @property
    def may_be_taken(self) -> bool:
        return not self.line.included and self.line.candidate.may_be_included

    @property
    def needs_a_reason(self) -> bool:
        """Whether leaving it out takes a word: the rules would count it."""
        return self.line.candidate.counts

    @property
    def gaps(self) -> list[Gap]:
        return gaps_in(self.line)

    def is_among(self, show: str) -> bool:
        """Whether it is of what `show` asks for; anything unknown is every one."""
        if show == PARTLY:
            return bool(self.gaps)
        return show not in set(Group) or self.group == show

    @property
    def heading(self) -> tuple[Group, str]:
        return self.group, self.theme if self.group == Group.IN else ""


def gaps_in(line: Line) -> list[Gap]:
    """What is not filled in of a service of the dossier, which counts all the same."""
    if not line.included:
        return []
    return [gap for gap in line.candidate.completeness.gaps if gap not in OF_AGE]


def rows_of(draft: Draft, may_edit: bool) -> list[Row]:
    """Every service, those of the dossier by theme, in the order of the matrix."""
    places: dict[str, tuple[int, str, str]] = {}
    for rank, theme in enumerate(draft.content.themes):
        for code, _label, _offered in theme.references:
            places.setdefault(code, (rank, theme.code, theme.label))
    edit = DigitalService.snippet_viewset.get_url_name("edit")
    return sorted(
        (_row(line, places, edit if may_edit else "") for line in draft.lines),
        key=lambda row: (list(Group).index(row.group), row.rank if row.group == Group.IN else 0),
    )


def _row(line: Line, places: Mapping[str, tuple[int, str, str]], edit: str) -> Row:
    candidate = line.candidate
    found = sorted(places[code] for code in candidate.codes if code in places)
    rank, _code, label = found[0] if found else (len(places), "", "")
    if line.included:
        group = Group.IN
    else:
        group = Group.LEFT_OUT if candidate.counts else Group.NOT_COUNTING
    url = reverse(edit, args=[candidate.pk]) if edit else ""
    return Row(line, group, rank, label, frozenset(code for _rank, code, _label in found), url)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among the services; anything unknown is every one."""

    q: str = ""
    show: str = ""
    theme: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Wanted":
        return cls(*(values.get(name, "").strip() for name in FILTERS))

    def among(self, rows: list[Row]) -> list[Row]:
        words = plain_words(self.q)
        return [
            row
            for row in rows
            if row.is_among(self.show)
            and (not self.theme or self.theme in row.themes)
            and all(word in " ".join(plain_words(row.title)) for word in words)
        ]

    def query(self, **more: object) -> str:
        """The end of the address that shows the same again."""
        query = QueryDict(mutable=True)
        given = {name: getattr(self, name) for name in FILTERS} | more
        query.update({name: value for name, value in given.items() if value})
        return f"?{query.urlencode()}" if query else ""


class ServicesView(DossierScreen):
    """Every service of the town. POST takes in or leaves out those that it names."""

    of_a_begun_dossier = True
    template_name = "wagtail_villes_internet/desk/dossier/services.html"
    page_title = gettext_lazy("Services")
    step = "services"

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.draft, may_tick_off(self.request.user))

    @cached_property
    def wanted(self) -> Wanted:
        """What the address asks for; forms post to it, and it is shown again afterwards."""
        return Wanted.of(self.request.GET)

    @property
    def here(self) -> str:
        return self.address("services") + self.wanted.query(p=self.request.GET.get("p", ""))

    def get_context_data(self, **kwargs):
        found = self.wanted.among(self.rows)
        page = Paginator(found, SHOWN).get_page(self.request.GET.get("p"))
        kwargs.setdefault("ticked", set())
        return super().get_context_data(
            page=page,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            sections=list(_sections(page.object_list)),
            wanted=self.wanted,
            tabs=self._tabs(),
            themes=[(theme.code, theme.label) for theme in self.draft.content.themes],
            count=len(found),
            here=self.here,
            all_of_them=self.address("services"),
            **kwargs,
        )

    def _tabs(self) -> list[dict[str, object]]:
        """The ways to the whole list and to each group, with how many they have."""
        rows = Wanted(self.wanted.q, "", self.wanted.theme).among(self.rows)
        labels = {"": _("All"), **{group: group.label for group in Group}}
        labels[PARTLY] = _("Filled in only in part")
        counts = {show: sum(row.is_among(show) for row in rows) for show in labels}
        return [
            {
                "label": labels[show],
                "count": number,
                "query": Wanted(self.wanted.q, show, self.wanted.theme).query() or "?",
                "is_current": self.wanted.show == show,
            }
            for show, number in counts.items()
        ]

    def post(self, request, *args, **kwargs):
        included = {"take": True, "leave": False}.get(request.POST.get("do", ""))
        if included is None:
            raise Http404
        asked, reason = self._asked(), request.POST.get("reason", "")
        if not asked:
            messages.error(request, _("Tick at least one service."))
            return self._again(asked, reason)
        idle = [] if included or reason.strip() else [line for line in asked if _is_out(line)]
        if idle:
            messages.warning(request, _said_of(len(idle)))
        kept = {line.candidate.remote_id for line in idle}
        rest = [line for line in asked if line.candidate.remote_id not in kept]
        done, refused = self._choose(rest, included, reason)
        if refused:
            messages.error(request, left_out_message(refused))
        if not done:
            return self._again(asked, reason)
        messages.success(request, _said(done, included))
        return redirect(self.here)

    def _asked(self) -> list[Line]:
        """What the form names: services of this town, or all those looked for."""
        if "all" in self.request.POST:
            return [row.line for row in self.wanted.among(self.rows)]
        lines = {row.remote_id: row.line for row in self.rows}
        try:
            return [lines[one] for one in dict.fromkeys(self.request.POST.getlist("service"))]
        except KeyError:
            raise Http404 from None

    def _choose(
        self, asked: list[Line], included: bool, reason: str
    ) -> tuple[int, list[tuple[object, str]]]:
        """How many were chosen, and what was refused: each by its title, with the reason."""
        candidates = [line.candidate for line in asked]
        refused = choose_all(self.dossier, candidates, included=included, reason=reason)
        said = [(one.title or _("(untitled)"), str(error)) for one, error in refused]
        return len(asked) - len(refused), said

    def _again(self, asked: list[Line], reason: str):
        """The same page, with what was ticked and typed."""
        ticked = {line.candidate.remote_id for line in asked}
        return self.render_to_response(self.get_context_data(ticked=ticked, reason=reason))


def _sections(rows: list[Row]) -> Iterator[dict[str, object]]:
    """The rows of one page, under the heading of their group and theme."""
    for (group, theme), found in groupby(rows, key=lambda row: row.heading):
        yield {"group": group, "theme": theme, "rows": list(found)}


def _is_out(line: Line) -> bool:
    """Whether leaving it out without a word changes nothing: it does not count by itself."""
    return not line.included and not line.candidate.counts and not line.reason


def _said_of(count: int) -> str:
    return ngettext(
        "%(n)s service does not count: it is not in the dossier already. Write a reason only if "
        "you want to keep one.",
        "%(n)s services do not count: they are not in the dossier already. Write a reason only if "
        "you want to keep one.",
        count,
    ) % {"n": count}


def _said(count: int, included: bool) -> str:
    if included:
        return ngettext(
            "%(n)s service is in the dossier.", "%(n)s services are in the dossier.", count
        ) % {"n": count}
    return ngettext("%(n)s service is left out.", "%(n)s services are left out.", count) % {
        "n": count
    }
