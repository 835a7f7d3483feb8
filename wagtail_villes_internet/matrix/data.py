"""A version of the matrix as data: what a file or a registry gives, checked whole before use."""

from collections.abc import Iterator
from dataclasses import dataclass

# The association's has 136 to 139 services: what is far beyond is no referential, and would fill
# the database and every chooser.
MOST_SERVICES = 5_000


class MatrixError(ValueError):
    """A matrix that cannot be used. The message names the place and can be shown to a webmaster."""


@dataclass(frozen=True, slots=True)
class ReferenceServiceData:
    code: str
    label: str
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeData:
    code: str
    label: str
    services: tuple[ReferenceServiceData, ...]


@dataclass(frozen=True, slots=True)
class AxisData:
    code: str
    label: str
    themes: tuple[ThemeData, ...]


@dataclass(frozen=True, slots=True)
class MatrixData:
    version: str
    official: bool
    axes: tuple[AxisData, ...]

    def services(self) -> Iterator[ReferenceServiceData]:
        """Every reference service, in the order of the matrix."""
        for axis in self.axes:
            for theme in axis.themes:
                yield from theme.services


def parse_matrix(document: object) -> MatrixData:
    """The matrix in a JSON document of the contract's shape (`GET matrix`).

    Other members are ignored. Raises `MatrixError`, which names the place, for anything missing,
    of another type, empty, for a code used twice (a code never has two meanings), and for more
    than `MOST_SERVICES` axes, themes and services.
    """
    root = _object(document, "/")
    version = _text(root, "version", "")
    official = root.get("official")
    if not isinstance(official, bool):
        raise MatrixError("/official: true or false is expected")
    axes = tuple(
        AxisData(
            code=_text(axis, "code", at),
            label=_text(axis, "label", at),
            themes=tuple(
                ThemeData(
                    code=_text(theme, "code", inner),
                    label=_text(theme, "label", inner),
                    services=tuple(
                        ReferenceServiceData(
                            code=_text(service, "code", place),
                            label=_text(service, "label", place),
                            replaces=_codes(service.get("replaces", []), f"{place}/replaces"),
                        )
                        for place, service in _items(theme, "services", inner)
                    ),
                )
                for inner, theme in _items(axis, "themes", at)
            ),
        )
        for at, axis in _items(root, "axes", "")
    )
    matrix = MatrixData(version=version, official=official, axes=axes)
    themes = [theme for axis in axes for theme in axis.themes]
    if len(axes) + len(themes) + sum(len(theme.services) for theme in themes) > MOST_SERVICES:
        raise MatrixError(f"/axes: more than {MOST_SERVICES} entries")
    _refuse_twice("axis", (axis.code for axis in axes))
    _refuse_twice("theme", (theme.code for theme in themes))
    _refuse_twice("service", (service.code for service in matrix.services()))
    return matrix


def _object(value: object, place: str) -> dict:
    if not isinstance(value, dict):
        raise MatrixError(f"{place}: an object is expected")
    return value


def _text(holder: dict, name: str, place: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MatrixError(f"{place}/{name}: a text is expected")
    if len(value) > (100 if name in {"code", "version"} else 255):
        raise MatrixError(f"{place}/{name}: the text is too long")
    return value


def _items(holder: dict, name: str, place: str) -> Iterator[tuple[str, dict]]:
    values = holder.get(name)
    if not isinstance(values, list):
        raise MatrixError(f"{place}/{name}: a list is expected")
    for position, value in enumerate(values):
        at = f"{place}/{name}/{position}"
        yield at, _object(value, at)


def _codes(values: object, place: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(code, str) for code in values):
        raise MatrixError(f"{place}: a list of codes is expected")
    return tuple(values)


def _refuse_twice(kind: str, codes: Iterator[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise MatrixError(f"the {kind} {code} is there twice")
        seen.add(code)
