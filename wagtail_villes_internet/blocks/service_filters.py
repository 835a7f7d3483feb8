"""The form by which residents narrow a list of services, and what they asked of it.

A form of method `get`: it works without script, and what is asked for is in the address. The names
of its fields begin with the anchor of the block, so that the blocks of a page do not mix; what is
asked of the others is passed on.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..services.filtering import Filters
from ..services.listing import Listing
from ..services.models import Audience, Interaction

LONGEST = 100
NAMES = tuple(field.name for field in fields(Filters))
# What a block of ours asks; nothing else of an address is repeated in the page.
OURS = re.compile(rf"vi(-[0-9a-f]+)*-({'|'.join(NAMES)})")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with options, in groups; a group without a name is none.

    `of_matrix`: the labels of groups and options are those of the matrix.
    """

    name: str
    label: str
    anything: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    of_matrix: bool


@dataclass(frozen=True, slots=True)
class FilterForm:
    """`others` are what is asked of the other blocks of the page, and `everything` the address that
    asks nothing of this one."""

    filters: Filters
    choices: tuple[Choice, ...]
    text_name: str
    others: tuple[tuple[str, str], ...]
    everything: str


def form_of(listing: Listing, anchor: str, asked: Mapping[str, str]) -> FilterForm:
    """The form above `listing`, filled in with what was `asked` in the address.

    What the listing and the choices of a service do not know is as if it had not been asked. Only
    what would find something is offered, and what was asked.
    """
    prefix = f"{anchor}-"
    filters = _filters(listing, {name: asked.get(prefix + name, "") for name in NAMES})
    others = tuple(
        (name, value[:LONGEST])
        for name, value in asked.items()
        if OURS.fullmatch(name) and name not in {prefix + own for own in NAMES}
    )
    return FilterForm(
        filters=filters,
        choices=tuple(_choices(listing, prefix, filters)),
        text_name=f"{prefix}text",
        others=others,
        everything=f"?{urlencode(others)}",
    )


def _filters(listing: Listing, asked: Mapping[str, str]) -> Filters:
    known = {
        "axis": {axis.code for axis in listing.axes},
        "theme": {theme.code for theme in listing.themes},
        "audience": set(Audience.values),
        "interaction": set(Interaction.values),
    }
    text = "".join(sign for sign in asked["text"][:LONGEST] if sign.isprintable()).strip()
    chosen = {name: asked[name] for name, codes in known.items() if asked[name] in codes}
    return Filters(text=text, **chosen)


def _choices(listing: Listing, prefix: str, filters: Filters) -> Iterable[Choice]:
    def choice(name: str, label: str, anything: str, *groups: tuple[str, Iterable]) -> Choice:
        chosen = getattr(filters, name)
        drawn = (
            (group, tuple(Option(value, label, value == chosen) for value, label in options))
            for group, options in groups
        )
        of_matrix = name in ("axis", "theme")
        return Choice(f"{prefix}{name}", label, anything, tuple(drawn), of_matrix)

    themes = [
        (axis, [each for each in axis.themes if each.services or each.code == filters.theme])
        for axis in listing.axes
    ]
    themes = [(axis, offered) for axis, offered in themes if offered or axis.code == filters.axis]
    if len(themes) > 1:
        yield choice(
            "axis", _("Domain"), _("All domains"), ("", [(a.code, a.label) for a, _all in themes])
        )
    if sum(len(offered) for _axis, offered in themes) > 1:
        yield choice(
            "theme",
            _("Theme"),
            _("All themes"),
            *((axis.label, [(t.code, t.label) for t in offered]) for axis, offered in themes),
        )
    for name, label, anything, enumeration, values in (
        ("audience", _("For whom"), _("Everybody"), Audience, "audiences"),
        ("interaction", _("What one can do"), _("Anything"), Interaction, "interactions"),
    ):
        told = {code for service in listing.services for code in getattr(service, values)}
        told.add(getattr(filters, name))
        offered = [(code, text) for code, text in enumeration.choices if code in told]
        if offered:
            yield choice(name, label, anything, ("", offered))
