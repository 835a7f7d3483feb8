"""What the templates of the services are given.

Pure: built from a listing, by a block and by a template tag alike.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..services.filtering import filtered
from ..services.listing import Listing
from .addresses import Addresses
from .languages import lang_attribute, matrix_lang
from .service_filters import FilterForm, form_of
from .service_items import Item, items_of

HEADING_LEVELS = {"h2": 2, "h3": 3, "h4": 4, "h5": 5}
LIST, CARDS, FOLDED = "list", "cards", "folded"
LIST_TEMPLATES = {
    LIST: "wagtail_villes_internet/blocks/service_list.html",
    CARDS: "wagtail_villes_internet/blocks/service_cards.html",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What an editor chooses: how the services are shown, and which. `themes` and `audiences` are
    codes; none of them is all of them."""

    presentation: str = LIST
    themes: Collection[str] = ()
    audiences: Collection[str] = ()
    show_empty: bool = False
    show_filters: bool = False
    show_summary: bool = False

    def limited(self, listing: Listing) -> Listing:
        """What the block may show of `listing`. A theme that left the matrix has no service."""
        if self.themes:
            listing = listing.keeping(lambda theme, _axis: theme.code in self.themes)
        if self.audiences:
            wanted = set(self.audiences)
            listing = listing.keeping(
                lambda theme, _axis: True,
                lambda service, _theme: not wanted.isdisjoint(service.audiences),
            )
        return listing


@dataclass(frozen=True, slots=True)
class Reading:
    """The page that is read: its language, its day, what was asked in its address, where its links
    lead. `anchor` begins the ids and the parameters of the block."""

    language: str
    today: date
    anchor: str = "vi"
    asked: Mapping[str, str] | None = None
    addresses: Addresses | None = None


@dataclass(frozen=True, slots=True)
class ShownTheme:
    code: str
    label: str
    services: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ShownAxis:
    code: str
    label: str
    themes: tuple[ShownTheme, ...]


@dataclass(frozen=True, slots=True)
class Services:
    """The services by domain and theme.

    `unofficial`: the placing binds the town alone. `matrix_lang` is the attribute of the language
    of the matrix's labels, where it is not the page's. `found` says how many there are, where
    there is a `form`; `unfolded`: what was asked for is to be seen at once.
    """

    axes: tuple[ShownAxis, ...]
    unofficial: bool
    anchor: str
    presentation: str
    form: FilterForm | None
    found: str
    with_summary: bool
    matrix_lang: str

    @property
    def each_as(self) -> str:
        """The template of the services of one theme."""
        return LIST_TEMPLATES.get(self.presentation, LIST_TEMPLATES[LIST])

    @property
    def unfolded(self) -> bool:
        return bool(self.form and self.form.filters)

    @property
    def nothing(self) -> str:
        """What is said where there is no service."""
        return _("No service answers this.") if self.unfolded else _("No service for now.")


def services_of(
    listing: Listing | None,
    options: Options,
    reading: Reading,
    pictures: Mapping[int, Any] | None = None,
) -> Services | None:
    """None where the site is bound to no authority. `pictures`: see `items_of`."""
    if listing is None:
        return None
    shown = options.limited(listing)
    form = None
    # One service needs no search.
    if options.show_filters and shown.count > 1:
        form = form_of(shown, reading.anchor, reading.asked or {})
        shown = filtered(shown, form.filters)
    if not options.show_empty:
        shown = shown.without_empty_themes()
    items = items_of(
        (service for theme in shown.themes for service in theme.services),
        language=reading.language,
        today=reading.today,
        addresses=reading.addresses,
        pictures=pictures,
    )
    axes = tuple(
        ShownAxis(
            axis.code,
            axis.label,
            tuple(
                ShownTheme(
                    theme.code,
                    theme.label,
                    tuple(items[service.remote_id] for service in theme.services),
                )
                for theme in axis.themes
            ),
        )
        for axis in shown.axes
    )
    return Services(
        axes=axes,
        unofficial=bool(axes) and not listing.official,
        anchor=reading.anchor,
        presentation=options.presentation,
        form=form,
        found=ngettext("%(number)s service.", "%(number)s services.", len(items))
        % {"number": len(items)},
        with_summary=options.show_summary and sum(len(axis.themes) for axis in axes) > 1,
        matrix_lang=lang_attribute(matrix_lang(reading.language)),
    )


def heading_level(chosen: str) -> int:
    """The number of a heading level such as `h3`; 2 for anything else."""
    return HEADING_LEVELS.get(chosen, 2)
