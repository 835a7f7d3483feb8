"""The matrix in use, as a file names it: reference services and themes, by code or by label. Pure.

A title may call a reference service to mind; it is attached only where that is as good as said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ...matrix.suggesting import Entry, Proposer
from ...words import telling_words
from .cells import folded, parts, plain, short
from .errors import CellError

SURE = 0.6
"""The score from which the reference service that a title calls to mind is attached to a draft."""
SURE_OF_A_WORD = 0.9
"""The same for a title of one telling word."""
AHEAD = 0.15
"""How far ahead of the next one it must be."""
LIKELY = 0.35
"""The score that is enough inside the theme that somebody gave."""
PROPOSED = 3
# How the export of « Services » writes one of several: « Label (code), Label (code) ».
CODE_AT_END = re.compile(r"\(([^()]*)\)\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a title calls to mind. `code` is attached, where one is sure; `labels` are proposed."""

    code: str = ""
    labels: tuple[str, ...] = ()


@dataclass
class Referential:
    """What a file may attach services to: the entries in use, and the codes that no longer are."""

    entries: Sequence[Entry]
    retired: frozenset[str] = frozenset()
    _by_label: dict[str, set[str]] = field(init=False, default_factory=dict)
    _themes: dict[str, set[str]] = field(init=False, default_factory=dict)
    _themes_of: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._codes = {entry.code.casefold(): entry.code for entry in self.entries}
        self._codes |= {code.casefold(): code for code in self.retired}
        self._labels = {entry.code: entry.label for entry in self.entries}
        self._proposer = Proposer(self.entries)
        for entry in self.entries:
            self._by_label.setdefault(folded(entry.label), set()).add(entry.code)
            self._themes_of.setdefault(entry.code, set()).add(entry.theme_code)
            for name in (entry.theme, entry.theme_code):
                self._themes.setdefault(folded(name), set()).add(entry.theme_code)

    def label(self, code: str) -> str:
        return self._labels.get(code, code)

    def themes(self, typed: str) -> frozenset[str]:
        """The codes of the themes that a cell names. Raises `CellError` for an unknown one."""
        found: set[str] = set()
        for part in parts(typed):
            found |= self._theme(part)
        return frozenset(found)

    def _theme(self, typed: str) -> set[str]:
        if known := self._themes.get(folded(plain(typed))):
            return known
        # The export writes several themes with commas; a theme may have one in its name.
        pieces = [self._themes.get(folded(piece)) for piece in typed.split(",")]
        if len(pieces) < 2 or not all(pieces):
            raise CellError(
                _("“%(text)s” is no theme of the matrix in use.") % {"text": short(typed)}
            )
        return set().union(*filter(None, pieces))

    def codes(self, typed: str, themes: Iterable[str] = ()) -> tuple[str, ...]:
        """The codes, sorted, of the reference services that a cell names.

        `themes` tell which one is meant where two have one label. Raises `CellError`.
        """
        found: set[str] = set()
        for part in parts(typed):
            found |= self._named(part, frozenset(themes))
        return tuple(sorted(found))

    def _named(self, typed: str, themes: frozenset[str]) -> set[str]:
        if known := self._one(typed, themes):
            return {known}
        in_brackets = [code.strip().casefold() for code in CODE_AT_END.findall(typed)]
        if typed.rstrip(", ").endswith(")") and in_brackets and in_brackets[-1] in self._codes:
            return {self._codes[code] for code in in_brackets if code in self._codes}
        pieces = [self._one(piece, themes) for piece in typed.split(",")]
        if len(pieces) > 1 and all(pieces):
            return set(filter(None, pieces))
        raise CellError(
            _("“%(text)s” is no reference service of the matrix: give its code or its label.")
            % {"text": short(typed)}
        )

    def _one(self, typed: str, themes: frozenset[str]) -> str | None:
        name = plain(typed)
        if code := self._codes.get(name.casefold()):
            return code
        meant = self._by_label.get(folded(name), set())
        if len(meant) > 1 and themes:
            meant = {code for code in meant if self._themes_of[code] & themes}
        if len(meant) > 1:
            raise CellError(
                _("Several reference services are called “%(text)s”: %(codes)s. Give the code.")
                % {"text": short(name), "codes": ", ".join(sorted(meant))}
            )
        return next(iter(meant), None)

    def propose(self, title: str, themes: frozenset[str]) -> Proposal:
        """What `title` calls to mind among `themes`, or in the whole matrix where none is given.

        Inside the themes that a person gave, the likeliest is attached where it is likely at all;
        without a theme, it has to be like the title, and alone in that.
        """
        ranked = [
            (score, entry)
            for score, entry in self._proposer.ranked(title)
            if not themes or self._themes_of[entry.code] & themes
        ]
        labels = tuple(entry.label for _score, entry in ranked[:PROPOSED])
        if not ranked:
            return Proposal()
        best, entry = ranked[0]
        next_best = ranked[1][0] if len(ranked) > 1 else 0.0
        enough = SURE if len(telling_words(title)) > 1 else SURE_OF_A_WORD
        is_sure = best >= enough and best - next_best >= AHEAD
        is_likely = bool(themes) and best >= LIKELY
        return Proposal(entry.code if is_sure or is_likely else "", labels)
