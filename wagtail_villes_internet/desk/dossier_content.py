"""Everything that a dossier says, in words: to be read before it is filed, and years later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..declared.wording import field_label, said
from ..dossiers.content import Content, Included
from ..registry.types import SERVICE_FIELDS


@dataclass(frozen=True, slots=True)
class ShownService:
    """One service under one theme. `fields` are the label and the text of each that is filled in;
    none where another theme has shown it in full, `is_again`."""

    id: str
    title: str
    fields: tuple[tuple[str, str], ...]
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """`axis` is empty for the services that the matrix has no place for."""

    axis: str
    label: str
    services: tuple[ShownService, ...]


@dataclass(frozen=True)
class ShownContent:
    """A dossier for `desk/dossier/content.html`. It reads nothing but the dossier."""

    content: Content

    @property
    def kind(self) -> str:
        """What the local authority is, in words."""
        kinds = dict(LocalAuthority.Kind.choices)
        kind = self.content.authority.get("kind", "")
        return str(kinds.get(kind, kind))

    @cached_property
    def themes(self) -> tuple[ShownTheme, ...]:
        """Those that have a service, in the order of the matrix."""
        return tuple(self._themes())

    def _themes(self) -> Iterator[ShownTheme]:
        labels, seen = self.content.labels, set()
        for theme in self.content.themes:
            if services := theme.services:
                rows = tuple(_shown(one, labels, one.id in seen) for one in services)
                seen.update(one.id for one in services)
                yield ShownTheme(theme.axis_label, theme.label, rows)
        if rest := [one for one in self.content.included if one.id not in seen]:
            label = _("Without a place in this matrix")
            yield ShownTheme("", label, tuple(_shown(one, labels, False) for one in rest))


def _shown(service: Included, labels: Mapping[str, str], is_again: bool) -> ShownService:
    if is_again:
        return ShownService(service.id, service.title, (), is_again=True)
    fields = tuple(
        (field_label(name), text)
        for name in SERVICE_FIELDS
        if name != "title" and (text := said(name, service.fields.get(name), labels))
    )
    return ShownService(service.id, service.title, fields)
