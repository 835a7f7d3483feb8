"""The history as a chart: levels go up, editions go on, one step an award.

Pure. Levels are written beside their steps, so that the chart says nothing by height or colour
alone; the table that goes with it holds the same numbers (RGAA 1.6, 3.1). Editions of which nothing
is stated are one column, whatever their number.
"""

from dataclasses import dataclass

from .record import LabelRecord, Unstated, Won

COLUMN, ROW = 72, 34
# So many columns can be shown larger, and still be read on a telephone's width.
FEW, LARGER = 4, 1.4
LEFT, TOP, RIGHT, FOOT = 34, 26, 12, 46


@dataclass(frozen=True, slots=True)
class Step:
    """One award with a level: a column whose top left is at `x1`, `y`, down to the base."""

    year: int
    level: int
    x1: int
    middle: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """What stands under a column; `mark`: what stands in it where there is no level."""

    label: str
    middle: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    number: int
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be written; `path` joins the steps of editions that follow one another."""

    width: int
    height: int
    base: int
    left: int
    right: int
    levels: tuple[Level, ...]
    steps: tuple[Step, ...]
    columns: tuple[Column, ...]
    path: str

    @property
    def few(self) -> bool:
        return len(self.columns) <= FEW

    @property
    def shown_width(self) -> int:
        return round(self.width * LARGER) if self.few else self.width

    @property
    def shown_height(self) -> int:
        return round(self.height * self.shown_width / self.width)

    @property
    def years_y(self) -> int:
        return self.base + 20

    @property
    def mark_y(self) -> int:
        return self.base - 8


def chart(record: LabelRecord) -> Chart | None:
    """None where no level is stated: there is nothing to draw."""
    rows = list(reversed(record.rows))
    highest = record.scale.highest
    if not any(isinstance(row, Won) and row.level for row in rows):
        return None
    base = TOP + ROW * highest
    steps, columns, path = [], [], []
    joined = False
    for n, row in enumerate(rows):
        x = LEFT + COLUMN * n
        middle = x + COLUMN // 2
        columns.append(_column(row, middle))
        if isinstance(row, Won) and row.level:
            y = base - ROW * row.level
            steps.append(Step(row.year, row.level, x, middle, y, COLUMN, base - y))
            path.append(f"{'V' if joined else f'M{x} '}{y}H{x + COLUMN}")
            joined = True
        else:
            joined = False
    width = LEFT + COLUMN * len(rows) + RIGHT
    return Chart(
        width=width,
        height=base + FOOT,
        base=base,
        left=LEFT,
        right=width - RIGHT,
        levels=tuple(Level(n, base - ROW * n) for n in range(1, highest + 1)),
        steps=tuple(steps),
        columns=tuple(columns),
        path="".join(path),
    )


def _column(row: Won | Unstated, middle: int) -> Column:
    if isinstance(row, Unstated):
        same = row.first == row.last
        return Column(str(row.first) if same else f"{row.first}-{row.last}", middle, "…")
    return Column(str(row.year), middle, "" if row.level else "–")
