"""The contract's values in the words of the service's form, fit to be copied or printed. Pure."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..registry.markup import canonical_html
from ..registry.rules import is_contract_html
from ..registry.types import SERVICE_FIELDS
from ..services.models import Audience, DigitalService, Interaction

CHOICES = {
    "kind": DigitalService.Kind,
    "status": DigitalService.Status,
    "provider": DigitalService.Provider,
    "audiences": Audience,
    "interactions": Interaction,
}
# Of the contract's canonical HTML, which has one writing.
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
ITEM = re.compile(r"<li>(<p>)?")
LINE_ENDS = re.compile(r"<br>|</?p>|</?[uo]l>|</li>")


def contract_html(markup: str) -> str:
    """The HTML as the contract writes it, whatever a registry gives for it: what Django refuses to
    strip of its tags would otherwise keep its service from being settled."""
    return markup if is_contract_html(markup) else canonical_html(markup)


def plain_text(markup: str) -> str:
    """The HTML as a text that reads well: a dash before an item, an address after its link's
    words."""
    spelt_out = LINK.sub(_spelt_out, contract_html(markup))
    lines = LINE_ENDS.sub("\n", ITEM.sub("\n- ", spelt_out))
    return "\n".join(filter(None, map(str.strip, unescape(strip_tags(lines)).split("\n"))))


def printed_html(markup: str) -> str:
    """The HTML as it is read on paper: the address after the words of each link."""
    return LINK.sub(
        lambda link: f"{link[0]}{_spelt_out(link).removeprefix(link[2])}", contract_html(markup)
    )


def field_label(field: str) -> str:
    """What the form calls a field of the contract; empty for another."""
    if field == "location":
        return str(_("Place (latitude, longitude)"))
    if field not in SERVICE_FIELDS:
        return ""
    return capfirst(str(DigitalService._meta.get_field(field).verbose_name))


def said(field: str, value: Any, references: Mapping[str, str]) -> str:
    """The value of a field as a text fit to be copied; empty for nothing.

    `references` are the labels of reference services, by code; a code without one is said itself.
    """
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if field == "location":
        return f"{value['lat']}, {value['lon']}"
    if field == "reference_services":
        return ", ".join(references.get(code, code) for code in value)
    if field in CHOICES:
        names = dict(CHOICES[field].choices)
        codes = value if isinstance(value, list) else [value]
        return ", ".join(str(names.get(code, code)) for code in codes)
    if field.endswith("_on"):
        return date_format(parse_date(value))
    if field == "description":
        return plain_text(value)
    return value


def _spelt_out(link: re.Match[str]) -> str:
    address, words = link[1].removeprefix("mailto:").removeprefix("tel:"), link[2]
    return words if words == address else f"{words} ({address})"
