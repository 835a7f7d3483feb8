"""The badge, drawn by the package: a neutral enamel plate, none of the association's artwork.

The level is told by text, by a figure held in a symbol (an arobase for Villes Internet), and by
dots that are full or hollow: never by colour alone (RGAA 3.1). What is current is a full plate with
a double edge, what is past a plate in outline; the edge is broken out of competition. Colours are
the style sheet's; the attributes of the drawing are what shows without it. Pure: measures are
worked out here, the template only writes.
"""

from dataclasses import dataclass

from .models import Award
from .standing import Scale, Wording
from .symbols import FIGURE, number, symbol

# What a bold letter of the widest system fonts takes, in ems: text drawn here never overflows.
LETTER_WIDTH = 0.62
# A title that would have to be smaller than this part of its size takes two lines instead.
SMALLEST = 0.8

Standing = Award.Standing
SHAPES = {Standing.MENTION_ONLY: "mention", Standing.NOT_PARTICIPATING: "absence"}
EDGES = {Standing.OUT_OF_COMPETITION: "14 7", Standing.NOT_PARTICIPATING: "2 6"}


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line. Measures are strings, safe from locale formats."""

    content: str
    x: str
    y: str
    size: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    full: bool


@dataclass(frozen=True, slots=True)
class Dots:
    """The level among the levels there are, on one line."""

    y: str
    radius: str
    row: tuple[Dot, ...]

    @property
    def width(self) -> int:
        return 20 * len(self.row)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A badge ready to be written.

    `width` and `height` measure the drawing itself, `shown_…` the room it takes on a page;
    `inner_…` the line along its edge, of dashes where `edge` says so.
    """

    name: str
    layout: str
    current: bool
    width: int
    height: int
    shown_width: int
    anchor: str
    symbol: str
    thickness: str
    edge: str
    figure: Text | None
    lines: tuple[Text, ...]
    dots: Dots | None

    @property
    def shown_height(self) -> int:
        return round(self.height * self.shown_width / self.width)

    @property
    def ink(self) -> str:
        """What is drawn on the plate, as the attributes say it."""
        return "#fff" if self.current else "#12306b"

    @property
    def outer_width(self) -> int:
        return self.width - 3

    @property
    def outer_height(self) -> int:
        return self.height - 3

    @property
    def inner_width(self) -> int:
        return self.width - 10

    @property
    def inner_height(self) -> int:
        return self.height - 10


