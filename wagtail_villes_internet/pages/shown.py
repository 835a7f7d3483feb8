"""What the page of one service says. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from ..services.listing import ListedService, Listing
from ..services.models import Audience, DigitalService, Interaction
from .addresses import PageAddresses

OURS = DigitalService.Provider.AUTHORITY


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, in degrees: `geo` for what opens maps (RFC 5870), without asking anybody."""

    latitude: object
    longitude: object

    @property
    def geo(self) -> str:
        return f"geo:{self.latitude},{self.longitude}"


@dataclass(frozen=True, slots=True)
class ThemeLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownService:
    """`listed` with its codes in words. `host`: the site where one uses it; `lang`: the language
    of its texts where it is not that of the page."""

    listed: ListedService
    planned: bool
    host: str
    audiences: tuple[str, ...]
    interactions: tuple[str, ...]
    provider: str
    since: date | None
    until: date | None
    place: Place | None
    themes: tuple[ThemeLink, ...]
    lang: str


def shown_service(
    listing: Listing, listed: ListedService, addresses: PageAddresses, language: str
) -> ShownService:
    """`listed` as its page shows it in `language`; its labels are those of the active language."""
    codes = listing.theme_codes_of(listed.remote_id)
    planned = listed.status == DigitalService.Status.PLANNED
    place = None
    if listed.latitude is not None and listed.longitude is not None:
        place = Place(listed.latitude, listed.longitude)
    return ShownService(
        listed=listed,
        planned=planned,
        host=(urlsplit(listed.url).hostname or "").removeprefix("www."),
        audiences=_labels(Audience, listed.audiences),
        interactions=_labels(Interaction, listed.interactions),
        # That the town provides what the town offers goes without saying.
        provider="".join(_labels(DigitalService.Provider, [listed.provider], leaving_out=OURS)),
        since=listed.started_on,
        until=listed.ended_on,
        place=place,
        themes=tuple(
            ThemeLink(theme.label, addresses.theme(theme.code))
            for theme in listing.themes
            if theme.code in codes
        ),
        lang=lang_of(listed, language),
    )


def _labels(choices, codes: Iterable[str], leaving_out: str = "") -> tuple[str, ...]:
    return tuple(str(each.label) for each in choices if each in codes and each != leaving_out)


def lang_of(listed: ListedService, language: str) -> str:
    """The `lang` that its texts need in a page in `language`; empty where they need none."""
    return listed.language if listed.language not in ("", language) else ""
