"""What the template of the PDF is given: the dossier as it is read on paper. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ...declared.wording import printed_html
from ..calendar import PARIS
from ..content import Content, Included, LeftOut, ThemeServices
from ..models import Filing
from .facts import COLUMNS, Fact, caption, heading, reference, state, texts, unofficial
from .marks import Export, Marks

# What is printed before them, or told by where they are printed.
ELSEWHERE = {"title", "summary", "description", "reference_services", "themes", "axes", "id"}
FACTS = tuple(column for column in COLUMNS if column.name not in ELSEWHERE)
# Beyond, services are listed with their summary: whole, each takes some 80 ms and 1 MB to set, a
# third of a page, and nobody carries hundreds of pages to a council.
MOST_IN_FULL = 200
ON_THEIR_WAY = (Filing.State.TO_SEND, Filing.State.TO_COPY)
# What the cover says; the rest of the heading stands at the end, with how to check it.
ON_THE_COVER = ("dated", "matrix", "receipt", "signed_off")


@dataclass(frozen=True, slots=True)
class PrintedService:
    """One service. `elsewhere` names the theme where it is told in full, empty where it is here;
    `anchor` is then that of the other place."""

    title: str
    anchor: str
    summary: str = ""
    description: SafeString = SafeString()
    references: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class PrintedTheme:
    label: str
    anchor: str
    services: tuple[PrintedService, ...]


@dataclass(frozen=True, slots=True)
class PrintedAxis:
    label: str
    anchor: str
    themes: tuple[PrintedTheme, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One line of the mosaic: how many services, and how many reference services have one.

    `share` only where the matrix is official.
    """

    axis: str
    theme: str
    services: int
    covered: int
    share: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """The whole. `mention` is what every page of what was not received carries beside its version;
    `dated` is ISO 8601."""

    caption: str
    authority: str
    year: str
    dated: str
    version: str
    mention: str
    is_draft: bool
    cover: tuple[Fact, ...]
    warnings: tuple[Fact, ...]
    notice: str
    tiles: tuple[Tile, ...]
    has_shares: bool
    total: int
    texts: tuple[Fact, ...]
    is_in_full: bool
    axes: tuple[PrintedAxis, ...]
    left_out: tuple[LeftOut, ...]
    proof: tuple[Fact, ...]


def printed(export: Export) -> Printed:
    content, marks = export.content, export.marks
    facts = tuple(heading(export))
    said = {fact.name: fact.value for fact in facts}
    return Printed(
        caption=caption(export),
        authority=content.authority["name"],
        year=str(content.year),
        dated=marks.dated.astimezone(PARIS).replace(microsecond=0).isoformat(),
        version=said["version"],
        mention=_mention(marks),
        is_draft=marks.is_draft,
        cover=tuple(fact for fact in facts if fact.name in ON_THE_COVER),
        warnings=tuple(fact for fact in facts if fact.name.startswith("flaw-")),
        notice="" if content.is_official else unofficial(),
        tiles=tuple(_tile(theme, content.is_official) for theme in content.themes),
        has_shares=content.is_official,
        total=len(content.included),
        texts=tuple(texts(content)),
        is_in_full=len(content.included) <= MOST_IN_FULL,
        axes=tuple(_axes(content)),
        left_out=content.left_out,
        proof=facts,
    )


def _mention(marks: Marks) -> str:
    """What a reader has to know of a version that was not received, or not as it was sent."""
    if marks.state in ON_THEIR_WAY:
        return _("not received yet")
    if marks.state == Filing.State.FILED:
        return ""
    told = state(marks)
    return told[:1].lower() + told[1:]


def _tile(theme: ThemeServices, is_official: bool) -> Tile:
    share = f"{theme.covered} / {len(theme.references)}" if is_official else ""
    return Tile(theme.axis_label, theme.label, len(theme.services), theme.covered, share)


def _axes(content: Content) -> Iterator[PrintedAxis]:
    """The themes that have a service, by axis; then what the matrix does not place."""
    told: dict[str, str] = {}
    by_axis = groupby(content.themes, key=lambda theme: (theme.axis, theme.axis_label))
    for number, ((_code, label), themes) in enumerate(by_axis, start=1):
        offered = tuple(_themes(content, themes, number, told))
        if offered:
            yield PrintedAxis(label, f"axis-{number}", offered)
    others = tuple(each for each in content.included if each.id not in told)
    if others:
        services = tuple(_service(content, each, "", told) for each in others)
        label = _("Without a theme of the matrix")
        yield PrintedAxis(
            label, "others", (PrintedTheme(_("Other services"), "others-services", services),)
        )


def _themes(
    content: Content, themes: Iterator[ThemeServices], axis: int, told: dict[str, str]
) -> Iterator[PrintedTheme]:
    for number, theme in enumerate(themes, start=1):
        if theme.services:
            services = tuple(_service(content, each, theme.label, told) for each in theme.services)
            yield PrintedTheme(theme.label, f"theme-{axis}-{number}", services)


def _service(
    content: Content, service: Included, theme: str, told: dict[str, str]
) -> PrintedService:
    """In full the first time, then where that is."""
    anchor = f"service-{service.id}"
    if service.id in told:
        return PrintedService(service.title, anchor, elsewhere=told[service.id])
    told[service.id] = theme
    # That residents are shown it goes without saying; that they are not does not.
    unsaid = {"public"} if service.fields["public"] else set()
    facts = (Fact(one.name, str(one.label), one.value(content, service)) for one in FACTS)
    return PrintedService(
        title=service.title,
        anchor=anchor,
        summary=service.fields["summary"],
        # Of the contract's canonical writer, which escapes all but its own tags.
        description=mark_safe(printed_html(service.fields["description"])),  # noqa: S308
        references=tuple(reference(content, code) for code in service.codes),
        facts=tuple(fact for fact in facts if fact.value and fact.name not in unsaid),
    )
