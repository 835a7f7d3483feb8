"""The codes that axes and themes have already, for a list that gives their labels alone. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..words import plain_words


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """The codes of axes and of themes, by label as `folded` gives it."""

    axis: Mapping[str, str] = field(default_factory=dict)
    theme: Mapping[str, str] = field(default_factory=dict)

    def code(self, level: str, label: str) -> str:
        """The code of an `axis` or a `theme` with that label; empty where none is known."""
        return getattr(self, level).get(folded(label), "")


def codes_by_label(rows: Iterable[tuple[Any, str, str]]) -> dict[str, str]:
    """The code that each folded label names, by what the last version that has it says.

    `rows`: version, label and code, version after version. A label that its version gives to two
    codes names none.
    """
    versions: dict[Any, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for version, label, code in rows:
        versions[version][folded(label)].add(code)
    found: dict[str, str] = {}
    for labels in versions.values():
        for label, codes in labels.items():
            found[label] = next(iter(codes)) if len(codes) == 1 else ""
    return found


def folded(label: str) -> str:
    """A label as it is matched, whatever its case, accents and signs."""
    return " ".join(plain_words(label))
