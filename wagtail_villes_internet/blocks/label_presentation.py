"""What the templates of the badge, the history and the labels are given.

Pure: built from a record, by a block and by a template tag alike.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from ..labels.chart import Chart, chart
from ..labels.drawing import LAYOUTS, SIZES, Dots, Drawing, dots, draw
from ..labels.models import Award
from ..labels.record import LabelRecord, Mention, Unstated, Won
from ..labels.story import in_words, longest_streak, sentence, steps

VIEWS = ("timeline", "table", "chart")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the host, at the size it is shown."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where something can be read; `name` is what a screen reader says of it."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Media:
    """What the host holds beside the awards, by primary key: photographs, and addresses of pages
    that are live."""

    photos: Mapping[int, Picture] = field(default_factory=dict)
    pages: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownMention:
    name: str
    valid_until: date | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """The badge of the newest award. `spoken` is its accessible name (RGAA 1.1, 1.3); `artwork`
    the picture that a town shows instead of our drawing; `mentions` those that are valid."""

    award: Won
    spoken: str
    drawing: Drawing
    mentions: tuple[ShownMention, ...] = ()
    artwork: Picture | None = None


def badge_of(
    record: LabelRecord | None,
    today: date,
    size: str = "regular",
    layout: str = "",
    artwork: Picture | None = None,
) -> Badge | None:
    """None where there is no award to show. An unknown size or layout is drawn as the usual one.

    The alternative text of `artwork` is that of the award; what it had is only added to it.
    """
    if record is None or (award := record.shown) is None:
        return None
    wording = record.wording(award, today)
    size = size if size in SIZES else "regular"
    layout = layout if layout in LAYOUTS else ""
    spoken = wording.spoken
    if artwork:
        added = f" – {artwork.alt}" if artwork.alt.strip() else ""
        artwork = Picture(artwork.url, artwork.width, artwork.height, spoken + added)
    valid = [m for m in mentions_of(award, today) if not m.expired]
    return Badge(
        award,
        spoken,
        draw(wording, award.level, record.scale, size, layout),
        mentions=() if size == "mark" else tuple(valid),
        artwork=artwork,
    )


def mentions_of(award: Won, today: date) -> Iterator[ShownMention]:
    for mention in award.mentions:
        yield _mention(mention, today)


def _mention(mention: Mention, today: date) -> ShownMention:
    return ShownMention(mention.name, mention.valid_until, mention.has_expired(today))


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One edition of the history, of which an award is stated."""

    award: Won
    outcome: str
    took_part: bool
    dots: Dots | None
    change: str
    mentions: tuple[ShownMention, ...]
    photo: Picture | None
    news: Link | None


@dataclass(frozen=True, slots=True)
class UnstatedLine:
    """Editions in a row of which nothing is stated."""

    unstated: Unstated
    award: None = None


@dataclass(frozen=True, slots=True)
class History:
    """The lines newest first, the same whichever view shows them. `sentence` sums them up, and
    `streak` where it says more; both may be empty."""

    lines: tuple[AwardLine | UnstatedLine, ...]
    view: str
    caption: str
    sentence: str
    streak: str
    chart: Chart | None
    spoken_chart: str
    chart_name: str

    @property
    def has_mentions(self) -> bool:
        return any(line.award and line.mentions for line in self.lines)

    @property
    def has_links(self) -> bool:
        return any(line.award and (line.news or line.award.source_url) for line in self.lines)

    @property
    def columns_after_edition(self) -> int:
        return 2 + self.has_mentions + self.has_links


def history_of(
    record: LabelRecord | None,
    today: date,
    view: str = "timeline",
    media: Media | None = None,
    *,
    summed_up: bool = True,
) -> History | None:
    """None where nothing is stated. An unknown view, or a chart without a level, is a timeline."""
    if record is None:
        return None
    view = view if view in VIEWS else "timeline"
    drawn = chart(record) if view == "chart" else None
    said = sentence(record) if summed_up else ""
    streak = longest_streak(record) if summed_up else ""
    programme = {"programme": record.scale.programme}
    return History(
        lines=tuple(_lines(record, today, media or Media())),
        view="table" if view == "chart" and drawn is None else view,
        caption=_("Label %(programme)s, edition by edition, newest first") % programme,
        sentence=said,
        streak="" if streak == said else streak,
        chart=drawn,
        spoken_chart=_spoken(record) if drawn else "",
        chart_name=_("Label %(programme)s: chart of the editions") % programme,
    )


def _spoken(record: LabelRecord) -> str:
    """The short alternative of the chart; the table beside it is the long one (RGAA 1.6)."""
    levels = [won for won in reversed(record.awards) if won.level]
    return _(
        "Chart of the levels of the label %(programme)s: %(first)s in %(first_year)d, "
        "%(last)s in %(last_year)d. The table that follows gives every edition."
    ) % {
        "programme": record.scale.programme,
        "first": record.scale.in_words(levels[0].level),
        "first_year": levels[0].year,
        "last": record.scale.in_words(levels[-1].level),
        "last_year": levels[-1].year,
    }


def _lines(record: LabelRecord, today: date, media: Media) -> Iterator[AwardLine | UnstatedLine]:
    changes = steps(record.rows)
    for row in record.rows:
        if isinstance(row, Unstated):
            yield UnstatedLine(row)
            continue
        change = changes.get(row.year)
        yield AwardLine(
            award=row,
            outcome=record.wording(row, today).whole_outcome,
            took_part=row.standing != Award.Standing.NOT_PARTICIPATING,
            dots=dots(row.level, record.scale.highest) if row.level else None,
            change=in_words(change) if change else "",
            mentions=tuple(mentions_of(row, today)),
            photo=media.photos.get(row.photo),
            news=_news(row, media),
        )


def _news(won: Won, media: Media) -> Link | None:
    url = media.pages.get(won.news_page) or won.news_url
    if not url:
        return None
    return Link(url, _("Read the news item, edition %(year)d") % {"year": won.year})


@dataclass(frozen=True, slots=True)
class HeldLabel:
    """A label among those a town holds. `url`: the programme's; `line`: the badge in words."""

    name: str
    url: str
    badge: Badge
    line: str


def labels_of(
    records: Iterable[LabelRecord], today: date, size: str = "regular"
) -> tuple[HeldLabel, ...]:
    """Every label of which an award is stated, in the order of `records`."""
    held = []
    for record in records:
        if badge := badge_of(record, today, size):
            wording = record.wording(badge.award, today)
            outcome = wording.outcome if record.scale.highest else _("label obtained")
            line = ", ".join(filter(None, [f"{wording.year}", outcome]))
            held.append(HeldLabel(record.scale.programme, record.url, badge, line))
    return tuple(held)
