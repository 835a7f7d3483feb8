"""Keeps the versions of the matrix, side by side, and says which one is in use."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from importlib import resources

from django.db import transaction
from django.db.models import F

from .data import AxisData, MatrixData, ReferenceServiceData, ThemeData, parse_matrix
from .known import KnownCodes, codes_by_label
from .models import Axis, Matrix, Placement, ReferenceService, Theme

BUNDLED = "data/matrix.json"


def current_matrix() -> Matrix | None:
    """The version in use on this installation; None when none was loaded."""
    return Matrix.objects.filter(is_current=True).order_by("-loaded_at").first()


def replacements() -> dict[str, set[str]]:
    """What replaces each code directly, in any version; one query."""
    found: dict[str, set[str]] = defaultdict(set)
    edges = ReferenceService.replaced_by.through.objects.values_list(
        "from_referenceservice__code", "to_referenceservice__code"
    )
    for old, new in edges:
        found[old].add(new)
    return dict(found)


def known_codes() -> KnownCodes:
    """The codes that axes and themes have here; two queries.

    The version in use is heard first, then those stored last. A label that one version gives to
    two codes is no name of either.
    """
    matrices = ("matrix__is_current", "matrix__loaded_at", "matrix_id")
    axes = Axis.objects.order_by(*matrices)
    themes = Theme.objects.order_by(*(f"axis__{name}" for name in matrices))
    return KnownCodes(
        axis=codes_by_label(axes.values_list("matrix_id", "label", "code")),
        theme=codes_by_label(themes.values_list("axis__matrix_id", "label", "code")),
    )


def as_data(matrix: Matrix) -> MatrixData:
    """A version that is stored, as a file would give it; constant queries.

    `replaces` holds what any version or map said of its codes.
    """
    former: dict[str, set[str]] = defaultdict(set)
    for old, new in replacements().items():
        for code in new:
            former[code].add(old)
    placements = Placement.objects.order_by("position", "pk").values_list(
        "theme_id", "service__code", "label"
    )
    services: dict[int, list[ReferenceServiceData]] = defaultdict(list)
    for theme, code, label in placements.filter(theme__axis__matrix=matrix):
        services[theme].append(
            ReferenceServiceData(code, label, tuple(sorted(former.get(code, ()))))
        )
    axes = matrix.axes.order_by("position", "pk").prefetch_related("themes")
    return MatrixData(
        version=matrix.version,
        official=matrix.official,
        axes=tuple(
            AxisData(
                axis.code,
                axis.label,
                tuple(
                    ThemeData(theme.code, theme.label, tuple(services[theme.pk]))
                    for theme in sorted(axis.themes.all(), key=lambda row: (row.position, row.pk))
                ),
            )
            for axis in axes
        ),
    )


def receive_matrix(document: object, *, make_current: bool = True) -> Matrix:
    """Store a version given as JSON of the contract's shape; the same version twice corrects it.

    Validated whole, then written in one transaction. Reference services are kept by code and never
    deleted, so that no service and no draft loses its attachment. The services that a version in
    use no longer places are attached anew by `services.remapping`, through which a version is
    taken into use once there are services. Raises `MatrixError`.
    """
    return store(parse_matrix(document), make_current=make_current)


@transaction.atomic
def store(
    data: MatrixData,
    *,
    make_current: bool = True,
    edition: int | None = None,
    mapped: Collection[str] = (),
) -> Matrix:
    """Write a version in a number of queries that does not grow with it.

    One that is stored already, as it is, is not written again. `edition`: its year, where it is
    known. `mapped`: former codes that a person mapped; what this version was said to replace them
    by is forgotten, but for what `data` says.
    """
    matrix = Matrix.objects.filter(version=data.version).first()
    if matrix is None or not _holds(matrix, data, edition, mapped):
        matrix = _write(data, edition, mapped)
    if make_current and not matrix.is_current:
        take_into_use(matrix)
    return matrix


def _holds(matrix: Matrix, data: MatrixData, edition: int | None, mapped: Collection[str]) -> bool:
    """Whether `matrix` is stored as `data` has it, and so has nothing to be written."""
    stored = as_data(matrix)
    if edition not in (None, matrix.edition) or _bare(stored) != _bare(data):
        return False
    former = {service.code: set(service.replaces) for service in stored.services()}
    known = ReferenceService.objects.filter(
        code__in={old for service in data.services() for old in service.replaces}
    )
    linkable = set(known.values_list("code", flat=True))
    return all(
        set(service.replaces) & linkable <= former[service.code]
        and former[service.code] & set(mapped) <= set(service.replaces)
        for service in data.services()
    )


def _bare(data: MatrixData) -> MatrixData:
    """Without what its services replace."""
    return data.with_services(lambda service: replace(service, replaces=()))


def _write(data: MatrixData, edition: int | None, mapped: Collection[str]) -> Matrix:
    given = {} if edition is None else {"edition": edition}
    matrix, _created = Matrix.objects.update_or_create(
        version=data.version, defaults={"official": data.official, **given}
    )
    matrix.axes.all().delete()
    axes = Axis.objects.bulk_create(
        Axis(matrix=matrix, code=axis.code, label=axis.label, position=position)
        for position, axis in enumerate(data.axes)
    )
    themes = Theme.objects.bulk_create(
        Theme(axis=row, code=theme.code, label=theme.label, position=position)
        for row, axis in zip(axes, data.axes, strict=True)
        for position, theme in enumerate(axis.themes)
    )
    services = _store_services(data, mapped)
    Placement.objects.bulk_create(
        Placement(
            theme=row,
            service=services[service.code],
            label=service.label,
            position=position,
        )
        for row, theme in zip(
            themes, (theme for axis in data.axes for theme in axis.themes), strict=True
        )
        for position, service in enumerate(theme.services)
    )
    if matrix.is_current:
        _note_what_is_in_use()
    return matrix


def hold() -> None:
    """Inside a transaction: whoever else takes a version into use waits for its end.

    Else two at once would both see the other as it was, and leave two versions in use.
    """
    list(Matrix.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def take_into_use(matrix: Matrix) -> None:
    """Make `matrix` the version that this installation shows, for every authority."""
    hold()
    Matrix.objects.exclude(pk=matrix.pk).filter(is_current=True).update(is_current=False)
    matrix.is_current = True
    matrix.save(update_fields=["is_current"])
    _note_what_is_in_use()


def _note_what_is_in_use() -> None:
    placed = Placement.objects.filter(theme__axis__matrix__is_current=True).values("service")
    ReferenceService.objects.filter(in_use=True).exclude(pk__in=placed).update(in_use=False)
    ReferenceService.objects.filter(in_use=False, pk__in=placed).update(in_use=True)
    called = Placement.objects.filter(theme__axis__matrix__is_current=True)
    otherwise = called.exclude(label=F("service__label")).select_related("service")
    renamed = {placement.service_id: placement for placement in otherwise}
    for placement in renamed.values():
        placement.service.label = placement.label
    ReferenceService.objects.bulk_update(
        [placement.service for placement in renamed.values()], ["label"], batch_size=500
    )


def _store_services(data: MatrixData, mapped: Collection[str]) -> dict[str, ReferenceService]:
    wanted = {service.code: service for service in data.services()}
    replaced = {code for service in wanted.values() for code in service.replaces}
    # Those that are there keep the label of the version in use.
    known = set(ReferenceService.objects.filter(code__in=wanted).values_list("code", flat=True))
    ReferenceService.objects.bulk_create(
        ReferenceService(code=code, label=service.label)
        for code, service in wanted.items()
        if code not in known
    )
    rows = {row.code: row for row in ReferenceService.objects.filter(code__in=[*wanted, *replaced])}
    link = ReferenceService.replaced_by.through
    link.objects.filter(
        from_referenceservice__code__in=mapped, to_referenceservice__code__in=wanted
    ).delete()
    link.objects.bulk_create(
        (
            link(
                from_referenceservice_id=rows[old].pk,
                to_referenceservice_id=rows[service.code].pk,
            )
            for service in wanted.values()
            for old in service.replaces
            if old in rows
        ),
        ignore_conflicts=True,
    )
    return rows


def load_bundled() -> Matrix | None:
    """Load the bundled, provisional matrix where there is none yet; returns it, or None."""
    if Matrix.objects.exists():
        return None
    text = resources.files("wagtail_villes_internet").joinpath(BUNDLED).read_text("utf-8")
    return receive_matrix(json.loads(text))
