"""Reads what is stated of one authority's label: what the badge and the history are made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, FilteredRelation, Q

from ..authorities.models import LocalAuthority
from .models import VILLES_INTERNET, Award, Distinction, Edition
from .standing import Scale, Wording, is_current, wording

WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Mention:
    """A distinction, and the last day it is valid where that is stated."""

    name: str
    valid_until: date | None = None

    def has_expired(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today


@dataclass(frozen=True, slots=True)
class Won:
    """An award as residents may know it. `proof`: `confirmed` or `declared`."""

    year: int
    standing: str
    level: int | None
    proof: str
    source_url: str = ""
    ceremony_on: date | None = None
    place: str = ""
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Unstated:
    """Editions in a row of which nothing is stated, from `first` to `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """What is stated of one authority in one programme.

    `rows`: newest first, from the first edition where something is stated to the last one that
    was published. `ceremonies`: the stated ceremonies of the programme, by year of the edition.
    """

    scale: Scale
    rows: tuple[Won | Unstated, ...] = ()
    ceremonies: tuple[tuple[int, date], ...] = ()

    @property
    def shown(self) -> Won | None:
        """The award a badge shows: the newest one; that a town did not take part hides none."""
        for row in self.rows:
            if isinstance(row, Won) and row.standing != Award.Standing.NOT_PARTICIPATING:
                return row
        return None

    def wording(self, won: Won, today: date) -> Wording:
        later = [day for year, day in self.ceremonies if year > won.year]
        current = is_current(won.year, later, today)
        return wording(self.scale, won.year, won.standing, won.level, current=current)


def label_record(
    authority: LocalAuthority | None, programme_slug: str = VILLES_INTERNET
) -> LabelRecord | None:
    """The record of `authority` in two queries; None where nothing is stated of it."""
    if authority is None:
        return None
    editions = list(
        Edition.objects.filter(programme__slug=programme_slug)
        .select_related("programme")
        .order_by("year")
        .annotate(
            mine=FilteredRelation("awards", condition=Q(awards__authority=authority)),
            award=F("mine__pk"),
            standing=F("mine__standing"),
            level=F("mine__level"),
            origin=F("mine__origin"),
            vanished_at=F("mine__vanished_at"),
            read_at=F("mine__source_url"),
        )
    )
    if not any(edition.award for edition in editions):
        return None
    programme = editions[0].programme
    return LabelRecord(
        scale=Scale(programme.name, programme.unit, programme.unit_plural, programme.max_level),
        rows=_rows(editions, _mentions(authority, programme_slug)),
        ceremonies=tuple((e.year, e.ceremony_on) for e in editions if e.ceremony_on),
    )


def _mentions(authority: LocalAuthority, programme_slug: str) -> dict[int, list[Mention]]:
    mentions = defaultdict(list)
    for award, name, valid_until in Distinction.objects.filter(
        award__authority=authority, award__edition__programme__slug=programme_slug
    ).values_list("award", "name", "valid_until"):
        mentions[award].append(Mention(name, valid_until))
    return mentions


def _rows(
    editions: Sequence[Edition], mentions: Mapping[int, Sequence[Mention]]
) -> tuple[Won | Unstated, ...]:
    """One row an award, and one for each run of editions between which nothing is stated."""
    rows: list[Won | Unstated] = []
    for edition in editions:
        if edition.award:
            rows.append(_won(edition, tuple(mentions.get(edition.award, ()))))
        elif rows and edition.state == Edition.State.PUBLISHED:
            before = rows[-1]
            if isinstance(before, Unstated):
                rows[-1] = Unstated(before.first, edition.year)
            else:
                rows.append(Unstated(edition.year, edition.year))
    return tuple(reversed(rows))


def _won(edition: Edition, mentions: tuple[Mention, ...]) -> Won:
    # The model knows what makes an award confirmed; the row carries all it asks.
    award = Award(origin=edition.origin, vanished_at=edition.vanished_at)
    return Won(
        year=edition.year,
        standing=edition.standing,
        level=edition.level,
        proof=award.proof,
        # A palmarès or a registry may have given anything; only a web address may be followed.
        source_url=edition.read_at if edition.read_at.startswith(WEB) else "",
        ceremony_on=edition.ceremony_on,
        place=edition.place,
        mentions=mentions,
    )
