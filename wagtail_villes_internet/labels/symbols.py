"""The shapes a badge shows a level in: lines only, so that any colour and any printer will do.

Pure. Each is drawn by a path around a centre; `whole` where no figure is held at its heart.
"""

from collections.abc import Callable
from math import cos, pi, radians, sin

from .models import LabelProgramme

Symbol = LabelProgramme.Symbol

# What a figure may take of each symbol's radius.
FIGURE = {Symbol.AROBASE: 1.1, Symbol.FLOWER: 0.95, Symbol.STAR: 0.8, Symbol.RING: 1.15}


def symbol(name: str, x: float, y: float, radius: float, *, whole: bool) -> str:
    """The path of symbol `name`; of a ring for a name that is not known."""
    return PATHS.get(name, ring)(x, y, radius, whole)


def arobase(x: float, y: float, radius: float, whole: bool) -> str:
    start = radians(52)
    hook = radius * 0.2
    path = (
        f"M{number(x + radius * cos(start))} {number(y + radius * sin(start))}"
        f"A{number(radius)} {number(radius)} 0 1 1 {number(x + radius)} {number(y)}"
        f"v{number(hook / 2)}"
        f"a{number(hook)} {number(hook)} 0 0 1 {number(-2 * hook)} 0"
    )
    if not whole:
        return path
    stem = number(x + radius - 2 * hook)
    bowl = number(radius * 0.4)
    there = f"a{bowl} {bowl} 0 1 1 {number(radius * -0.8)} 0"
    back = f"a{bowl} {bowl} 0 1 1 {number(radius * 0.8)} 0"
    return f"{path}V{number(y - radius * 0.42)}M{stem} {number(y)}{there}{back}"


def flower(x: float, y: float, radius: float, whole: bool) -> str:
    petals = 8
    notch = radius * 0.78
    petal = number(radius * 0.3)
    corners = [around(x, y, notch, n / petals) for n in range(petals)]
    arcs = "".join(f"A{petal} {petal} 0 0 1 {to}" for to in [*corners[1:], corners[0]])
    heart = circle(x, y, radius * 0.3) if whole else ""
    return f"M{corners[0]}{arcs}Z{heart}"


def star(x: float, y: float, radius: float, whole: bool) -> str:
    corners = [around(x, y, radius * (1 if n % 2 == 0 else 0.56), n / 10) for n in range(10)]
    return f"M{'L'.join(corners)}Z"


def ring(x: float, y: float, radius: float, whole: bool) -> str:
    return circle(x, y, radius) + (circle(x, y, radius * 0.45) if whole else "")


def mention(x: float, y: float, radius: float, whole: bool) -> str:
    """A star in a ring: a mention was given, and no level."""
    return circle(x, y, radius) + star(x, y, radius * 0.55, whole)


def absence(x: float, y: float, radius: float, whole: bool) -> str:
    """A bar in a ring: nobody took part."""
    half = radius * 0.4
    return f"{circle(x, y, radius)}M{number(x - half)} {number(y)}h{number(2 * half)}"


def circle(x: float, y: float, radius: float) -> str:
    r, across = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 1 {across} 0a{r} {r} 0 1 1 -{across} 0"


def around(x: float, y: float, radius: float, turn: float) -> str:
    """The point at `turn` (0 to 1, clockwise from the top) of a circle."""
    angle = 2 * pi * turn - pi / 2
    return f"{number(x + radius * cos(angle))} {number(y + radius * sin(angle))}"


def number(value: float) -> str:
    """As SVG writes it, in any language."""
    return f"{value:.1f}".removesuffix(".0")


PATHS: dict[str, Callable[[float, float, float, bool], str]] = {
    Symbol.AROBASE: arobase,
    Symbol.FLOWER: flower,
    Symbol.STAR: star,
    Symbol.RING: ring,
    "mention": mention,
    "absence": absence,
}
