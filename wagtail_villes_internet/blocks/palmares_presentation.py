"""What the template of a published list is given.

Pure: built from a list and from who looks at it, by a block and by a template tag alike. It is no
ranking, as the association insists: groups by level, names in alphabetical order, no number.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..labels.models import Award
from ..labels.palmares.entries import web_address
from ..labels.palmares.listing import Group, ListedTown, PalmaresList
from ..labels.standing import Scale

Standing = Award.Standing

# A list that is longer than some screens is folded, a level at a time.
FOLDED_FROM = 60
DEPARTMENT, REGION = "D", "R"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose page it is: its own line is marked, and its department may be the one shown."""

    siren: str = ""
    insee: str = ""
    department: str = ""
    region: str = ""

    def is_of(self, town: ListedTown) -> bool:
        return bool(town.siren and town.siren == self.siren) or bool(
            town.insee and town.insee == self.insee
        )


@dataclass(frozen=True, slots=True)
class Area:
    """The part of France shown: a department or a region by its code, and its name."""

    kind: str
    code: str
    name: str

    def holds(self, town: ListedTown) -> bool:
        return self.code == (town.department if self.kind == DEPARTMENT else town.region)


@dataclass(frozen=True, slots=True)
class TownLine:
    """A line of the list. `note`: what it says besides the heading of its group."""

    name: str
    place: str
    note: str
    mentions: tuple[str, ...]
    deduced: bool
    own: bool


@dataclass(frozen=True, slots=True)
class LevelGroup:
    """`level` is None for those who have none; `count` is said in words."""

    heading: str
    level: int | None
    count: str
    lines: tuple[TownLine, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line was read. `url` is empty for what has no address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Palmares:
    """A list ready to be written. `extent` says how much of the edition it holds."""

    year: int
    heading: str
    extent: str
    groups: tuple[LevelGroup, ...]
    folded: bool
    some_deduced: bool
    sources: tuple[Source, ...]


def area_of(
    chosen: str,
    viewer: Viewer,
    departments: Mapping[str, str],
    regions: Mapping[str, str],
) -> Area | None:
    """The area of an option: `department` or `region` for the viewer's own, else a letter and a
    code, such as `D34` or `R76`. None for the whole list, or for what is no area."""
    own = {"department": f"{DEPARTMENT}{viewer.department}", "region": f"{REGION}{viewer.region}"}
    chosen = own.get(chosen, chosen)
    kind, code = chosen[:1], chosen[1:]
    name = {DEPARTMENT: departments, REGION: regions}.get(kind, {}).get(code)
    return Area(kind, code, name) if name else None


def palmares_of(
    listed: PalmaresList | None,
    viewer: Viewer,
    area: Area | None = None,
    departments: Mapping[str, str] | None = None,
) -> Palmares | None:
    """None where no edition has a list. An area where nobody was labelled has no group.

    `departments`: names by code; where they are not given, places are as they were printed.
    """
    if listed is None:
        return None
    groups = [
        (group, [town for town in group.towns if area is None or area.holds(town)])
        for group in listed.groups
    ]
    groups = [(group, towns) for group, towns in groups if towns]
    shown = [town for _group, towns in groups for town in towns]
    folded = len(shown) >= FOLDED_FROM
    return Palmares(
        year=listed.year,
        heading=_heading(listed, area),
        extent=_extent(listed, len(shown), area),
        groups=tuple(_level_groups(listed, groups, viewer, area, departments or {})),
        folded=folded,
        some_deduced=any(town.deduced for town in shown),
        sources=tuple(_sources(listed, shown)),
    )


def _heading(listed: PalmaresList, area: Area | None) -> str:
    facts = {"programme": listed.programme, "year": listed.year, "area": area and area.name}
    if area:
        return _("%(programme)s list %(year)s: %(area)s") % facts
    return _("%(programme)s list %(year)s") % facts


def _extent(listed: PalmaresList, shown: int, area: Area | None) -> str:
    """How many, and out of how many: a list that is not complete says so before anything else."""
    known = _authorities(listed.count)
    if listed.complete:
        whole = known
    elif listed.labelled and listed.labelled > listed.count:
        whole = _("Extract: %(known)s out of %(labelled)d") % {
            "known": known,
            "labelled": listed.labelled,
        }
    else:
        whole = _("Extract: %(known)s") % {"known": known}
    if area is None:
        return whole
    return _("%(whole)s, of which here %(shown)d") % {"whole": whole, "shown": shown}


def _authorities(number: int) -> str:
    return ngettext("%(n)d local authority", "%(n)d local authorities", number) % {"n": number}


def _level_groups(
    listed: PalmaresList,
    groups: Iterable[tuple[Group, list[ListedTown]]],
    viewer: Viewer,
    area: Area | None,
    departments: Mapping[str, str],
) -> Iterator[LevelGroup]:
    scale = Scale(listed.programme, listed.unit, listed.unit_plural, listed.highest)
    groups = list(groups)
    is_one_department = area is not None and area.kind == DEPARTMENT
    own = [any(viewer.is_of(town) for town in towns) for _group, towns in groups]
    for at, (group, towns) in enumerate(groups):
        yield LevelGroup(
            heading=_group_heading(group, scale),
            level=group.level,
            count=_authorities(len(towns)),
            lines=tuple(
                TownLine(
                    name=town.name,
                    place="" if is_one_department else departments.get(town.department, town.place),
                    note=_note(town, group, scale),
                    mentions=town.mentions,
                    deduced=town.deduced,
                    own=viewer.is_of(town),
                )
                for town in towns
            ),
            open=own[at] if any(own) else at == 0,
        )


def _group_heading(group: Group, scale: Scale) -> str:
    match group.standing:
        case Standing.OUT_OF_COMPETITION:
            return _("Out of competition")
        case Standing.MENTION_ONLY:
            return _("Mention without a level")
        case Standing.LABELLED if group.level:
            return scale.in_words(group.level)
        case _:
            return _("Level not stated")


def _note(town: ListedTown, group: Group, scale: Scale) -> str:
    return scale.in_words(town.level) if town.level and town.level != group.level else ""


def _sources(listed: PalmaresList, towns: Iterable[ListedTown]) -> Iterator[Source]:
    """Each source once; an address is shown without what all addresses begin with."""
    given = dict.fromkeys([listed.source_url, *(town.source for town in towns)])
    for source in filter(None, given):
        url = web_address(source)
        yield Source(source.split("://", 1)[1].rstrip("/") if url else source, url)
