"""What a ready page says of itself to browsers, search engines and other sites."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import to_locale
from wagtail.models import Site

from ..blocks.facts import record_of
from ..blocks.png import available

DESCRIPTION_LENGTH = 200
COUNTRIES = {"fr": "fr_FR", "en": "en_GB"}
WITH_COUNTRY = re.compile(r"[a-z]{2,3}_[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """What other sites show of a page: an absolute address, what is to be said of it, and its size
    in pixels; 0 for not told."""

    url: str
    alt: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """`canonical` is an absolute address; `picture` is the page's own, else the badge, or None.

    `locale` is as Open Graph writes it: see `locale_of`.
    `feed`: the address of the Atom feed of new services, or empty.
    """

    title: str
    description: str
    canonical: str
    site_name: str
    locale: str = ""
    picture: SharedPicture | None = None
    feed: str = ""
    alternates: tuple[Alternate, ...] = ()


def head_of(
    request: HttpRequest,
    *,
    title: str,
    description: str,
    canonical: str,
    language: str,
    feed: str = "",
    alternates: Iterable[Alternate] = (),
    picture: SharedPicture | None = None,
) -> Head:
    """A description that is too long for a line of results is cut after a word."""
    site = Site.find_for_request(request)
    return Head(
        title=title,
        description=Truncator(" ".join(description.split())).chars(DESCRIPTION_LENGTH),
        canonical=canonical,
        site_name=(site.site_name or site.hostname) if site else "",
        locale=locale_of(language),
        picture=picture or _badge(request, site),
        feed=feed,
        alternates=tuple(alternates),
    )


def locale_of(language: str) -> str:
    """The language with its country, as Open Graph asks; empty where the country is not known."""
    locale = COUNTRIES.get(language) or to_locale(language)
    return locale if WITH_COUNTRY.fullmatch(locale) else ""


def _badge(request: HttpRequest, site: Site | None) -> SharedPicture | None:
    """The badge as a picture; None where its address would draw nothing."""
    record = record_of(request) if site and available() else None
    if record is None or record.shown is None:
        return None
    try:
        url = site.root_url + reverse("villes_internet:badge_png")
    except NoReverseMatch:
        return None
    return SharedPicture(url, record.wording(record.shown, localdate()).spoken)
