"""The campaigns an authority takes part in: their calendars, and the dates it types for itself.

What is public of the calendar (domain facts; no rule fixing dates was found): the campaign of the
edition of year N opens about March of N-1 (4 March 2021 for 2022) and closes about 10-12 November
of N-1 (10 November 2017 for 2018, 12 November 2021 for 2022); the jury sits in November or
December; the ceremony is at the end of January or in February of N, the year on the sign.
https://www.idcite.com/Actu-Label-national-territoires-villes-et-villages-internet_a57719.html
https://www.villes-internet.net/pages/label/presentation
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..labels.models import VILLES_INTERNET, Edition
from .calendar import (
    OVER,
    PARIS,
    Calendar,
    EditionFacts,
    Phase,
    StatedBy,
    TypedDates,
    calendar,
    days_left,
    paris_day,
)
from .countdown import THRESHOLDS, absence_text, countdown_text, urgency
from .models import Campaign, Dossier, Filing

__all__ = [
    "OVER",
    "PARIS",
    "THRESHOLDS",
    "Calendar",
    "EditionFacts",
    "Phase",
    "StatedBy",
    "TypedDates",
    "absence_text",
    "calendar",
    "calendar_of",
    "calendars",
    "campaign_of",
    "countdown_text",
    "current_year",
    "days_left",
    "paris_day",
    "sit_out",
    "take_part",
    "type_dates",
    "urgency",
    "usual_year",
]

OPENING_MONTH = 3
FIRST_YEAR = 2000
"""The first edition (see `data/editions.json`)."""
YEARS_AHEAD = 5


def calendars(authority: LocalAuthority) -> list[Calendar]:
    """The campaigns that matter to `authority`, the latest first; three queries.

    The editions that are not published yet, and the years it typed dates or has a dossier for.
    """
    known, own = _read(authority)
    return [one for one in known if one.year in own or one.state != Phase.PUBLISHED]


def calendar_of(authority: LocalAuthority, year: int) -> Calendar:
    """The calendar of the campaign of one year, of which nothing may be known; two queries."""
    edition = Edition.objects.filter(programme__slug=VILLES_INTERNET, year=year).first()
    own = Campaign.objects.filter(authority=authority, year=year).first()
    return _calendar(year, edition, own)


def current_year(authority: LocalAuthority, now: datetime | None = None) -> int:
    """The edition `authority` works on at `now`; three queries.

    The one that is open; else the next that is announced; else the last one closed whose results
    are not published; else the one after the last published or, where time has passed since, the
    one whose campaign is usually under way (see `usual_year`).
    """
    known, _own = _read(authority)
    return year_of_work(known, now or timezone.now())


def year_of_work(known: Iterable[Calendar], now: datetime) -> int:
    """What `current_year` says, over the calendars of every known edition. Pure."""
    known = sorted(known, key=lambda one: one.year)
    usual = usual_year(paris_day(now))
    for phase in (Phase.OPEN, Phase.UPCOMING):
        if under_way := [one.year for one in known if one.phase(now) == phase and _lives(one, now)]:
            return under_way[0]
    closed = [
        one.year
        for one in known
        if one.phase(now) == Phase.CLOSED and (one.year >= usual or _is_awaited(one, now))
    ]
    if closed:
        return closed[-1]
    published = [one.year for one in known if one.state == Phase.PUBLISHED]
    return max([usual, *(year + 1 for year in published[-1:])])


def usual_year(today: date) -> int:
    """The edition whose campaign is usually under way, or was the last: the next year's from
    March on, the present year's before (see above)."""
    return today.year + 1 if today.month >= OPENING_MONTH else today.year


def campaign_of(authority: LocalAuthority, year: int) -> Campaign:
    """What `authority` notes of the campaign of `year`, made where there is nothing yet.

    Raises `ValidationError` (field `year`) for a year that no campaign has.
    """
    check_year(year, paris_day(timezone.now()))
    campaign, _created = Campaign.objects.get_or_create(authority=authority, year=year)
    return campaign


def type_dates(
    authority: LocalAuthority,
    year: int,
    *,
    opens_on: date | None = None,
    closes_on: date | None = None,
    ceremony_on: date | None = None,
    today: date | None = None,
) -> Campaign:
    """Keep the dates that `authority` types for itself, all three of them: None is « not known ».

    They are kept, and overruled, where the edition gives some later. Raises `ValidationError` by
    field: `year`, `opens_on`, `closes_on`, `ceremony_on`.
    """
    today = today or paris_day(timezone.now())
    check_dates(
        year, TypedDates(opens_on=opens_on, closes_on=closes_on, ceremony_on=ceremony_on), today
    )
    campaign = campaign_of(authority, year)
    campaign.opens_on, campaign.closes_on, campaign.ceremony_on = opens_on, closes_on, ceremony_on
    campaign.save(update_fields=["opens_on", "closes_on", "ceremony_on"])
    return campaign