@dataclass(frozen=True, slots=True)
class Row:
    """Where dots go: from `x`, or around it, with a pitch that holds them in `room`."""

    x: float
    y: float
    radius: float
    pitch: float
    room: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go. `symbol`: centre and radius; `text`: where lines begin (or their middle) and
    the room they have; `lines`: base line and size of each; `note`: what one more line takes;
    `band`: what is saved without dots; `beside`: the room of the last line beside dots;
    `widths`: how wide each size is shown."""

    width: int
    height: int
    symbol: tuple[float, float, float]
    text: tuple[float, float]
    lines: tuple[tuple[float, float], ...]
    note: int
    dots: Row
    widths: dict[str, int]
    band: int = 0
    beside: float | None = None
    anchor: str = "start"


LAYOUTS = {
    # One line: a footer, a sidebar.
    "compact": Layout(
        264,
        56,
        symbol=(30, 28, 17),
        text=(58, 194),
        lines=((24, 13), (42, 13)),
        note=18,
        dots=Row(205, 37.5, 3.4, 10.5, 42),
        beside=138,
        widths={"mark": 264, "regular": 330, "hero": 396},
    ),
    # In the course of a page.
    "horizontal": Layout(
        320,
        116,
        symbol=(60, 58, 37),
        text=(115, 190),
        lines=((36, 16), (70, 34), (96, 16)),
        note=21,
        dots=Row(218, 58.5, 6, 19, 76),
        widths={"mark": 256, "regular": 320, "hero": 448},
    ),
    # The head of a page: the plate at the entrance of a town.
    "stacked": Layout(
        300,
        338,
        symbol=(150, 98, 60),
        text=(150, 252),
        lines=((206, 20), (252, 46), (311, 20)),
        note=24,
        dots=Row(150, 275, 8, 22, 230, centred=True),
        band=31,
        anchor="middle",
        widths={"mark": 180, "regular": 240, "hero": 300},
    ),
}
# The layout that suits each size where none is chosen.
SUITED = {"mark": "compact", "regular": "horizontal", "hero": "stacked"}
SIZES = tuple(SUITED)


def layout_of(size: str, layout: str = "") -> Layout:
    """Raises `KeyError` for a size or a layout that does not exist."""
    return LAYOUTS[layout or SUITED[size]]


def draw(
    wording: Wording, level: int | None, scale: Scale, size: str = "regular", layout: str = ""
) -> Drawing:
    """Draw an award in one of `SIZES` and of `LAYOUTS`, by default the one that suits the size.

    Raises `KeyError` for another size or layout.
    """
    places = layout_of(size, layout)
    lines = _Lines(places, saved=0 if level else places.band)
    lines.write_all(wording, beside_dots=bool(level))
    x, y, radius = places.symbol
    if places.anchor == "start":
        y += lines.added / 2
    kind = SHAPES.get(wording.standing, scale.symbol)
    return Drawing(
        name=size,
        layout=layout or SUITED[size],
        current=wording.current,
        width=places.width,
        height=places.height - lines.saved + lines.added,
        shown_width=places.widths[size],
        anchor=places.anchor,
        symbol=symbol(kind, x, y, radius, whole=not level),
        thickness=number(radius / 6),
        edge=EDGES.get(wording.standing, ""),
        figure=_figure(level, x, y, radius * FIGURE.get(kind, 1)) if level else None,
        lines=tuple(lines.written),
        dots=_dots(level, scale.highest, places.dots, lines.moved) if level else None,
    )


def dots(level: int, highest: int) -> Dots:
    """The level alone, in a box of 20 by 20 a dot."""
    return _dots(level, highest, Row(10, 10, 8, 20, 20 * highest))


def fit(content: str, size: float, room: float) -> float:
    """The largest size up to `size` at which `content` surely holds in `room`."""
    return min(size, room / (LETTER_WIDTH * max(len(content), 1)))


class _Lines:
    """Writes the lines of a badge down its layout. `added`: the height more than the layout has;
    `moved`: by how much what stands below the title has moved."""

    def __init__(self, layout: Layout, saved: int):
        self.layout = layout
        self.saved = saved
        self.added = 0
        self.moved = 0
        self.written: list[Text] = []

    def write_all(self, wording: Wording, *, beside_dots: bool) -> None:
        x, room = self.layout.text
        said = [wording.title, str(wording.year), wording.outcome]
        if len(self.layout.lines) == 2:
            said[:2] = [f"{wording.title} {wording.year}"]
        (y, size), *others = self.layout.lines
        title, *rest = self._broken(said[0], size, room)
        self._write(title, y, size, room)
        for part in rest:
            self.added += self.layout.note
            self._write(part, y, size, room)
        self.moved = self.added
        for content, (y, size) in zip(said[1:], others, strict=True):
            last = y == others[-1][0]
            beside = self.layout.beside if last and beside_dots else None
            self._write(content, y - (self.saved if last else 0), size, beside or room)
        if wording.note:
            y, size = others[-1]
            self.added += self.layout.note
            self._write(wording.note, y - self.saved, size, room)

    def _write(self, content: str, y: float, size: float, room: float) -> None:
        x = self.layout.text[0]
        size = fit(content, size, room)
        self.written.append(Text(content, number(x), number(y + self.added), number(size)))

    @staticmethod
    def _broken(content: str, size: float, room: float) -> list[str]:
        """`content` on one line, or on the two that leave it largest."""
        words = content.split(" ")
        if len(words) < 2 or fit(content, size, room) >= size * SMALLEST:
            return [content]
        pairs = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        return list(min(pairs, key=lambda pair: max(map(len, pair))))


def _figure(level: int, x: float, y: float, size: float) -> Text:
    # A figure is about 0.72 em high: its middle comes on the middle of the symbol.
    return Text(str(level), number(x), number(y + size * 0.36), number(size))


def _dots(level: int, highest: int, row: Row, moved: float = 0) -> Dots:
    pitch = min(row.pitch, row.room / max(highest - 1, 1))
    radius = min(row.radius, pitch * 0.4)
    first = row.x - (pitch * (highest - 1) / 2 if row.centred else 0)
    places = tuple(Dot(number(first + pitch * n), n < level) for n in range(highest))
    return Dots(number(row.y + moved), number(radius), places)
