"""The canonical form of a service: what is hashed, compared and sent.

Hashes are computed when they are needed, never stored beside a row that could change under them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .markup import canonical_html
from .rules import validate
from .text import canonical_text, canonical_url
from .types import Location, ServiceBody

# RFC 8785 writes numbers as ECMAScript does: beyond this, two integers could be written alike.
_MAX_INTEGER = 2**53 - 1


def canonical_json(value: object) -> str:
    """The value in the JSON Canonicalization Scheme (RFC 8785).

    Takes None, bool, int, str, and lists and dicts of them: the contract has no other number.
    Raises `ValueError` for an integer beyond 2^53 or a lone surrogate, `TypeError` for the rest.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    # Python's escapes are those of RFC 8785, 3.2.2.2; only a lone surrogate passes unseen.
    text.encode()
    return text


def _ordered(value: object) -> object:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise ValueError("an integer that not every JSON reader can hold")
        return value
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("the members of a JSON object are named by texts")
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf_16_units)}
    raise TypeError(f"not for canonical JSON: {type(value).__name__}")


def _utf_16_units(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def content_hash(body: ServiceBody) -> str:
    """The contract's content hash: SHA-256, in 64 lower-case hexadecimal digits, of the canonical
    JSON over exactly the fields of a service."""
    return hashlib.sha256(canonical_json(body.as_json()).encode()).hexdigest()


def canonical_body(
    *,
    kind: str = "service",
    title: object = "",
    summary: object = "",
    description: object = "",
    url: object = "",
    public: bool = True,
    reference_services: Iterable[object] = (),
    status: str = "active",
    started_on: date | str | None = None,
    ended_on: date | str | None = None,
    provider: str = "authority",
    audiences: Iterable[object] = (),
    interactions: Iterable[object] = (),
    offline_alternative: object = "",
    location: Location | Mapping[str, object] | tuple[object, object] | None = None,
    base_url: str = "",
) -> ServiceBody:
    """A service's values, as the site holds them, in the contract's canonical form.

    `description` is rich text whose links Wagtail has expanded; `base_url` completes those that
    are relative. `location` is latitude and longitude in degrees. Never raises on bad values:
    what cannot be made right is left for `validate` to name.
    """
    return ServiceBody(
        kind=canonical_text(kind),
        title=canonical_text(title),
        summary=canonical_text(summary, multiline=True),
        description=canonical_html(description, base_url=base_url),
        url=canonical_url(url),
        public=bool(public),
        reference_services=_codes(reference_services),
        status=canonical_text(status),
        started_on=_day(started_on),
        ended_on=_day(ended_on),
        provider=canonical_text(provider),
        audiences=_codes(audiences),
        interactions=_codes(interactions),
        offline_alternative=canonical_text(offline_alternative, multiline=True),
        location=_location(location),
    )


def canonical_location(lat: object, lon: object) -> Location | None:
    """A point in degrees, with six decimals and never `-0.000000`; None unless both are given."""
    if lat is None or lon is None:
        return None
    return Location(_degrees(lat), _degrees(lon))


def _location(value: object) -> Location | None:
    if isinstance(value, Location):
        return canonical_location(value.lat, value.lon)
    if isinstance(value, Mapping):
        return canonical_location(value.get("lat"), value.get("lon"))
    if isinstance(value, tuple):
        return canonical_location(*value)
    return None


def _degrees(value: object) -> str:
    try:
        text = f"{Decimal(str(value)):.6f}"
    except InvalidOperation:
        return canonical_text(value)
    return "0.000000" if text == "-0.000000" else text


def _day(value: date | str | None) -> str | None:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return canonical_text(value) or None


def _codes(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted({code for value in values if (code := canonical_text(value))}))


def body_text(body: ServiceBody) -> str:
    """The octets of a PUT, as the text a frozen attempt stores."""
    return canonical_json(body.as_json())


__all__: list[Any] = [
    "body_text",
    "canonical_body",
    "canonical_html",
    "canonical_json",
    "canonical_location",
    "canonical_text",
    "canonical_url",
    "content_hash",
    "validate",
]
