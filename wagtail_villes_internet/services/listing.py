"""The services residents see, by domain and theme of the matrix in use, in two queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from ..authorities.models import LocalAuthority
from ..matrix.models import Theme
from ..words import alphabetical
from .models import DigitalService
from .rules import shortcomings


@dataclass(frozen=True, slots=True)
class ListedService:
    """One service as residents see it. `status` is `planned` or `active`."""

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


@dataclass(frozen=True, slots=True)
class ListedTheme:
    code: str
    label: str
    services: tuple[ListedService, ...]


@dataclass(frozen=True, slots=True)
class ListedAxis:
    code: str
    label: str
    themes: tuple[ListedTheme, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """`count` is the number of distinct services; one of two themes is listed twice."""

    axes: tuple[ListedAxis, ...]
    official: bool
    matrix_version: str
    count: int


COLUMNS = (
    "pk",
    "translation_key",
    "title",
    "summary",
    "description",
    "url",
    "offline_alternative",
    "status",
    "kind",
    "provider",
    "audiences",
    "interactions",
    "started_on",
    "ended_on",
    "latitude",
    "longitude",
)


def services_by_theme(authority: LocalAuthority | None, *, include_empty: bool = False) -> Listing:
    """What `authority` offers to residents, in the order of the matrix in use.

    Live, complete and public services that have not ended; never a draft, never another town's.
    Two queries, whatever the number of services. A service whose reference services are not in
    the matrix in use is in no theme, hence not listed: the desk says so.
    """
    themes = (
        Theme.objects.filter(axis__matrix__is_current=True)
        .select_related("axis__matrix")
        .order_by("axis__position", "axis_id", "position", "pk")
    )
    by_theme = _services_by_theme_id(authority)
    axes: dict[int, tuple[object, list[ListedTheme]]] = {}
    matrix = None
    listed: set[str] = set()
    for theme in themes:
        matrix = theme.axis.matrix
        services = by_theme.get(theme.pk, ())
        listed.update(service.remote_id for service in services)
        if services or include_empty:
            _axis, rows = axes.setdefault(theme.axis_id, (theme.axis, []))
            rows.append(ListedTheme(theme.code, theme.label, tuple(services)))
    return Listing(
        axes=tuple(ListedAxis(axis.code, axis.label, tuple(rows)) for axis, rows in axes.values()),
        official=bool(matrix and matrix.official),
        matrix_version=matrix.version if matrix else "",
        count=len(listed),
    )


def _services_by_theme_id(authority: LocalAuthority | None) -> dict[int, list[ListedService]]:
    """Complete services by theme, from one row a service and theme."""
    rows = (
        DigitalService.objects.of(authority)
        .live()
        .filter(
            public=True,
            reference_services__placements__theme__axis__matrix__is_current=True,
        )
        .exclude(status=DigitalService.Status.ENDED)
        .order_by("pk")
        .values_list(
            *COLUMNS,
            "reference_services__pk",
            "reference_services__placements__theme_id",
        )
    )
    services: dict[int, ListedService] = {}
    references: dict[int, set[int]] = defaultdict(set)
    themes: dict[int, dict[int, None]] = defaultdict(dict)
    for pk, key, *columns, reference, theme in rows:
        if pk not in services:
            services[pk] = _listed(key, columns)
        references[pk].add(reference)
        themes[pk][theme] = None
    by_theme: dict[int, list[ListedService]] = defaultdict(list)
    for pk, service in sorted(services.items(), key=lambda item: alphabetical(item[1].title)):
        if not shortcomings(service, references[pk]):
            for theme in themes[pk]:
                by_theme[theme].append(service)
    return by_theme


def _listed(key: object, columns: list) -> ListedService:
    values = dict(zip(COLUMNS[2:], columns, strict=True))
    values["audiences"] = tuple(values["audiences"])
    values["interactions"] = tuple(values["interactions"])
    return ListedService(remote_id=str(key), **values)
