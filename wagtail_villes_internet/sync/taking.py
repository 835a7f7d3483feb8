"""What stands at a registry, as values of this site's own fields.

A value is taken in the form this site gives to all its values (`canonical_body`): the contract
admits others, such as a title with a space at its end, which would not stay as they are here.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .. import days
from ..matrix.models import ReferenceService
from ..registry.canonical import canonical_body
from ..registry.rules import parse_day
from ..registry.types import ServiceBody
from ..services.rules import status_on
from .errors import TakeRefused
from .merge import Body


def as_here(theirs: Body) -> ServiceBody:
    """The body of the registry in the form that this site gives to its own."""
    return canonical_body(**theirs)


def as_of_today(body: Body) -> Body:
    """The body with the progress that its dates make of it, as this site declares all of its own:
    a registry may hold for planned what was to open yesterday."""
    dates = (parse_day(body[name] or "") for name in ("started_on", "ended_on"))
    return {**body, "status": status_on(body["status"], *dates, days.today())}


def site_values(theirs: Body, fields: Collection[str]) -> dict[str, Any]:
    """The values of the model's fields that say what the contract's `fields` of `theirs` say.

    Raises `TakeRefused` for a reference service that this site does not know, and for a date that
    is none.
    """
    body = as_here(theirs)
    values: dict[str, Any] = {}
    for name in fields:
        value = getattr(body, name)
        if name == "location":
            values["latitude"] = Decimal(value.lat) if value else None
            values["longitude"] = Decimal(value.lon) if value else None
        elif name == "reference_services":
            values[name] = _references(value)
        elif name in ("started_on", "ended_on"):
            values[name] = _day(value)
        elif name == "description":
            # Wagtail's editor reads `strong` like its own `b`, and breaks on a `<br>`.
            values[name] = value.replace("<br>", "<br/>")
        elif isinstance(value, tuple):
            values[name] = list(value)
        else:
            values[name] = value
    return values


def _references(codes: Collection[str]) -> list[ReferenceService]:
    rows = {row.code: row for row in ReferenceService.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in rows]:
        raise TakeRefused(
            _(
                "The registry attaches this service to reference services that this site does not "
                "know: %(codes)s. Keep the site’s version, or wait until the matrix is updated."
            )
            % {"codes": ", ".join(unknown)}
        )
    return [rows[code] for code in codes]


def _day(value: str | None) -> Any:
    if value is None:
        return None
    if (day := parse_day(value)) is None:
        raise TakeRefused(_("The registry gives a date that does not exist: %s.") % value)
    return day
