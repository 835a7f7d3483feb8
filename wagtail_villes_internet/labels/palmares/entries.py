"""What travels from a file, or a registry, to the database. Pure."""

from dataclasses import dataclass

STATED, DEDUCED = "stated", "deduced"
WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says. `siren`, `insee`: those the source itself gives, else empty.

    `standing` is one of `Award.Standing`, `level` is 1 to 5 or None; `source` is an address, or
    words where there is none; `basis` is `STATED` or `DEDUCED`.
    """

    number: int
    year: int
    name: str
    place: str
    standing: str
    level: int | None
    mentions: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    basis: str = STATED
    siren: str = ""
    insee: str = ""


def web_address(source: str) -> str:
    """`source` where a page may link to it, else nothing."""
    return source if source.startswith(WEB) else ""
