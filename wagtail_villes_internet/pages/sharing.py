"""The picture that other sites show of « En un coup d’œil » when somebody shares its address.

Pure: measures are worked out here, the template only writes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..labels.drawing import Drawing, Text
from ..labels.symbols import number

# What Open Graph pictures are shown at without being cut.
WIDTH, HEIGHT = 1200, 630
# The strip along the bottom.
STRIP = 24
MIDDLE = (HEIGHT - STRIP) / 2
# Where the badge goes, and where the texts: left, room across; and down, for the badge.
BADGE = (70, 400, 500)
TEXTS = (540, 600)
NAME = 88.0
TOLD = 40.0
SMALLEST = 20.0
NAME_LINES, TOLD_LINES = 3, 6
NAME_LEADING, TOLD_LEADING = 1.1, 1.35
# Between the name and what is told, and between the parts of that, in pixels and in ems.
GAP, PART_GAP = 28.0, 0.45
# What letters of the font take at most on the whole of a line, in ems.
SMALL, CAPITAL, WIDEST = 0.52, 0.72, 0.95
WIDE = frozenset("MWmw@%—")
# What stays together on a line, with what follows it: a line may end after a hyphen.
PIECE = re.compile(r"[^ -]*(?:-+| +|$)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture ready to be written: the `drawing` of the badge moved to `x`, `y` and enlarged
    `scale` times, and the lines of text beside it."""

    drawing: Drawing
    x: str
    y: str
    scale: str
    name: tuple[Text, ...]
    told: tuple[Text, ...]
    width: int = WIDTH
    height: int = HEIGHT
    strip: int = STRIP

    @property
    def strip_y(self) -> int:
        return self.height - self.strip


def sheet_of(name: str, told: Sequence[str], drawing: Drawing) -> Sheet:
    """The badge beside the name of the town and what is told of it, each as large as it can be.

    Each part of `told` begins on a line of its own.
    """
    left, across, down = BADGE
    scale = min(across / drawing.shown_width, down / drawing.shown_height)
    names = _set([name], NAME, NAME_LINES, NAME_LEADING)
    sentences = _set(told, TOLD, TOLD_LINES, TOLD_LEADING)
    top = MIDDLE - (names.height + GAP + sentences.height) / 2
    return Sheet(
        drawing=drawing,
        x=number(left + (across - drawing.shown_width * scale) / 2),
        y=number(MIDDLE - drawing.shown_height * scale / 2),
        scale=f"{scale:.3f}",
        name=tuple(names.written(top)),
        told=tuple(sentences.written(top + names.height + GAP)),
    )


@dataclass(frozen=True, slots=True)
class _Composed:
    """Paragraphs broken into lines of one `size`."""

    paragraphs: tuple[tuple[str, ...], ...]
    size: float
    leading: float

    @property
    def count(self) -> int:
        return sum(map(len, self.paragraphs))

    @property
    def height(self) -> float:
        between = max(len(self.paragraphs) - 1, 0) * PART_GAP
        return (self.count * self.leading + between) * self.size

    def written(self, top: float) -> Iterator[Text]:
        # A capital is about 0.72 em high: it comes on the middle of its line.
        y = top + (self.leading / 2 + 0.36) * self.size
        for lines in self.paragraphs:
            for line in lines:
                yield Text(line, number(TEXTS[0]), number(y), number(self.size))
                y += self.leading * self.size
            y += PART_GAP * self.size


def _set(paragraphs: Sequence[str], size: float, most: int, leading: float) -> _Composed:
    """`paragraphs` on at most `most` lines, at the largest size up to `size` at which they hold.

    What holds at no size that can be read is cut.
    """
    while True:
        room = TEXTS[1] / size
        composed = _Composed(tuple(_broken(each, room) for each in paragraphs), size, leading)
        widest = max((_width(line) for lines in composed.paragraphs for line in lines), default=0)
        if (composed.count <= most and widest <= room) or size <= SMALLEST:
            break
        size = max(SMALLEST, size * 0.94)
    kept = []
    for lines in composed.paragraphs:
        kept.append(tuple(_cut(line, room) for line in lines[:most]))
        most -= len(kept[-1])
    return _Composed(tuple(kept), size, leading)


def _broken(text: str, room: float) -> tuple[str, ...]:
    """`text` on lines of at most `room` ems, as far as its words allow."""
    lines = [""]
    for piece in PIECE.findall(text):
        if lines[-1] and _width((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines if line.strip())


def _cut(line: str, room: float) -> str:
    while _width(line) > room:
        line = line[:-1]
    return line


def _width(text: str) -> float:
    return sum(
        WIDEST if letter in WIDE else CAPITAL if letter.isupper() else SMALL for letter in text
    )