def sit_out(authority: LocalAuthority, year: int, *, sits_out: bool) -> None:
    """Note whether `authority` files no dossier for the edition of `year`: it is then reminded of
    nothing.

    Raises `ValidationError`: field `year` for a year that no campaign has, field `sits_out` where
    a version is filed, or frozen and not given up.
    """
    with transaction.atomic():
        # One at a time, as `freezing.freeze` does it: nobody files what another sits out.
        dossier = Dossier.objects.select_for_update().filter(authority=authority, year=year).first()
        if sits_out and dossier:
            _require_nothing_filed(dossier)
        campaign = campaign_of(authority, year)
        campaign.sits_out = sits_out
        campaign.save(update_fields=["sits_out"])


def take_part(authority: LocalAuthority, year: int) -> None:
    """Forget that `authority` was to sit the edition of `year` out: it works on its dossier."""
    Campaign.objects.filter(authority=authority, year=year, sits_out=True).update(sits_out=False)


def check_year(year: int, today: date) -> None:
    """Raise `ValidationError` (field `year`) for a year that no campaign has."""
    last = today.year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        message = _("The year printed on the sign is from %(first)d to %(last)d.")
        raise ValidationError({"year": message % {"first": FIRST_YEAR, "last": last}})


def check_dates(year: int, typed: TypedDates, today: date) -> None:
    """Raise `ValidationError`, by field, where dates cannot be those of the campaign of `year`.

    They fall in that year or the one before, as all those known do; a closing comes on the day of
    the opening at the earliest.
    """
    check_year(year, today)
    errors: dict[str, str] = {}
    for name in ("opens_on", "closes_on", "ceremony_on"):
        day = getattr(typed, name)
        if day and not year - 1 <= day.year <= year:
            errors[name] = _("For the edition %(year)d, give a date in %(before)d or %(year)d.") % {
                "year": year,
                "before": year - 1,
            }
    if not errors and typed.opens_on and typed.closes_on and typed.closes_on < typed.opens_on:
        errors["closes_on"] = _("The closing comes after the opening.")
    if errors:
        raise ValidationError(errors)


def _require_nothing_filed(dossier: Dossier) -> None:
    """Raise `ValidationError` (field `sits_out`) where a version stands in the way."""
    versions = list(dossier.filings.values_list("number", "state", "receipt"))
    if any(state in Filing.RECEIVED or receipt for _number, state, receipt in versions):
        message = _("A dossier is already filed for %(year)d.") % {"year": dossier.year}
        raise ValidationError({"sits_out": message})
    waiting = [number for number, state, _r in versions if state != Filing.State.GIVEN_UP]
    if waiting:
        message = _("Version %(number)d waits: give it up first, or file it.")
        raise ValidationError({"sits_out": message % {"number": waiting[0]}})


def _lives(one: Calendar, now: datetime) -> bool:
    """Whether what is open or announced is so today: without a date to tell, a registry that
    nobody updates any more would keep a past year open for ever."""
    dated = one.closes_at or one.opens_at
    return bool(dated and now < dated) or one.year >= paris_day(now).year


def _is_awaited(one: Calendar, now: datetime) -> bool:
    """Whether the registry says closed and no more: its results are late, and not a year late."""
    return one.state == Phase.CLOSED and one.year >= paris_day(now).year


def _read(authority: LocalAuthority) -> tuple[list[Calendar], set[int]]:
    """The calendars of every edition known here, the latest first; and the years that are
    `authority`'s own: dates typed, or a dossier."""
    editions = {
        edition.year: edition for edition in Edition.objects.filter(programme__slug=VILLES_INTERNET)
    }
    typed = {one.year: one for one in Campaign.objects.filter(authority=authority)}
    filed = Dossier.objects.filter(authority=authority).values_list("year", flat=True)
    own = {*typed, *filed}
    years = sorted({*editions, *own}, reverse=True)
    known = [_calendar(year, editions.get(year), typed.get(year)) for year in years]
    return known, own


def _calendar(year: int, edition: Edition | None, own: Campaign | None) -> Calendar:
    sits_out = own is not None and own.sits_out
    return calendar(year, _facts(edition), _typed(own), sits_out=sits_out)


def _facts(edition: Edition | None) -> EditionFacts | None:
    if edition is None:
        return None
    return EditionFacts(
        ordinal=edition.ordinal,
        state=edition.state,
        opens_at=edition.opens_at,
        closes_at=edition.closes_at,
        ceremony_on=edition.ceremony_on,
        place=edition.place,
    )


def _typed(campaign: Campaign | None) -> TypedDates | None:
    if campaign is None:
        return None
    return TypedDates(campaign.opens_on, campaign.closes_on, campaign.ceremony_on)
