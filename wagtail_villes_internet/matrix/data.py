"""A version of the matrix as data: what a file or a registry gives, checked whole before use."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

# The association's has 136 to 139 services: what is far beyond is no referential, and would fill
# the database and every chooser.
MOST_SERVICES = 5_000


LONGEST_CODE = 100
LONGEST_LABEL = 255
# What no database stores as it is.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


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

    def with_services(
        self, changed: Callable[[ReferenceServiceData], ReferenceServiceData]
    ) -> "MatrixData":
        """The same, each of whose reference services is what `changed` makes of it."""

        def theme_with(theme: ThemeData) -> ThemeData:
            return replace(theme, services=tuple(map(changed, theme.services)))

        def axis_with(axis: AxisData) -> AxisData:
            return replace(axis, themes=tuple(map(theme_with, axis.themes)))

        return replace(self, axes=tuple(map(axis_with, self.axes)))


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
        raise MatrixError(_("%(place)s: true or false is expected.") % {"place": "/official"})
    places = Places()
    axes = tuple(
        AxisData(
            code=places.take("axes", _text(axis, "code", at), at),
            label=_text(axis, "label", at),
            themes=tuple(
                ThemeData(
                    code=places.take("themes", _text(theme, "code", inner), inner),
                    label=_text(theme, "label", inner),
                    services=tuple(
                        ReferenceServiceData(
                            code=places.take("services", _text(service, "code", place), place),
                            label=_text(service, "label", place),
                            replaces=places.take_former(
                                _codes(service.get("replaces", []), f"{place}/replaces"),
                                f"{place}/replaces",
                            ),
                        )
                        for place, service in _items(theme, "services", inner)
                    ),
                )
                for inner, theme in _items(axis, "themes", at)
            ),
        )
        for at, axis in _items(root, "axes", "")
    )
    return MatrixData(version=version, official=official, axes=axes)


class Places:
    """Where each code of a file stands: each has one place, and there are only so many."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], str] = {}
        self._former: set[str] = set()

    def take(self, kind: str, code: str, place: str) -> str:
        """Note that `code` is at `place`, and return it. Raises `MatrixError`."""
        if (kind, code) in self._places:
            raise MatrixError(
                _("%(place)s: the code %(code)s is there twice, first at %(first)s.")
                % {"place": place, "code": code, "first": self._places[kind, code]}
            )
        if len(self._places) == MOST_SERVICES:
            raise MatrixError(
                _("%(place)s: a matrix of more than %(most)s entries cannot be used.")
                % {"place": place, "most": MOST_SERVICES}
            )
        self._places[kind, code] = place
        return code

    def take_former(self, codes: Iterable[str], place: str) -> tuple[str, ...]:
        """Note the codes that a service at `place` replaces, and return them; each may be replaced
        by several. Raises `MatrixError`."""
        found = tuple(check_text(code, LONGEST_CODE, place) for code in codes)
        self._former.update(found)
        if len(self._former) > MOST_SERVICES:
            raise MatrixError(
                _("%(place)s: a matrix of more than %(most)s entries cannot be used.")
                % {"place": place, "most": MOST_SERVICES}
            )
        return found


def check_text(value: str, longest: int, place: str) -> str:
    """`value`, fit to be stored. Raises `MatrixError`."""
    if not value.strip():
        raise MatrixError(_("%(place)s: a text is expected.") % {"place": place})
    if len(value) > longest:
        raise MatrixError(
            _("%(place)s: the text is longer than %(most)s characters.")
            % {"place": place, "most": longest}
        )
    if UNSTORABLE.search(value):
        raise MatrixError(
            _("%(place)s: the text holds a character that cannot be kept.") % {"place": place}
        )
    return value


def _object(value: object, place: str) -> dict:
    if not isinstance(value, dict):
        raise MatrixError(_("%(place)s: an object is expected.") % {"place": place})
    return value


def _text(holder: dict, name: str, place: str) -> str:
    value, at = holder.get(name), f"{place}/{name}"
    if not isinstance(value, str):
        raise MatrixError(_("%(place)s: a text is expected.") % {"place": at})
    return check_text(value, LONGEST_LABEL if name == "label" else LONGEST_CODE, at)


def _items(holder: dict, name: str, place: str) -> Iterator[tuple[str, dict]]:
    values = holder.get(name)
    if not isinstance(values, list):
        raise MatrixError(_("%(place)s: a list is expected.") % {"place": f"{place}/{name}"})
    for position, value in enumerate(values):
        at = f"{place}/{name}/{position}"
        yield at, _object(value, at)


def _codes(values: object, place: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(code, str) for code in values):
        raise MatrixError(_("%(place)s: a list of codes is expected.") % {"place": place})
    return tuple(values)
