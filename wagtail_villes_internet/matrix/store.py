"""Keeps the versions of the matrix, side by side, and says which one is in use."""

import json
from importlib import resources

from django.db import transaction

from .data import MatrixData, parse_matrix
from .models import Axis, Matrix, Placement, ReferenceService, Theme

BUNDLED = "data/matrix.json"


def current_matrix() -> Matrix | None:
    """The version in use on this installation; None when none was loaded."""
    return Matrix.objects.filter(is_current=True).order_by("-loaded_at").first()


def receive_matrix(document: object, *, make_current: bool = True) -> Matrix:
    """Store a version given as JSON of the contract's shape; the same version twice corrects it.

    Validated whole, then written in one transaction. Reference services are kept by code and never
    deleted, so that no service and no draft loses its attachment. Raises `MatrixError`.
    """
    return store(parse_matrix(document), make_current=make_current)


@transaction.atomic
def store(data: MatrixData, *, make_current: bool = True) -> Matrix:
    """Write a version in a number of queries that does not grow with it."""
    matrix, _created = Matrix.objects.update_or_create(
        version=data.version, defaults={"official": data.official}
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
    services = _store_services(data)
    Placement.objects.bulk_create(
        Placement(theme=row, service=services[service.code], position=position)
        for row, theme in zip(
            themes, (theme for axis in data.axes for theme in axis.themes), strict=True
        )
        for position, service in enumerate(theme.services)
    )
    if make_current and not matrix.is_current:
        take_into_use(matrix)
    elif matrix.is_current:
        _note_what_is_in_use()
    return matrix


@transaction.atomic
def take_into_use(matrix: Matrix) -> None:
    """Make `matrix` the version that this installation shows, for every authority."""
    Matrix.objects.exclude(pk=matrix.pk).filter(is_current=True).update(is_current=False)
    matrix.is_current = True
    matrix.save(update_fields=["is_current"])
    _note_what_is_in_use()


def _note_what_is_in_use() -> None:
    placed = Placement.objects.filter(theme__axis__matrix__is_current=True).values("service")
    ReferenceService.objects.filter(in_use=True).exclude(pk__in=placed).update(in_use=False)
    ReferenceService.objects.filter(in_use=False, pk__in=placed).update(in_use=True)


def _store_services(data: MatrixData) -> dict[str, ReferenceService]:
    wanted = {service.code: service for service in data.services()}
    replaced = {code for service in wanted.values() for code in service.replaces}
    known = {
        row.code: row for row in ReferenceService.objects.filter(code__in=[*wanted, *replaced])
    }
    corrected = []
    for code, row in known.items():
        if code in wanted and row.label != wanted[code].label:
            row.label = wanted[code].label
            corrected.append(row)
    ReferenceService.objects.bulk_update(corrected, ["label"], batch_size=500)
    ReferenceService.objects.bulk_create(
        ReferenceService(code=code, label=service.label)
        for code, service in wanted.items()
        if code not in known
    )
    rows = {row.code: row for row in ReferenceService.objects.filter(code__in=[*wanted, *replaced])}
    link = ReferenceService.replaced_by.through
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
