"""What « En un coup d’œil » shows besides the blocks: highlights, what is new, a sentence to quote.

Pure. It tells what the town offers: nothing here compares with what was before, and nothing is said
that the data does not hold.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..blocks.service_items import Item
from ..labels.models import Award
from ..labels.record import LabelRecord
from ..services.listing import ListedService, Listing
from ..services.models import DigitalService

# The newest only: who wants more has the whole list.
MOST_NEW = 6
# What may be put forward: a list that is no longer is named whole; of a longer one, the last few.
MOST = 12
LAST_PUT_ONLINE = 6
NO_LEVEL_STATED = {Award.Standing.LABELLED, Award.Standing.LEVEL_UNKNOWN}


@dataclass(frozen=True, slots=True)
class Highlight:
    """A service put forward, with one `sentence`; `lang` is the attribute of the language of that
    sentence, where it is not the page's."""

    item: Item
    sentence: str
    lang: str


@dataclass(frozen=True, slots=True)
class Novelty:
    """A service that is new, and in words since when."""

    item: Item
    since: str


def highlights_of(
    choices: Iterable[tuple[str, str]], items: Mapping[str, Item]
) -> Iterator[Highlight]:
    """Each service that was chosen, once and in that order, by remote id and sentence.

    One without a sentence has its own summary. One that residents are not shown is left out: it is
    not among `items`.
    """
    for remote_id, sentence in dict(choices).items():
        if item := items.get(remote_id):
            own = sentence.strip()
            yield Highlight(item, own or item["summary"], "" if own else item["lang"])


def chosen_of_itself(
    services: Sequence[ListedService], new: Collection[str]
) -> list[tuple[str, str]]:
    """What is put forward where no editor chose, as `highlights_of` takes it.

    All of `services`, in their order, where they are `MOST` at most; else the
    `LAST_PUT_ONLINE`, the latest first, without the `new` ones (remote ids), which the page names
    in a place of their own.
    """
    if len(services) > MOST:
        others = (each for each in services if each.remote_id not in new)
        services = sorted(others, key=_put_online, reverse=True)[:LAST_PUT_ONLINE]
    return [(each.remote_id, "") for each in services]


def _put_online(service: ListedService) -> date:
    return service.first_published_on or date.min


def new_services(listing: Listing | None, today: date) -> list[tuple[ListedService, date, bool]]:
    """The services that came in the twelve months up to `today`: the newest, and those first.

    The label comes once a year, on days that are not always known: its year is counted back from
    today. With each service, since when, and whether the town states that day as the one it is in
    service since; where none is stated, the day it was first published here counts instead. That
    tells nothing while the list itself is younger than that: a town that opens its list with 127
    services has not got 127 new ones. What is only planned is not there yet.
    """
    services = listing.services if listing else ()
    start = a_year_before(today)
    shown_since = [each.first_published_on for each in services if each.first_published_on]
    publications_tell = bool(shown_since) and min(shown_since) <= start
    found = []
    for service in services:
        stated = service.started_on is not None
        since = service.started_on if stated else service.first_published_on
        if service.status != DigitalService.Status.ACTIVE or since is None:
            continue
        if start < since <= today and (stated or publications_tell):
            found.append((service, since, stated))
    return sorted(found, key=lambda each: each[1], reverse=True)[:MOST_NEW]


def novelties_of(
    services: Iterable[tuple[ListedService, date, bool]], items: Mapping[str, Item]
) -> Iterator[Novelty]:
    """The same in words: « En service depuis mars 2024. »"""
    for service, since, stated in services:
        told = _("In service since %(month)s.") if stated else _("On this site since %(month)s.")
        month = date_format(since, "YEAR_MONTH_FORMAT")
        yield Novelty(items[service.remote_id], told % {"month": month})


def a_year_before(day: date) -> date:
    """The same day of the year before; the 28th for a 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - 1)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence to quote, in its parts: of whom, the services, the label. Either of these two may
    be empty, not both."""

    name: str
    services: str
    label: str

    @property
    def told(self) -> tuple[str, ...]:
        """What is said, without saying of whom."""
        return tuple(f"{part}." for part in (self.services, self.label) if part)

    def __str__(self) -> str:
        told = " ".join(self.told)
        if not self.services:
            return f"{self.name} – {told}"
        return _("%(name)s: %(told)s") % {"name": self.name, "told": told}


def quote_of(
    name: str, listing: Listing | None, record: LabelRecord | None, today: date
) -> Quote | None:
    """« Lunel : 32 services numériques pour les habitants, dont 2 en projet. Label obtenu en
    2024 : 5 arobases sur 5 (Villes Internet). » None where there is nothing to say.

    The themes are not counted in it: it goes where nobody would read who arranged them.
    """
    quote = Quote(name, _services_told(listing), _label_told(record, today))
    return quote if quote.services or quote.label else None


def _services_told(listing: Listing | None) -> str:
    if listing is None or not listing.count:
        return ""
    told = ngettext(
        "%(count)d digital service for residents",
        "%(count)d digital services for residents",
        listing.count,
    ) % {"count": listing.count}
    planned = sum(each.status == DigitalService.Status.PLANNED for each in listing.services)
    if not planned:
        return told
    among = ngettext("%(planned)d of them planned", "%(planned)d of them planned", planned)
    return f"{told}, {among % {'planned': planned}}"


def _label_told(record: LabelRecord | None, today: date) -> str:
    """The words of the badge, and whose label it is where they do not say it."""
    if record is None or (won := record.shown) is None:
        return ""
    wording = record.wording(won, today)
    if won.level is None and record.scale.highest and won.standing in NO_LEVEL_STATED:
        # « Niveau non renseigné » is for a history: a quotation says what is known.
        told = _("%(title)s %(year)d") % {"title": wording.title, "year": wording.year}
    else:
        told = _("%(title)s %(year)d: %(outcome)s") % {
            "title": wording.title,
            "year": wording.year,
            "outcome": wording.whole_outcome,
        }
    programme = record.scale.programme
    return told if programme in told else f"{told} ({programme})"
