"""One dossier beside another: last year's and this year's, or what was filed and what it is now.

Pure but for `previous_of` and `content_before`. Themes are the same where they have one code, else
where they have one label: a new version of the matrix may give other codes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..declared.wording import field_label
from ..registry.types import SERVICE_FIELDS
from ..words import plain_words
from .content import Content, Included, ThemeServices
from .freezing import STANDING, content_of
from .models import Dossier, Filing

MOST_LINES = 2_000
"""Of a text that is compared line by line; beyond, one text takes the place of the other."""


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """One theme: how many services it had and has, and how many of its reference services one of
    them corresponds to. `before`, `after` and the like are None where that matrix lacks it."""

    axis_label: str
    code: str
    label: str
    before: int | None
    after: int | None
    covered_before: int | None
    covered_after: int | None

    @property
    def is_newly_covered(self) -> bool:
        return bool(self.after) and not self.before

    @property
    def is_no_longer_covered(self) -> bool:
        return bool(self.before) and not self.after


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """A service of both, and the contract's fields in which it differs, in their order there."""

    before: Included
    after: Included
    fields: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.after.title

    @property
    def labels(self) -> tuple[str, ...]:
        """The fields in the words of the form."""
        return tuple(map(field_label, self.fields))


@dataclass(frozen=True, slots=True)
class LeftOutChange:
    """A service that one of them leaves out, and why; None where that one says nothing of it."""

    id: str
    title: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a text: `same`, `added` or `gone`."""

    change: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What differs from `before` to `after`. Services are in the order of their dossier."""

    before: Content
    after: Content
    themes: tuple[ThemeChange, ...]
    added: tuple[Included, ...]
    gone: tuple[Included, ...]
    changed: tuple[ServiceChange, ...]
    left_out: tuple[LeftOutChange, ...]
    statement: tuple[DiffLine, ...]
    answers: tuple[DiffLine, ...]

    @property
    def has_another_matrix(self) -> bool:
        return self.before.matrix_version != self.after.matrix_version

    @property
    def newly_covered(self) -> tuple[ThemeChange, ...]:
        return tuple(theme for theme in self.themes if theme.is_newly_covered)

    @property
    def no_longer_covered(self) -> tuple[ThemeChange, ...]:
        return tuple(theme for theme in self.themes if theme.is_no_longer_covered)

    @property
    def moved(self) -> bool:
        """Whether the services, or the themes that they cover, are not the same."""
        services = self.added or self.gone or self.changed
        return bool(services or self.newly_covered or self.no_longer_covered)


def compare(before: Content, after: Content) -> Comparison:
    """What differs from one to the other, frozen or not."""
    old, new = ({each.id: each for each in content.included} for content in (before, after))
    return Comparison(
        before,
        after,
        themes=tuple(_themes(before, after)),
        added=tuple(each for each in after.included if each.id not in old),
        gone=tuple(each for each in before.included if each.id not in new),
        changed=tuple(
            ServiceChange(old[each.id], each, fields)
            for each in after.included
            if each.id in old and (fields := changed_fields(old[each.id], each))
        ),
        left_out=tuple(_left_out(before, after)),
        statement=line_diff(before.statement, after.statement),
        answers=line_diff(before.answers, after.answers),
    )


def changed_fields(before: Included, after: Included) -> tuple[str, ...]:
    """The contract's fields in which two states of a service differ."""
    return tuple(
        name for name in SERVICE_FIELDS if before.fields.get(name) != after.fields.get(name)
    )


def line_diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """`after` line by line, with the lines of `before` that are gone where they stood."""
    return tuple(_diff_lines(before.splitlines(), after.splitlines()))


def previous_of(dossier: Dossier) -> Filing | None:
    """The version that `dossier` is compared with: the last of the last year before, else the last
    of its own year; of those that were neither refused nor given up."""
    stands = Filing.objects.filter(
        dossier__authority=dossier.authority_id, state__in=STANDING
    ).select_related("dossier")
    earlier = stands.filter(dossier__year__lt=dossier.year).order_by("-dossier__year", "-number")
    own = stands.filter(dossier__year=dossier.year).order_by("-number")
    return earlier.first() or own.first()


def content_before(dossier: Dossier) -> Content | None:
    """What the version that `dossier` is compared with says. Raises `Unreadable`."""
    filing = previous_of(dossier)
    return content_of(filing) if filing else None


def _themes(before: Content, after: Content) -> Iterator[ThemeChange]:
    """Those of `after` in its order, then those of `before` that it lacks."""
    left = list(before.themes)
    for theme in after.themes:
        match = _same(theme, left)
        if match is not None:
            left.remove(match)
        yield _theme_change(theme, match, theme)
    for theme in left:
        yield _theme_change(theme, theme, None)


def _same(theme: ThemeServices, among: list[ThemeServices]) -> ThemeServices | None:
    by_code = (one for one in among if one.code == theme.code)
    words = plain_words(theme.label)
    by_label = (one for one in among if plain_words(one.label) == words)
    return next(by_code, None) or next(by_label, None)


def _theme_change(
    shown: ThemeServices, before: ThemeServices | None, after: ThemeServices | None
) -> ThemeChange:
    return ThemeChange(
        shown.axis_label,
        shown.code,
        shown.label,
        before=len(before.services) if before else None,
        after=len(after.services) if after else None,
        covered_before=before.covered if before else None,
        covered_after=after.covered if after else None,
    )


def _left_out(before: Content, after: Content) -> Iterator[LeftOutChange]:
    old, new = ({one.id: one for one in content.left_out} for content in (before, after))
    for id, one in {**new, **{id: one for id, one in old.items() if id not in new}}.items():
        was, now = old.get(id), new.get(id)
        yield LeftOutChange(id, one.title, was.reason if was else None, now.reason if now else None)


def _diff_lines(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    if max(len(before), len(after)) > MOST_LINES and before != after:
        yield from (DiffLine("gone", line) for line in before)
        yield from (DiffLine("added", line) for line in after)
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            yield from (DiffLine("same", line) for line in after[new_start:new_end])
        else:
            yield from (DiffLine("gone", line) for line in before[start:end])
            yield from (DiffLine("added", line) for line in after[new_start:new_end])
