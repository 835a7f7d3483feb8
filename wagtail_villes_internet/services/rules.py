"""What keeps a live service from being shown and declared, and its progress on a given day.

Publishing never fails, and never publishes nonsense: a live row that breaks the contract's rules
is in no block and declared to nobody, and is listed « à compléter » with the reasons given here.
Pure: works on anything with the fields of a service.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

MAX_REFERENCE_SERVICES = 50


class Shortcoming(StrEnum):
    """One thing a service lacks; the value names the field it is about, where one field alone can
    be at fault in one way alone."""

    NO_TITLE = "title"
    NO_REFERENCE_SERVICE = "reference_services"
    TOO_MANY_REFERENCE_SERVICES = "too_many_reference_services"
    SUMMARY_TOO_LONG = "summary"
    NOT_A_WEB_ADDRESS = "url"
    ENDED_BEFORE_STARTED = "ended_on"
    HALF_A_PLACE = "location"
    OFFLINE_TOO_LONG = "offline_alternative"

    @property
    def message(self) -> str:
        return str(MESSAGES[self])


MESSAGES = {
    Shortcoming.NO_TITLE: _("It has no title."),
    Shortcoming.NO_REFERENCE_SERVICE: _("It is attached to no reference service."),
    Shortcoming.TOO_MANY_REFERENCE_SERVICES: _(
        "It is attached to more than 50 reference services: keep 50 at most."
    ),
    Shortcoming.SUMMARY_TOO_LONG: _("Its summary is longer than 500 characters."),
    Shortcoming.NOT_A_WEB_ADDRESS: _(
        "Its web address does not begin with https:// or http://, or is malformed."
    ),
    Shortcoming.ENDED_BEFORE_STARTED: _("It ends before it starts."),
    Shortcoming.HALF_A_PLACE: _("Its latitude and longitude go together, and one is missing."),
    Shortcoming.OFFLINE_TOO_LONG: _("“Without Internet” is longer than 500 characters."),
}


class ServiceFacts(Protocol):
    """The fields of a service that the rules read."""

    title: str
    summary: str
    url: str
    offline_alternative: str
    started_on: date | None
    ended_on: date | None
    latitude: object
    longitude: object


def shortcomings(
    service: ServiceFacts, reference_services: Collection[object]
) -> tuple[Shortcoming, ...]:
    """What `service`, attached to `reference_services`, lacks to be shown and declared.

    The rules are those of the registry contract, « A service », that a form cannot guarantee: a
    schedule or a bulk action puts a row live without validating it.
    """
    found = []
    if not service.title.strip():
        found.append(Shortcoming.NO_TITLE)
    if not reference_services:
        found.append(Shortcoming.NO_REFERENCE_SERVICE)
    elif len(reference_services) > MAX_REFERENCE_SERVICES:
        found.append(Shortcoming.TOO_MANY_REFERENCE_SERVICES)
    if len(service.summary) > 500:
        found.append(Shortcoming.SUMMARY_TOO_LONG)
    if service.url and not is_web_address(service.url):
        found.append(Shortcoming.NOT_A_WEB_ADDRESS)
    if service.started_on and service.ended_on and service.ended_on < service.started_on:
        found.append(Shortcoming.ENDED_BEFORE_STARTED)
    if (service.latitude is None) != (service.longitude is None):
        found.append(Shortcoming.HALF_A_PLACE)
    if len(service.offline_alternative) > 500:
        found.append(Shortcoming.OFFLINE_TOO_LONG)
    return tuple(found)


def status_on(status: str, started_on: date | None, ended_on: date | None, today: date) -> str:
    """The progress of a service on that day: `planned`, `active` or `ended`.

    Dates an editor gave come true by themselves: what was planned is in service from its first
    day, and anything is over on the day after its last. Shown and declared alike.
    """
    if ended_on is not None and today > ended_on:
        return "ended"
    if status == "planned" and started_on is not None and today >= started_on:
        return "active"
    return status


def is_web_address(value: str) -> bool:
    """Whether `value` is an absolute `https` or `http` address with a host."""
    try:
        parts = urlsplit(value)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and " " not in value
    except ValueError:
        return False
