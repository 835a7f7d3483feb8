"""Reads what is stated of one authority's labels: what the badge and the history are made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import F, FilteredRelation, Q

from ..authorities.models import LocalAuthority
from .models import VILLES_INTERNET, Award, Distinction, Edition, LabelProgramme
from .standing import Scale, Validity, Wording, is_current, last_day_of_months, wording

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
    photo: int | None = None
    news_page: int | None = None
    news_url: str = ""


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
    `name`: the authority's; `slug`, `url`: the programme's.
    """

    scale: Scale
    rows: tuple[Won | Unstated, ...] = ()
    ceremonies: tuple[tuple[int, date], ...] = ()
    name: str = ""
    slug: str = VILLES_INTERNET
    url: str = ""

    @property
    def awards(self) -> tuple[Won, ...]:
        """The rows of which an award is stated, newest first."""
        return tuple(row for row in self.rows if isinstance(row, Won))

    @property
    def shown(self) -> Won | None:
        """The award a badge shows: the newest one; that a town did not take part hides none."""
        for won in self.awards:
            if won.standing != Award.Standing.NOT_PARTICIPATING:
                return won
        return None

    def of(self, year: int) -> Won | None:
        """The award of one edition."""
        return next((won for won in self.awards if won.year == year), None)

    def wording(self, won: Won, today: date) -> Wording:
        return self._wording(won, current=self.is_current(won, today))

    def lasting_wording(self, won: Won) -> Wording:
        """Words that stay true whenever they are read: those of the past."""
        return self._wording(won, current=False)

    def is_current(self, won: Won, today: date) -> bool:
        """Whether `won` may be shown as the label of today, by the rule of its programme."""
        match self.scale.validity:
            case Validity.SIGN:
                later = [day for year, day in self.ceremonies if year > won.year]
                return is_current(won.year, later, today)
            case Validity.MONTHS if self.scale.months:
                start = won.ceremony_on or date(won.year, 1, 1)
                return today <= last_day_of_months(start, self.scale.months)
            case _:
                return won == self.shown

    def _wording(self, won: Won, *, current: bool) -> Wording:
        return wording(self.scale, won.year, won.standing, won.level, current=current)


def label_records(
    authority: LocalAuthority | None, slug: str | None = None
) -> dict[str, LabelRecord]:
    """What is stated of `authority`, by programme, in two queries whatever their number.

    Villes Internet comes first, the others by name. With `slug`, that programme alone.
    """
    if authority is None:
        return {}
    stated = LabelProgramme.objects.filter(edition__awards__authority=authority)
    if slug:
        stated = stated.filter(slug=slug)
    editions = (
        Edition.objects.filter(programme__in=stated.values("pk"))
        .select_related("programme")
        .order_by("programme__name", "programme", "year")
        .annotate(
            mine=FilteredRelation("awards", condition=Q(awards__authority=authority)),
            award=F("mine__pk"),
            standing=F("mine__standing"),
            level=F("mine__level"),
            origin=F("mine__origin"),
            vanished_at=F("mine__vanished_at"),
            read_at=F("mine__source_url"),
            photo=F("mine__photo"),
            news_page=F("mine__news_page"),
            news_url=F("mine__news_url"),
        )
    )
    by_programme = [list(group) for _, group in groupby(editions, key=attrgetter("programme_id"))]
    if not by_programme:
        return {}
    mentions = _mentions(authority)
    records = [_record(authority, group, mentions) for group in by_programme]
    records.sort(key=lambda record: record.slug != VILLES_INTERNET)
    return {record.slug: record for record in records}


def label_record(
    authority: LocalAuthority | None, programme_slug: str = VILLES_INTERNET
) -> LabelRecord | None:
    """The record of `authority` in two queries; None where nothing is stated of it."""
    return label_records(authority, programme_slug).get(programme_slug)


def _record(
    authority: LocalAuthority,
    editions: Sequence[Edition],
    mentions: Mapping[int, Sequence[Mention]],
) -> LabelRecord:
    """What `editions` of one programme say, oldest first."""
    programme = editions[0].programme
    return LabelRecord(
        scale=Scale(
            programme.name,
            programme.unit,
            programme.unit_plural,
            programme.max_level,
            programme.symbol,
            programme.validity,
            programme.validity_months,
        ),
        rows=_rows(editions, mentions),
        ceremonies=tuple((e.year, e.ceremony_on) for e in editions if e.ceremony_on),
        name=authority.name,
        slug=programme.slug,
        url=programme.url if programme.url.startswith(WEB) else "",
    )


def _mentions(authority: LocalAuthority) -> dict[int, list[Mention]]:
    mentions = defaultdict(list)
    for award, name, valid_until in Distinction.objects.filter(
        award__authority=authority
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
        photo=edition.photo,
        news_page=edition.news_page,
        news_url=edition.news_url if edition.news_url.startswith(WEB) else "",
    )
