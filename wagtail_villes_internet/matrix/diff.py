"""What differs between two versions of the matrix, in the words of those who read it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from .data import MatrixData


@dataclass(frozen=True, slots=True)
class Entry:
    """An axis, a theme or a service of one version. `within`: the label of what holds it."""

    code: str
    label: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """The same code under another label."""

    code: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The same code elsewhere: the labels of what held it and of what holds it."""

    code: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A code that is gone, and those that replace it."""

    old: Entry
    new: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two sets of axes, or of themes."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    renamed: tuple[Renamed, ...]
    moved: tuple[Moved, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.renamed, self.moved))


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions, each in the order of the version that has it.

    A service that is replaced is not among those removed, nor is what only replaces it among those
    added.
    """

    old_version: str
    new_version: str
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    renamed: tuple[Renamed, ...]
    moved: tuple[Moved, ...]
    replaced: tuple[Replaced, ...]
    themes: Changes
    axes: Changes

    @property
    def services(self) -> Changes:
        """Of services, all but those replaced."""
        return Changes(self.added, self.removed, self.renamed, self.moved)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any((self.replaced, self.services, self.themes, self.axes))

    def as_json(self) -> dict[str, Any]:
        """Lists by kind of difference, as `--format json` prints them."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """One line a difference: axes, themes, then services."""
        yield from _lines(_("axis"), self.axes)
        yield from _lines(_("theme"), self.themes)
        yield from _lines(_("service"), self.services)
        for one in self.replaced:
            yield _("→ service %(old)s is replaced by %(new)s") % {
                "old": _named(one.old),
                "new": ", ".join(map(_named, one.new)),
            }


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry, and the code of what holds it: two themes may bear one label."""

    entry: Entry
    holder: str = ""


def difference(old: MatrixData | None, new: MatrixData) -> Difference:
    """What taking `new` in the place of `old` changes; all of it is added where there is none."""
    old = old or MatrixData("", False, ())
    before, after = _services(old), _services(new)
    heirs: dict[str, list[Entry]] = {}
    for service in new.services():
        for code in dict.fromkeys(service.replaces):
            if code in before and code not in after:
                heirs.setdefault(code, []).append(after[service.code].entry)
    replacing = {entry.code for entries in heirs.values() for entry in entries}
    services = _changes(before, after)
    return Difference(
        old_version=old.version,
        new_version=new.version,
        added=tuple(entry for entry in services.added if entry.code not in replacing),
        removed=tuple(entry for entry in services.removed if entry.code not in heirs),
        renamed=services.renamed,
        moved=services.moved,
        replaced=tuple(
            Replaced(one.entry, tuple(heirs[code])) for code, one in before.items() if code in heirs
        ),
        themes=_changes(_themes(old), _themes(new)),
        axes=_changes(_axes(old), _axes(new)),
    )


def _axes(data: MatrixData) -> dict[str, _Placed]:
    return {axis.code: _Placed(Entry(axis.code, axis.label)) for axis in data.axes}


def _themes(data: MatrixData) -> dict[str, _Placed]:
    return {
        theme.code: _Placed(Entry(theme.code, theme.label, axis.label), axis.code)
        for axis in data.axes
        for theme in axis.themes
    }


def _services(data: MatrixData) -> dict[str, _Placed]:
    return {
        service.code: _Placed(Entry(service.code, service.label, theme.label), theme.code)
        for axis in data.axes
        for theme in axis.themes
        for service in theme.services
    }


def _changes(before: Mapping[str, _Placed], after: Mapping[str, _Placed]) -> Changes:
    both = [(before[code], one) for code, one in after.items() if code in before]
    return Changes(
        added=tuple(one.entry for code, one in after.items() if code not in before),
        removed=tuple(one.entry for code, one in before.items() if code not in after),
        renamed=tuple(
            Renamed(now.entry.code, was.entry.label, now.entry.label)
            for was, now in both
            if was.entry.label != now.entry.label
        ),
        moved=tuple(
            Moved(now.entry.code, now.entry.label, was.entry.within, now.entry.within)
            for was, now in both
            if was.holder != now.holder
        ),
    )


def _lines(kind: str, changes: Changes) -> Iterator[str]:
    for entry in changes.added:
        yield _("+ %(kind)s %(what)s") % {"kind": kind, "what": _placed(entry)}
    for entry in changes.removed:
        yield _("- %(kind)s %(what)s") % {"kind": kind, "what": _placed(entry)}
    for one in changes.renamed:
        yield _("* %(kind)s %(code)s: “%(old)s” becomes “%(new)s”") % {
            "kind": kind,
            "code": one.code,
            "old": one.old,
            "new": one.new,
        }
    for one in changes.moved:
        yield _("> %(kind)s %(what)s moves from “%(old)s” to “%(new)s”") % {
            "kind": kind,
            "what": _named(one),
            "old": one.old,
            "new": one.new,
        }


def _placed(entry: Entry) -> str:
    if not entry.within:
        return _named(entry)
    return _("%(what)s, in “%(holder)s”") % {"what": _named(entry), "holder": entry.within}


def _named(entry: Entry | Moved) -> str:
    return _("%(code)s “%(label)s”") % {"code": entry.code, "label": entry.label}
