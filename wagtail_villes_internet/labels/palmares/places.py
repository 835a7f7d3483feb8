"""Which part of France a list means by « Hérault », « 34 », « Eure (27) » or « Occitanie »."""

import re
from dataclasses import dataclass

from ...authorities.cog import CogEntry, CogTable
from ...authorities.names import fold
from ...words import plain_words

# The regions of before 2016, of which older lists speak, by the departments they held (INSEE,
# code officiel géographique 2015).
FORMER_REGIONS = {
    "alsace": "67 68",
    "aquitaine": "24 33 40 47 64",
    "auvergne": "03 15 43 63",
    "basse normandie": "14 50 61",
    "bourgogne": "21 58 71 89",
    "centre": "18 28 36 37 41 45",
    "champagne ardenne": "08 10 51 52",
    "franche comte": "25 39 70 90",
    "haute normandie": "27 76",
    "languedoc roussillon": "11 30 34 48 66",
    "limousin": "19 23 87",
    "lorraine": "54 55 57 88",
    "midi pyrenees": "09 12 31 32 46 65 81 82",
    "nord pas de calais": "59 62",
    "picardie": "02 60 80",
    "poitou charentes": "16 17 79 86",
    "rhone alpes": "01 07 26 38 42 69 73 74",
}
OTHER_NAMES = {"paca": "provence alpes cote d azur", "reunion": "la reunion", "corse": "corse"}
CORSICA = {"20": frozenset({"2A", "2B"})}
CODE = re.compile(r"(?:[0-9]{1,3}|2[AB])", re.IGNORECASE)
CODE_IN_BRACKETS = re.compile(r"(.*?)\s*\(\s*([0-9]{1,3}|2[AB])\s*\)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A set of departments and of regions; neither is the whole of France."""

    departments: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    def holds(self, entry: CogEntry) -> bool:
        if not self.departments and not self.regions:
            return True
        return entry.department in self.departments or entry.region in self.regions


EVERYWHERE = Place()


def find_place(text: str, table: CogTable) -> Place | None:
    """The place that `text` names; everywhere where it is empty, None where we know it not.

    A number is that of a department, as lists use them, never the code of a region.
    """
    if not text.strip():
        return EVERYWHERE
    if both := CODE_IN_BRACKETS.fullmatch(text):
        text = both[2]
    if CODE.fullmatch(text.strip()):
        return _numbered(text.strip().upper(), table)
    return _named(fold(text), table)


def _numbered(code: str, table: CogTable) -> Place | None:
    code = code if len(code) > 1 else f"0{code}"
    if code in CORSICA:
        return Place(CORSICA[code])
    return Place(frozenset({code})) if code in table.departments else None


def _named(name: str, table: CogTable) -> Place | None:
    name = fold(OTHER_NAMES.get(name, name))
    departments = _codes(name, table.departments)
    # « La Réunion » is both, and the same communes.
    regions = frozenset() if departments else _codes(name, table.regions)
    if departments or regions:
        return Place(departments, regions)
    if former := FORMER_REGIONS.get(" ".join(plain_words(name))):
        return Place(frozenset(former.split()))
    return None


def _codes(name: str, names) -> frozenset[str]:
    return frozenset(code for code, known in names.items() if fold(known) == name)
