"""The services residents see, by domain and theme of the matrix in use, in two queries.

What is listed has no slots: a cache would take twice as long to give it back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.text import slugify
from django.utils.timezone import localdate

from ..authorities.models import LocalAuthority
from ..matrix.models import Theme
from ..words import alphabetical
from .models import DigitalService
from .rules import shortcomings, status_on

PICTURE = "max-640x480"
"""The rendition of a service's picture that lists show."""


@dataclass(frozen=True)
class ListedService:
    """One service as residents see it, its texts in one of its languages.

    `status` is `planned` or `active`, on the day of the listing. `language` is the code of the
    language the texts are in, `image` the key of a picture or None, and `references` the code and
    label of each reference service that the matrix in use places, in its order.
    """

    remote_id: str
    title: str
    summary: str
    description: str
    url: str
    offline_alternative: str
    status: str
    kind: str
    provider: str
    audiences: tuple[str, ...]
    interactions: tuple[str, ...]
    started_on: date | None
    ended_on: date | None
    latitude: object
    longitude: object
    language: str = ""
    image: int | None = None
    first_published_on: date | None = None
    references: tuple[tuple[str, str], ...] = ()

    @property
    def slug(self) -> str:
        """What ends the address of its own page; the last eight characters find it again."""
        return f"{slugify(self.title)}-{self.remote_id[:8]}".lstrip("-")


def as_listed(service: DigitalService) -> ListedService:
    """`service` as a list shows it, whether it may be listed or not: for its preview."""
    fields = set(ListedService.__dataclass_fields__) - {"language", "image", "references"}
    told = {name: getattr(service, name, None) for name in fields}
    return ListedService(
        **told
        | {
            "audiences": tuple(service.audiences),
            "interactions": tuple(service.interactions),
            "language": service.locale.language_code,
            "image": service.image_id,
        }
    )


@dataclass(frozen=True)
class ListedTheme:
    code: str
    label: str
    services: tuple[ListedService, ...]


@dataclass(frozen=True)
class ListedAxis:
    code: str
    label: str
    themes: tuple[ListedTheme, ...]


@dataclass(frozen=True)
class Listing:
    """The services by domain and theme; one of two themes is listed twice."""

    axes: tuple[ListedAxis, ...]
    official: bool
    matrix_version: str

    @property
    def themes(self) -> Iterator[ListedTheme]:
        return (theme for axis in self.axes for theme in axis.themes)

    @cached_property
    def services(self) -> tuple[ListedService, ...]:
        """Each service once, in alphabetical order."""
        found = {each.remote_id: each for theme in self.themes for each in theme.services}
        return tuple(sorted(found.values(), key=by_title))

    @cached_property
    def count(self) -> int:
        """The number of distinct services."""
        return len({each.remote_id for theme in self.themes for each in theme.services})

    def theme_codes_of(self, remote_id: str) -> tuple[str, ...]:
        """The codes of the themes of a service, in the order of the matrix."""
        return self._theme_codes.get(remote_id, ())

    @cached_property
    def _theme_codes(self) -> dict[str, tuple[str, ...]]:
        codes: dict[str, tuple[str, ...]] = {}
        for theme in self.themes:
            for service in theme.services:
                codes[service.remote_id] = (*codes.get(service.remote_id, ()), theme.code)
        return codes

    def keeping(
        self,
        theme: Callable[[ListedTheme, ListedAxis], bool],
        service: Callable[[ListedService, ListedTheme], bool] | None = None,
    ) -> "Listing":
        """The same with only the themes, and in these the services, that are to be kept.

        A domain whose themes all go, goes as well.
        """
        axes = []
        for axis in self.axes:
            themes = tuple(
                each
                if service is None
                else ListedTheme(
                    each.code,
                    each.label,
                    tuple(found for found in each.services if service(found, each)),
                )
                for each in axis.themes
                if theme(each, axis)
            )
            if themes:
                axes.append(ListedAxis(axis.code, axis.label, themes))
        return Listing(tuple(axes), self.official, self.matrix_version)

    def without_empty_themes(self) -> "Listing":
        return self.keeping(lambda theme, _axis: bool(theme.services))


def by_title(service: ListedService) -> Any:
    """A key to sort services by title as a French list does."""
    return alphabetical(service.title), service.remote_id


# What is read in the language of the page, where it was translated.
TEXTS = ("title", "summary", "description", "url", "offline_alternative")
# What the foremost translation says for them all.
FACTS = ("kind", "provider", "started_on", "ended_on", "latitude", "longitude")
COLUMNS = (
    *("pk", "translation_key", "public", "locale__language_code", "status"),
    *("audiences", "interactions", "image", "first_published_at", *TEXTS, *FACTS),
)
PLACES = (
    *("pk", "code", "label", "axis", "axis__code", "axis__label"),
    *("axis__matrix__official", "axis__matrix__version"),
    *("placements__service", "placements__service__code", "placements__service__label"),
)


