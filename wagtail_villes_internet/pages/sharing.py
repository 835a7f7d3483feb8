"""The picture that other sites show of « En un coup d’œil » when somebody shares its address.

Pure: measures are worked out here, the template only writes.
"""

import textwrap
from dataclasses import dataclass

from ..labels.drawing import LETTER_WIDTH, Drawing, Text, fit
from ..labels.symbols import number

# What Open Graph pictures are shown at without being cut.
WIDTH, HEIGHT = 1200, 630
# The strip along the bottom.
STRIP = 24
# Where the badge and the texts go: left, room across, room down.
BADGE = (70, 400, 500)
TEXTS = (540, 590, 520)
NAME, NAME_LINES = 88.0, 3
TOLD, TOLD_LINES = 40.0, 6
SMALLEST = 18.0
GAP = 28.0


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


def sheet_of(name: str, told: str, drawing: Drawing) -> Sheet:
    """The badge beside the name of the town and what is told of it, each as large as it can be."""
    middle = (HEIGHT - STRIP) / 2
    left, across, down = BADGE
    scale = min(across / drawing.shown_width, down / drawing.shown_height)
    x = left + (across - drawing.shown_width * scale) / 2
    y = middle - drawing.shown_height * scale / 2

    left, across, _down = TEXTS
    names, name_size = _lines(name, NAME, across, NAME_LINES)
    tells, told_size = _lines(told, TOLD, across, TOLD_LINES)
    name_height, told_height = 1.1 * name_size, 1.35 * told_size
    top = middle - (len(names) * name_height + GAP + len(tells) * told_height) / 2
    below = top + len(names) * name_height + GAP
    return Sheet(
        drawing=drawing,
        x=number(x),
        y=number(y),
        scale=f"{scale:.3f}",
        name=_written(names, left, top, name_height, name_size),
        told=_written(tells, left, below, told_height, told_size),
    )


def _lines(text: str, size: float, room: float, most: int) -> tuple[list[str], float]:
    """`text` on at most `most` lines, and the largest size up to `size` at which they hold."""
    while True:
        letters = max(1, int(room / (LETTER_WIDTH * size)))
        lines = textwrap.wrap(text, letters, break_long_words=False, break_on_hyphens=True)
        if len(lines) <= most or size <= SMALLEST:
            break
        size = max(SMALLEST, size * 0.94)
    lines = lines[:most]
    return lines, min((fit(line, size, room) for line in lines), default=size)


def _written(
    lines: list[str], x: float, top: float, height: float, size: float
) -> tuple[Text, ...]:
    # A capital is about 0.72 em high: it comes on the middle of its line.
    first = top + height / 2 + size * 0.36
    return tuple(
        Text(line, number(x), number(first + n * height), number(size))
        for n, line in enumerate(lines)
    )
