"""What the template of the key figures is given. Pure: for a block and a template tag alike."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from ..labels.record import LabelRecord, Won
from ..services.listing import ListedService, Listing
from ..services.models import DigitalService

# In the order they are shown.
FIGURES = ("services", "themes", "new", "label")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `name` is its code, `label` says what `value` counts, `url` where it is proved
    (empty for nowhere). `award`: the one behind the standing of the label."""

    name: str
    value: str
    label: str
    url: str = ""
    award: Won | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """`unofficial`: one of them counts themes that a service was placed under by the town alone."""

    figures: tuple[Figure, ...]
    unofficial: bool


@dataclass(frozen=True, slots=True)
class Proofs:
    """Where the figures can be verified: the list of the services, the page about the label."""

    services: str = ""
    label: str = ""


def figures_of(
    listing: Listing | None,
    record: LabelRecord | None,
    today: date,
    proofs: Proofs = Proofs(),
    chosen: Collection[str] = FIGURES,
) -> Figures | None:
    """The `chosen` figures that say something: a zero, or a label nobody stated, is left out.

    None where none is left.
    """
    found = [*_of_services(listing, today, proofs.services), *_of_label(record, today, proofs)]
    figures = tuple(figure for figure in found if figure.name in chosen)
    if not figures:
        return None
    counts_themes = any(figure.name == "themes" for figure in figures)
    return Figures(figures, unofficial=counts_themes and not listing.official)


def new_in(services: Collection[ListedService], today: date) -> list[ListedService]:
    """The services that residents got in the civil year of `today`.

    By the date they are in service since, which the town states, and not by the day they were put
    online here: a town that opens its list with 127 services has not got 127 new ones. A service
    whose date nobody stated, or that is only planned, counts for nothing.
    """
    return [
        service
        for service in services
        if service.status == DigitalService.Status.ACTIVE
        and service.started_on
        and service.started_on.year == today.year
    ]


def _of_services(listing: Listing | None, today: date, url: str) -> Iterator[Figure]:
    if listing is None or not listing.count:
        return
    themes = sum(bool(theme.services) for theme in listing.themes)
    words = npgettext("after a number", "digital service", "digital services", listing.count)
    yield Figure("services", f"{listing.count}", words, url)
    words = npgettext("after a number", "theme", "themes", themes)
    yield Figure("themes", f"{themes}", words, url)
    if new := len(new_in(listing.services, today)):
        words = ngettext("new service in %(year)d", "new services in %(year)d", new)
        yield Figure("new", f"{new}", words % {"year": today.year}, url)


def _of_label(record: LabelRecord | None, today: date, proofs: Proofs) -> Iterator[Figure]:
    won = record.shown if record else None
    if won is None:
        return
    wording = record.wording(won, today)
    label = _("%(title)s %(year)d") % {"title": wording.title, "year": wording.year}
    yield Figure("label", wording.whole_outcome, label, proofs.label or won.source_url, won)
