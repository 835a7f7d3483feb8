"""Whom a line is about: its name and place against the table of communes and EPCI. Pure.

A name is only matched when the place it is given with, or France where there is none, holds one
authority of that name. Otherwise the line is left unmatched with what it may have meant: the wrong
town with the right label would be worse than none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from heapq import nlargest

from ...authorities.cog import EPCI, CogEntry, CogTable
from ...authorities.names import fold
from ...authorities.siren import is_siren
from ...words import plain_words
from .entries import Entry
from .places import Place, find_place

# The forms of an EPCI as lists write them, by the code of the table.
FORMS = {
    "cc": "CC",
    "comcom": "CC",
    "com com": "CC",
    "communaute de communes": "CC",
    "ca": "CA",
    "agglo": "CA",
    "agglomeration": "CA",
    "communaute d agglomeration": "CA",
    "communaute agglomeration": "CA",
    "cu": "CU",
    "communaute urbaine": "CU",
    "metropole": "METRO",
    "ept": "EPT",
    "etablissement public territorial": "EPT",
}
FORM = re.compile(f"(?:{'|'.join(sorted(FORMS, key=len, reverse=True))}) (?=.)")
OFFICE = re.compile(r"(?:ville|commune|mairie|municipalite) (?:de |du |des |d )?(?=.)")
SMALL_WORDS = {"de", "du", "des", "d", "la", "le", "les", "l", "et"}
# « Isle-Adam (L') », « Bassens (33) ».
IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)\s*")
ARTICLE = re.compile(r"(?:l|le|la|les)", re.IGNORECASE)
MOST_CANDIDATES = 5


class Why(StrEnum):
    """Why a line is matched to nobody."""

    UNKNOWN_NAME = "unknown_name"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_NUMBER = "unknown_number"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Match:
    """Who was found, or why nobody was and whom the line may mean."""

    siren: str = ""
    insee: str = ""
    department: str = ""
    region: str = ""
    why: Why | None = None
    candidates: tuple[CogEntry, ...] = ()

    @classmethod
    def of(cls, entry: CogEntry) -> "Match":
        return cls(entry.siren or "", entry.insee or "", entry.department, entry.region)


class Gazetteer:
    """The table, by the names that lists use. Made once, for any number of lines."""

    def __init__(self, table: CogTable) -> None:
        self.table = table
        self._by_name: Mapping[str, Sequence[CogEntry]] = _grouped(
            table.entries, lambda entry: fold(entry.name)
        )
        self._epci: Mapping[tuple[str, str], Sequence[CogEntry]] = _grouped(
            [entry for entry in table.entries if entry.kind == EPCI], _core
        )

    def match(self, entry: Entry) -> Match:
        """Whom `entry` is about: by the numbers it gives, else by its name and place."""
        if entry.siren or entry.insee:
            return self._by_number(entry)
        name, place = _name_and_place(entry, self.table)
        if place is None:
            return Match(why=Why.UNKNOWN_PLACE, candidates=self._named(name)[:MOST_CANDIDATES])
        here = [found for found in self._named(name) if place.holds(found)]
        if len(here) == 1:
            return Match.of(here[0])
        if here:
            return Match(why=Why.AMBIGUOUS, candidates=tuple(here[:MOST_CANDIDATES]))
        return Match(why=Why.UNKNOWN_NAME, candidates=self._similar(name, place))

    def _by_number(self, entry: Entry) -> Match:
        found = (
            self.table.by_siren(entry.siren)
            if entry.siren
            else self.table.by_insee(entry.insee) or self.table.successor(entry.insee)
        )
        if found:
            return Match.of(found)
        if is_siren(entry.siren):
            # A territory that is neither a commune nor an EPCI: a department, a union.
            return Match(siren=entry.siren)
        return Match(why=Why.UNKNOWN_NUMBER)

    def _named(self, name: str) -> tuple[CogEntry, ...]:
        """Everyone of that very name, in the table's words or in those of a list."""
        folded = fold(name)
        if found := self._by_name.get(folded):
            return tuple(found)
        if form := FORM.match(folded):
            core = _without_small_words(folded[form.end() :])
            return tuple(self._epci.get((FORMS[form[0].strip()], core), ()))
        if office := OFFICE.match(folded):
            return tuple(self._by_name.get(fold(folded[office.end() :]), ()))
        return ()

    def _similar(self, name: str, place: Place) -> tuple[CogEntry, ...]:
        """Whom a name that nobody bears may mean, to be shown and never chosen.

        The same name elsewhere, then those of the place that share its words.
        """
        if elsewhere := self._named(name):
            return elsewhere[:MOST_CANDIDATES]
        folded = fold(name)
        form = FORM.match(folded)
        words = set(folded[form.end() if form else 0 :].split()) - SMALL_WORDS
        shared = Counter(at for word in words for at in self._by_word.get(word, ()))
        entries = self.table.entries
        wanted = (
            (count, entries[at].population or 0, at)
            for at, count in shared.items()
            if place.holds(entries[at]) and (not form or entries[at].kind == EPCI)
        )
        return tuple(entries[at] for _n, _population, at in nlargest(MOST_CANDIDATES, wanted))

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[int]]:
        """Where in the table each word of a name stands."""
        places = defaultdict(list)
        for at, entry in enumerate(self.table.entries):
            for word in set(fold(entry.name).split()) - SMALL_WORDS:
                places[word].append(at)
        return places


def _name_and_place(entry: Entry, table: CogTable) -> tuple[str, Place | None]:
    """The name without what stands in brackets after it, and the place: None where unknown."""
    name, place = entry.name, find_place(entry.place, table)
    if bracketed := IN_BRACKETS.fullmatch(name):
        inside = bracketed[2].strip(" '’")
        if ARTICLE.fullmatch(inside):
            name = bracketed[1]
        elif not entry.place:
            name, place = bracketed[1], find_place(inside, table)
    return name, place


def _core(entry: CogEntry) -> tuple[str, str]:
    """The form of an EPCI, and its name without that form and without small words."""
    folded = fold(entry.name)
    form = FORM.match(folded)
    nature = "METRO" if entry.nature == "MET69" else entry.nature
    return nature, _without_small_words(folded[form.end() :] if form else folded)


def _without_small_words(folded: str) -> str:
    return " ".join(word for word in plain_words(folded) if word not in SMALL_WORDS)


def _grouped(entries: Sequence[CogEntry], key: Callable) -> Mapping:
    groups = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups
