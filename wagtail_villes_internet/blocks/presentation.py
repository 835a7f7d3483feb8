"""What the templates of the badge, the history and the services are given.

Pure: built from a record or a listing, by a block and by a template tag alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..labels.drawing import SIZES, Dots, Drawing, dots, draw
from ..labels.models import Award
from ..labels.record import LabelRecord, Mention, Unstated, Won
from ..services.listing import ListedAxis, Listing

HEADING_LEVELS = {"h2": 2, "h3": 3, "h4": 4, "h5": 5}


@dataclass(frozen=True, slots=True)
class Badge:
    """The badge of the newest award. `spoken` is its accessible name (RGAA 1.1, 1.3)."""

    award: Won
    spoken: str
    drawing: Drawing


def badge_of(record: LabelRecord | None, today: date, size: str = "regular") -> Badge | None:
    """None where there is no award to show. An unknown size is drawn as the regular one."""
    if record is None or (award := record.shown) is None:
        return None
    wording = record.wording(award, today)
    size = size if size in SIZES else "regular"
    return Badge(award, wording.spoken, draw(wording, award.level, record.scale, size))


@dataclass(frozen=True, slots=True)
class ShownMention:
    name: str
    valid_until: date | None
    expired: bool


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One edition of the history, of which an award is stated."""

    award: Won
    outcome: str
    took_part: bool
    dots: Dots | None
    mentions: tuple[ShownMention, ...]


@dataclass(frozen=True, slots=True)
class UnstatedLine:
    """Editions in a row of which nothing is stated."""

    unstated: Unstated
    award: None = None


def history_of(record: LabelRecord | None, today: date) -> tuple[AwardLine | UnstatedLine, ...]:
    """The lines of the history, newest first; none where nothing is stated."""
    return tuple(_lines(record, today)) if record else ()


def _lines(record: LabelRecord, today: date) -> Iterator[AwardLine | UnstatedLine]:
    for row in record.rows:
        if isinstance(row, Unstated):
            yield UnstatedLine(row)
        else:
            yield AwardLine(
                award=row,
                outcome=record.wording(row, today).whole_outcome,
                took_part=row.standing != Award.Standing.NOT_PARTICIPATING,
                dots=dots(row.level, record.scale.highest) if row.level else None,
                mentions=tuple(_mention(mention, today) for mention in row.mentions),
            )


def _mention(mention: Mention, today: date) -> ShownMention:
    return ShownMention(mention.name, mention.valid_until, mention.has_expired(today))


@dataclass(frozen=True, slots=True)
class Services:
    """The services by domain and theme. `unofficial`: the placing binds the town alone."""

    axes: tuple[ListedAxis, ...]
    unofficial: bool


def services_of(listing: Listing | None, *, show_empty: bool = False) -> Services | None:
    """None where the site is bound to no authority."""
    if listing is None:
        return None
    axes = listing.axes if show_empty else tuple(_without_empty_themes(listing))
    return Services(axes, unofficial=bool(axes) and not listing.official)


def _without_empty_themes(listing: Listing) -> Iterator[ListedAxis]:
    for axis in listing.axes:
        if themes := tuple(theme for theme in axis.themes if theme.services):
            yield ListedAxis(axis.code, axis.label, themes)


def heading_level(chosen: str) -> int:
    """The number of a heading level such as `h3`; 2 for anything else."""
    return HEADING_LEVELS.get(chosen, 2)
