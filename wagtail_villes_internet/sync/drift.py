"""How the two sides differ, service by service, said by content hashes only. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .plan import NOTHING, WantedService


class Sign(StrEnum):
    """How one service stands on the two sides."""

    SAME = "="
    DIFFERS = "*"
    HERE_ONLY = "+"
    THERE_ONLY = "-"
    UNKNOWN = "!"


class Doubt(StrEnum):
    """Why a difference cannot be told from what a person has still to say.

    It never hides that both sides are the same.
    """

    # Live and counted here, and not fit to be declared.
    INCOMPLETE = "incomplete"
    # It has a reference service that the registry's matrix lacks.
    UNKNOWN_CODE = "unknown_code"
    # It waits for confirmation.
    HELD = "held"
    # The registry gives a content, and the hash of another.
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at the registry under one id: the content hash of what it shows, and its title.

    `altered`: this site wrote it, and sent something else. `contradicted`: the hash that the
    registry gives is another. `from_site`: whoever last wrote it had a token, and is not known
    here; it was not the registry's own people.
    """

    hash: str
    title: str = ""
    altered: bool = False
    contradicted: bool = False
    from_site: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One service, and how it stands on the two sides.

    `minted_here`: the id is, or was, that of a service of this authority. `doubt` is said with
    `Sign.UNKNOWN` only. `from_site` is the standing's.
    """

    sign: Sign
    id: str
    title: str
    altered: bool = False
    minted_here: bool = True
    doubt: Doubt | None = None
    from_site: bool = False


def sign_of(wanted: str, there: str, doubt: Doubt | None = None) -> Sign:
    """The sign of one service, by the content hashes of what is wanted and what is there.

    Either may be empty: nothing. Both empty is only met in doubt.
    """
    if wanted == there != NOTHING:
        return Sign.SAME
    if doubt or wanted == there:
        return Sign.UNKNOWN
    if there == NOTHING:
        return Sign.HERE_ONLY
    return Sign.THERE_ONLY if wanted == NOTHING else Sign.DIFFERS


def compare(
    wanted: Mapping[str, WantedService],
    there: Mapping[str, Standing],
    doubts: Mapping[str, Doubt],
    minted: Mapping[str, str],
) -> list[Line]:
    """A line for each service that is wanted here, incomplete here or there, by title.

    `doubts` are this site's, by id. `minted` are the titles here of what is not wanted and is or
    was this authority's, by id.
    """
    incomplete = {id for id, doubt in doubts.items() if doubt is Doubt.INCOMPLETE}
    lines = [
        _line(id, wanted.get(id), there.get(id), doubts.get(id), minted)
        for id in wanted.keys() | there.keys() | incomplete
    ]
    return sorted(lines, key=lambda line: (line.title.casefold(), line.id))


def _line(
    id: str,
    wanted: WantedService | None,
    there: Standing | None,
    doubt: Doubt | None,
    minted: Mapping[str, str],
) -> Line:
    if doubt is None and there and there.contradicted:
        doubt = Doubt.CONTRADICTION
    sign = sign_of(wanted.hash if wanted else NOTHING, there.hash if there else NOTHING, doubt)
    known_here = wanted.title if wanted else minted.get(id, "")
    return Line(
        sign,
        id,
        known_here or (there.title if there else ""),
        altered=bool(there and there.altered),
        minted_here=bool(wanted) or id in minted,
        doubt=doubt if sign is Sign.UNKNOWN else None,
        from_site=bool(there and there.from_site),
    )


def counts(lines: Iterable[Line]) -> dict[Sign, int]:
    """How many lines for each sign, none left out."""
    found = dict.fromkeys(Sign, 0)
    for line in lines:
        found[line.sign] += 1
    return found