def services_by_theme(
    authority: LocalAuthority | None,
    language: str | None = None,
    today: date | None = None,
    *,
    include_empty: bool = False,
) -> Listing:
    """What `authority` offers to residents, in the order of the matrix in use.

    Complete and public services that are live and have not ended on `today`; never a draft, never
    another town's. The translations of one service are listed once: the one that speaks for the
    others says whether it is shown, and its facts; the texts are those of `language` (a code of
    `WAGTAIL_CONTENT_LANGUAGES`) where that translation is live and public too, else its own.

    Two queries, whatever the number of services. A service whose reference services are not in
    the matrix in use is in no theme, hence not listed: the desk says so.
    """
    themes, references = _matrix_in_use()
    by_theme: dict[int, list[ListedService]] = defaultdict(list)
    shown = _shown(authority, language, today or localdate(), references)
    for service, keys in sorted(shown, key=lambda each: by_title(each[0])):
        for key in keys:
            by_theme[key].append(service)
    axes = []
    for _axis, rows in groupby(themes, key=lambda row: row.axis):
        rows = list(rows)
        listed = tuple(ListedTheme(row.code, row.label, tuple(by_theme[row.pk])) for row in rows)
        axes.append(ListedAxis(rows[0].axis__code, rows[0].axis__label, listed))
    listing = Listing(
        axes=tuple(axes),
        official=bool(themes and themes[0].axis__matrix__official),
        matrix_version=themes[0].axis__matrix__version if themes else "",
    )
    return listing if include_empty else listing.without_empty_themes()


@dataclass(frozen=True, slots=True)
class _Reference:
    """A reference service that the matrix in use places, and the keys of its themes."""

    position: int
    code: str
    label: str
    themes: list[int]


def _matrix_in_use() -> tuple[list[Any], dict[int, _Reference]]:
    """Its themes in order, and the reference services that it places, by key."""
    rows = (
        Theme.objects.filter(axis__matrix__is_current=True)
        .order_by(
            *("axis__position", "axis_id", "position", "pk"),
            *("placements__position", "placements__pk"),
        )
        .values_list(*PLACES, named=True)
    )
    themes: dict[int, Any] = {}
    references: dict[int, _Reference] = {}
    for row in rows:
        themes.setdefault(row.pk, row)
        if row.placements__service is not None:
            reference = references.setdefault(
                row.placements__service,
                _Reference(
                    len(references),
                    row.placements__service__code,
                    row.placements__service__label,
                    [],
                ),
            )
            reference.themes.append(row.pk)
    return list(themes.values()), references


def _shown(
    authority: LocalAuthority | None,
    language: str | None,
    today: date,
    references: dict[int, _Reference],
) -> Iterator[tuple[ListedService, list[int]]]:
    """Each service to be shown, with the keys of its themes; from a row a service and reference."""
    rows = (
        DigitalService.objects.of(authority)
        .live()
        .foremost_first()
        .values_list(*COLUMNS, "reference_services", named=True)
    )
    for _key, translations in groupby(rows, key=lambda row: row.translation_key):
        row, *others = translations
        # Those of other translations count for nothing.
        attached = {each.reference_services for each in (row, *others) if each.pk == row.pk}
        placed = sorted(
            (references[key] for key in attached & references.keys()),
            key=lambda each: each.position,
        )
        status = status_on(row.status, row.started_on, row.ended_on, today)
        if not row.public or not placed or status == DigitalService.Status.ENDED:
            continue
        for words in (_in_language(others, language) or row, row):
            service = _listed(row, words, status, placed)
            if not shortcomings(service, attached):
                yield service, list(dict.fromkeys(key for each in placed for key in each.themes))
                break


def _in_language(translations: Iterable[Any], language: str | None) -> Any | None:
    """The one that residents may read in that language."""
    found = (each for each in translations if each.locale__language_code == language)
    return next((each for each in found if each.public), None)


def _listed(row: Any, words: Any, status: str, references: list[_Reference]) -> ListedService:
    first = row.first_published_at
    return ListedService(
        remote_id=str(row.translation_key),
        **{name: getattr(words, name) for name in TEXTS},
        **{name: getattr(row, name) for name in FACTS},
        status=status,
        audiences=tuple(row.audiences),
        interactions=tuple(row.interactions),
        language=words.locale__language_code,
        image=row.image,
        first_published_on=localdate(first) if first else None,
        references=tuple((each.code, each.label) for each in references),
    )
