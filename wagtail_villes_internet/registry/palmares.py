"""The list of one edition at a registry: its pages, and how they are followed to the end.

Contract, « Resources » (`GET palmares/{year}`) and « Paging ».
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import members as read
from .decode import Malformed
from .errors import Unparsable
from .members import Object, an_object
from .parse import award, insee_code
from .types import SIREN, RemoteAward

PAGE = 500
# More than the communes and intercommunalities of France: a list that goes on is no list.
MOST_AWARDS = 100_000
LONGEST_CURSOR = 2_000


@dataclass(frozen=True, slots=True)
class ListedAuthority:
    """Whom an award is of, as the registry knows it: it need not be one that transmits."""

    siren: str | None
    insee: str | None
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class ListedAward:
    award: RemoteAward
    authority: ListedAuthority


@dataclass(frozen=True, slots=True)
class PalmaresPage:
    """Some awards of one edition. `next`: the cursor of the page after it, None at the end;
    `total`: how many awards there are; `complete`: whether the list names everyone."""

    items: tuple[ListedAward, ...]
    next: str | None
    total: int
    complete: bool


def parse_page(data: object, year: int) -> PalmaresPage:
    """`GET palmares/{year}`. Raises `Malformed`."""
    given = an_object(data)
    return PalmaresPage(
        items=tuple(_listed(item, year) for item in read.objects(given, "items")),
        next=read.maybe(_cursor, given, "next"),
        total=read.count(given, "total"),
        complete=read.boolean(given, "complete"),
    )


def _listed(given: Object, year: int) -> ListedAward:
    who = an_object(read.member(given, "authority"))
    found = award(given)
    if found.edition != year:
        raise Malformed("another edition")
    return ListedAward(
        found,
        ListedAuthority(
            siren=read.maybe(_siren, who, "siren"),
            insee=read.maybe(insee_code, who, "insee"),
            name=read.name_(who, "name"),
            place=_place(who),
        ),
    )


def _siren(given: Object, name: str) -> str:
    if not SIREN.fullmatch(value := read.text(given, name)):
        raise Malformed(name)
    return value


def _place(who: Object) -> str:
    """May be empty: not every source says it."""
    return read.name_(who, "place") if read.optional(read.text, who, "place") else ""


def _cursor(given: Object, name: str) -> str:
    if not 0 < len(value := read.text(given, name)) <= LONGEST_CURSOR:
        raise Malformed(name)
    return value


def follow(ask: Callable[[str | None], PalmaresPage]) -> Iterator[PalmaresPage]:
    """Every page, from the first to the one without a next.

    Raises `Unparsable` where a registry leads round in a circle, or for ever on.
    """
    cursor: str | None = None
    cursors: set[str] = set()
    seen: set[tuple[str, ListedAuthority]] = set()
    while True:
        page = ask(cursor)
        told = {(listed.award.id, listed.authority) for listed in page.items}
        if len(told) != len(page.items) or told & seen:
            raise Unparsable
        seen |= told
        yield page
        if page.next is None:
            return
        if not page.items or page.next in cursors or len(seen) > MOST_AWARDS:
            raise Unparsable
        cursors.add(page.next)
        cursor = page.next
