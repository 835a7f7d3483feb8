"""What the templates are told of each service: texts ready to be shown, and where they lead.

Pure. Items are dictionaries: what Django's templates read fastest.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypedDict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..services.listing import ListedService
from ..services.models import Audience, DigitalService, Interaction
from .addresses import Addresses
from .languages import lang_attribute


class Item(TypedDict):
    """One service in a list.

    `url` is where its title leads: its own page, else the service itself; `online`, the service
    itself where the title leads to that page. `facts` says since when, for whom and what for.
    `lang` is the attribute of their language, empty where it is that of the page. `picture` is a
    rendition.
    """

    remote_id: str
    title: str
    lang: str
    url: str
    online: str
    planned: bool
    summary: str
    facts: str
    offline_alternative: str
    picture: Any


def items_of(
    services: Iterable[ListedService],
    *,
    language: str,
    today: date,
    addresses: Addresses | None = None,
    pictures: Mapping[int, Any] | None = None,
) -> dict[str, Item]:
    """The item of each of `services`, by remote id, for a page in `language` on that day.

    `pictures`: renditions by the key of their image.
    """
    facts: dict[tuple, str] = {}
    items: dict[str, Item] = {}
    for service in services:
        if service.remote_id in items:
            continue
        asked = (service.started_on, service.ended_on, service.audiences, service.interactions)
        if asked not in facts:
            facts[asked] = " ".join(_facts(*asked, today))
        page = addresses.service(service) if addresses else ""
        items[service.remote_id] = {
            "remote_id": service.remote_id,
            "title": service.title,
            "lang": lang_attribute(service.language) if service.language != language else "",
            "url": page or service.url,
            "online": service.url if page else "",
            "planned": service.status == DigitalService.Status.PLANNED,
            "summary": service.summary,
            "facts": facts[asked],
            "offline_alternative": service.offline_alternative,
            "picture": pictures.get(service.image) if pictures else None,
        }
    return items


def _facts(
    started_on: date | None,
    ended_on: date | None,
    audiences: tuple[str, ...],
    interactions: tuple[str, ...],
    today: date,
) -> Iterator[str]:
    if started_on and started_on > today:
        yield _("From %(day)s.") % {"day": date_format(started_on)}
    elif started_on:
        yield _("Since %(month)s.") % {"month": date_format(started_on, "YEAR_MONTH_FORMAT")}
    if ended_on:
        yield _("Until %(day)s.") % {"day": date_format(ended_on)}
    if audiences:
        yield _("For: %(audiences)s.") % {"audiences": _labels(audiences, Audience)}
    if interactions:
        yield _("What one can do: %(what)s.") % {"what": _labels(interactions, Interaction)}


def _labels(codes: tuple[str, ...], choices: Any) -> str:
    # A code that this version does not know is left out.
    return ", ".join(str(label) for code, label in choices.choices if code in codes)
