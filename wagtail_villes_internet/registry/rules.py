"""The contract's rules on a service, judged here before anything is sent."""

import re
from collections.abc import Iterator
from datetime import date

from .problems import FieldProblem
from .text import is_canonical_text, is_link, is_web_address
from .types import AUDIENCES, INTERACTIONS, KINDS, PROVIDERS, STATUSES, Location, ServiceBody

MAX_ITEMS = 50
# In code points.
_LONGEST = {"title": 255, "summary": 500, "description": 20_000, "offline_alternative": 500}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DEGREES = re.compile(r"-?(?:0|[1-9][0-9]{0,2})\.[0-9]{6}")

_HTML = re.compile(
    r"<(?P<end>/?)(?P<name>p|br|strong|em|ul|ol|li|a)(?: href=\"(?P<href>[^\"<>]*)\")?>"
    r"|(?P<text>(?:[^&<>]|&(?:amp|lt|gt);)+)"
)
_HREF_REFERENCE = re.compile(r"&(amp|lt|gt|quot);|&")
_HREF_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


def validate(body: ServiceBody) -> tuple[FieldProblem, ...]:
    """What a registry would refuse of that body, field by field; empty when nothing.

    Whether the codes of `reference_services` exist is the registry's to say.
    """
    return tuple(FieldProblem(pointer, code) for pointer, code in _problems(body))


def _problems(body: ServiceBody) -> Iterator[tuple[str, str]]:
    for name, choices in (("kind", KINDS), ("status", STATUSES), ("provider", PROVIDERS)):
        if (value := getattr(body, name)) not in choices:
            yield f"/{name}", "bad_choice" if value else "required"
    if not body.title:
        yield "/title", "required"
    for name, longest in _LONGEST.items():
        value = getattr(body, name)
        if not is_canonical_text(value):
            yield f"/{name}", "not_canonical"
        if len(value) > longest:
            yield f"/{name}", "too_long"
    if not is_contract_html(body.description):
        yield "/description", "bad_html"
    if not is_canonical_text(body.url):
        yield "/url", "not_canonical"
    elif body.url and not is_web_address(body.url):
        yield "/url", "bad_url"
    if not body.reference_services:
        yield "/reference_services", "required"
    yield from _array("reference_services", body.reference_services)
    yield from _array("audiences", body.audiences, AUDIENCES)
    yield from _array("interactions", body.interactions, INTERACTIONS)
    yield from _dates(body)
    if body.location:
        yield from _location(body.location)


def _array(
    name: str, values: tuple[str, ...], choices: tuple[str, ...] | None = None
) -> Iterator[tuple[str, str]]:
    if len(values) > MAX_ITEMS:
        yield f"/{name}", "too_many"
        return
    for index, value in enumerate(values):
        if not value:
            yield f"/{name}/{index}", "required"
        elif choices is not None:
            if value not in choices:
                yield f"/{name}/{index}", "bad_choice"
        elif not is_canonical_text(value):
            yield f"/{name}/{index}", "not_canonical"
    if list(values) != sorted(set(values)):
        yield f"/{name}", "not_canonical"


def _dates(body: ServiceBody) -> Iterator[tuple[str, str]]:
    days = {}
    for name in ("started_on", "ended_on"):
        if (value := getattr(body, name)) is None:
            continue
        if (day := parse_day(value)) is None:
            yield f"/{name}", "bad_date" if value else "required"
        else:
            days[name] = day
    if len(days) == 2 and days["ended_on"] < days["started_on"]:
        yield "/ended_on", "bad_order"


def _location(location: Location) -> Iterator[tuple[str, str]]:
    for name, value, most in (("lat", location.lat, 90), ("lon", location.lon, 180)):
        if not is_coordinate(value, most):
            yield f"/location/{name}", "bad_location"


def parse_day(value: str) -> date | None:
    """The day an ISO 8601 calendar date means, or None: the contract knows no other form."""
    if not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_coordinate(value: str, most: int) -> bool:
    """Whether the value is written in degrees with six decimals, of at most that many degrees."""
    return (
        _DEGREES.fullmatch(value) is not None and value != "-0.000000" and abs(float(value)) <= most
    )


def is_contract_html(value: str) -> bool:
    """Whether the HTML is written as the contract asks, whoever wrote it.

    It refuses what breaks the contract's words and nothing else: `canonical_html` makes one text
    of many that pass here.
    """
    opened: list[str] = []
    position = 0
    while position < len(value):
        if not (match := _HTML.match(value, position)):
            return False
        position = match.end()
        name, end, href = match.group("name"), match.group("end"), match.group("href")
        inside = opened[-1] if opened else ""
        if end:
            if href is not None or name != inside:
                return False
            opened.pop()
            continue
        if (inside in ("ul", "ol")) != (name == "li"):
            return False
        if (href is not None) != (name == "a") or (href is not None and not _is_href(href)):
            return False
        if name and name != "br":
            opened.append(name)
    return not opened


def _is_href(written: str) -> bool:
    url = _HREF_REFERENCE.sub(lambda match: _HREF_CHARACTERS.get(match[1], "\0"), written)
    return is_link(url)
