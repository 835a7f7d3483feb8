"""The badge, drawn by the package: a neutral enamel plate, none of the association's artwork.

The level is told by text, by a figure held in the swirl of an arobase, and by dots that are full
or hollow: never by colour alone (RGAA 3.1). Colours are the style sheet's; the attributes of the
drawing are what shows without it. Pure: measures are worked out here, the template only writes.
"""

from dataclasses import dataclass
from math import cos, radians, sin

from .standing import Wording

# What a bold letter of the widest system fonts takes, in ems: text drawn here never overflows.
LETTER_WIDTH = 0.62


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
    """A badge ready to be written; `inner_…`: the white line along its edge."""

    name: str
    width: int
    height: int
    anchor: str
    swirl: str
    thickness: str
    figure: Text | None
    lines: tuple[Text, ...]
    dots: Dots | None

    @property
    def inner_width(self) -> int:
        return self.width - 10

    @property
    def inner_height(self) -> int:
        return self.height - 10


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go. `swirl`: centre and radius; `text`: where lines begin (or their middle) and
    the room they have; `lines`: base line and size of each; `note`: what one more line takes;
    `dots`: first centre, base line, radius and pitch; `band`: what is saved without them."""

    width: int
    height: int
    swirl: tuple[float, float, float]
    text: tuple[float, float]
    lines: tuple[tuple[float, float], ...]
    note: int
    dots: tuple[float, float, float, float] | None = None
    band: int = 0
    anchor: str = "start"


LAYOUTS = {
    # A line of a footer.
    "mark": Layout(
        264, 56, swirl=(30, 28, 17), text=(58, 194), lines=((24, 13), (42, 13)), note=18
    ),
    # In the course of a page.
    "regular": Layout(
        320,
        116,
        swirl=(60, 58, 37),
        text=(115, 190),
        lines=((36, 16), (70, 34), (96, 16)),
        note=21,
        dots=(218, 58.5, 6, 19),
    ),
    # The head of a page: the plate at the entrance of a town.
    "hero": Layout(
        300,
        338,
        swirl=(150, 98, 60),
        text=(150, 252),
        lines=((206, 20), (252, 46), (311, 20)),
        note=24,
        dots=(106, 275, 8, 22),
        band=31,
        anchor="middle",
    ),
}
SIZES = tuple(LAYOUTS)


def draw(wording: Wording, level: int | None, highest: int, size: str = "regular") -> Drawing:
    """Draw an award in one of `SIZES`. Raises `KeyError` for another size."""
    layout = LAYOUTS[size]
    shown = _dots(level, highest, *layout.dots) if level and layout.dots else None
    saved = 0 if shown else layout.band
    return Drawing(
        name=size,
        width=layout.width,
        height=layout.height - saved + (layout.note if wording.note else 0),
        anchor=layout.anchor,
        swirl=swirl(*layout.swirl, whole=not level),
        thickness=_number(layout.swirl[2] / 6),
        figure=_figure(level, *layout.swirl) if level else None,
        lines=_lines(wording, layout, saved),
        dots=shown,
    )


def dots(level: int, highest: int) -> Dots:
    """The level alone, in a box of 20 by 20 a dot."""
    return _dots(level, highest, 10, 10, 8, 20)


def fit(content: str, size: float, room: float) -> float:
    """The largest size up to `size` at which `content` surely holds in `room`."""
    return min(size, room / (LETTER_WIDTH * max(len(content), 1)))


def swirl(x: float, y: float, radius: float, *, whole: bool) -> str:
    """The path of an arobase around `x`, `y`: `whole`, or open at its heart for a figure."""
    start = radians(52)
    hook = radius * 0.2
    path = (
        f"M{_number(x + radius * cos(start))} {_number(y + radius * sin(start))}"
        f"A{_number(radius)} {_number(radius)} 0 1 1 {_number(x + radius)} {_number(y)}"
        f"v{_number(hook / 2)}"
        f"a{_number(hook)} {_number(hook)} 0 0 1 {_number(-2 * hook)} 0"
    )
    if not whole:
        return path
    stem = _number(x + radius - 2 * hook)
    bowl = _number(radius * 0.4)
    there = f"a{bowl} {bowl} 0 1 1 {_number(radius * -0.8)} 0"
    back = f"a{bowl} {bowl} 0 1 1 {_number(radius * 0.8)} 0"
    return f"{path}V{_number(y - radius * 0.42)}M{stem} {_number(y)}{there}{back}"


def _lines(wording: Wording, layout: Layout, saved: int) -> tuple[Text, ...]:
    said = [wording.title, str(wording.year), wording.outcome]
    if len(layout.lines) == 2:
        said[:2] = [f"{wording.title} {wording.year}"]
    places = list(layout.lines)
    y, size = places[-1]
    places[-1] = (y - saved, size)
    if wording.note:
        said.append(wording.note)
        places.append((y - saved + layout.note, size))
    x, room = layout.text
    return tuple(
        Text(content, _number(x), _number(y), _number(fit(content, size, room)))
        for content, (y, size) in zip(said, places, strict=True)
    )


def _figure(level: int, x: float, y: float, radius: float) -> Text:
    size = radius * 1.1
    # A figure is about 0.72 em high: its middle comes on the middle of the swirl.
    return Text(str(level), _number(x), _number(y + size * 0.36), _number(size))


def _dots(level: int, highest: int, x: float, y: float, radius: float, pitch: float) -> Dots:
    row = tuple(Dot(_number(x + pitch * n), n < level) for n in range(highest))
    return Dots(_number(y), _number(radius), row)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
