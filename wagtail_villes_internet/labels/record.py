"""Reads what is stated of one authority's label: what the badge and the history are made of."""

from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q

from ..authorities.models import LocalAuthority
from .models import VILLES_INTERNET, Award, Distinction, Edition
from .standing import Scale, Wording, is_current, outcome, wording


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

    def outcome(self, won: Won) -> str:
        return outcome(self.scale, won.standing, won.level)


def label_record(
    authority: LocalAuthority | None, programme_slug: str = VILLES_INTERNET
) -> LabelRecord | None:
    """The record of `authority` in two queries; None where nothing is stated of it."""
    if authority is None:
        return None
    editions = list(
        Edition.objects.filter(programme__slug=programme_slug)
        .annotate(mine=FilteredRelation("awards", condition=Q(awards__authority=authority)))
        .order_by("year")
        .values(
            "year",
            "state",
            "ceremony_on",
            "place",
            "programme__name",
            "programme__unit",
            "programme__unit_plural",
            "programme__max_level",
            "mine__pk",
            "mine__standing",
            "mine__level",
            "mine__origin",
            "mine__vanished_at",
            "mine__source_url",
        )
    )
    if not any(edition["mine__pk"] for edition in editions):
        return None
    mentions = _mentions(authority, programme_slug)
    programme = {name: editions[0][f"programme__{name}"] for name in ("name", "unit")}
    return LabelRecord(
        scale=Scale(
            programme["name"],
            programme["unit"],
            editions[0]["programme__unit_plural"],
            editions[0]["programme__max_level"],
        ),
        rows=_rows(editions, mentions),
        ceremonies=tuple(
            (edition["year"], edition["ceremony_on"])
            for edition in editions
            if edition["ceremony_on"]
        ),
    )
