"""Which reference services a title calls to mind: by the words that it shares with their labels,
or by others of the same meaning.

Pure. It proposes and never decides: what a
title means is for a person to say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from ..words import LIKENESS, kinship, telling_words
from .models import Placement

# What towns call one thing by names that do not look alike, as `telling_words` gives them.
MEANING = {
    word: line
    for line in (
        "cantine restauration repas périscolaire",
        "crèche enfance",
        "école scolaire élève classe",
        "bibliothèque médiathèque",
        "passeport identité",
        "naissance mariage décès civil",
        "permis urbanisme cadastre",
        "payer paiement facture régler",
        "aîné senior âgé",
        "atelier cours formation initiation",
        "ordinateur informatique tablette matériel",
        "facebook instagram sociaux",
        "commerce boutique",
        "emploi poste recrutement candidature",
        "avis sondage consultation questionnaire",
        "donnée data",
        "sécurité antivirus rançongiciel hameçonnage",
        "signalement dégradation anomalie",
        "circulation stationnement voirie",
        "direct diffusion retransmission",
    )
    for word in telling_words(line)
}
FLOOR = 0.2
"""The score under which nothing is proposed: one frequent word in common is no reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reference service where the matrix puts it."""

    code: str
    label: str
    theme_code: str
    theme: str
    axis: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reference service that may fit; `score`: from `FLOOR` to 1, the same title and label."""

    code: str
    label: str
    theme: str
    score: float


def entries_in_use() -> list[Entry]:
    """What the matrix in use holds, in its order; one query.

    A reference service that stands under two themes is there twice.
    """
    rows = Placement.objects.filter(theme__axis__matrix__is_current=True).order_by(
        "theme__axis__position", "theme__position", "theme_id", "position", "pk"
    )
    fields = (
        "service__code",
        "service__label",
        "theme__code",
        "theme__label",
        "theme__axis__label",
    )
    return [Entry(*row) for row in rows.values_list(*fields)]


def also_called(label: str) -> list[str]:
    """Words of the same meaning as those of `label`, by which it may be looked for."""
    groups = {MEANING[word] for word in telling_words(label) if word in MEANING}
    return sorted({word for group in groups for word in telling_words(group)})


def suggest(title: str, entries: Sequence[Entry], limit: int = 5) -> list[Suggestion]:
    """The reference services among `entries` that `title` calls to mind, the likeliest first.

    At most `limit`, each code once; equal scores keep the order of `entries`. Empty where nothing
    reaches `FLOOR`.
    """
    return [
        Suggestion(entry.code, entry.label, entry.theme, score)
        for score, entry in Proposer(entries).ranked(title)[:limit]
    ]


class Proposer:
    """What is counted once for many titles: how rare each word of a matrix is.

    The rarer a word, the more it tells: « numérique » is everywhere, « parapheur » in one place.
    """

    def __init__(self, entries: Iterable[Entry]):
        self._entries = [(entry, telling_words(entry.label)) for entry in entries]
        self._frequency = Counter(word for _entry, words in self._entries for word in words)

    def ranked(self, title: str) -> list[tuple[float, Entry]]:
        """Every entry that reaches `FLOOR`, with its score, the best first, each code once."""
        wanted = telling_words(title)
        near = [self._near(word) for word in wanted]
        length = sum(map(self._weight, wanted))
        scored = [(self._score(near, length, label), entry) for entry, label in self._entries]
        best: dict[str, tuple[float, Entry]] = {}
        for score, entry in sorted(scored, key=lambda pair: -pair[0]):
            if score >= FLOOR:
                best.setdefault(entry.code, (score, entry))
        return list(best.values())

    def _near(self, word: str) -> dict[str, float]:
        """What each word of the matrix that is akin to `word` brings."""
        return {
            other: kin * self._weight(other)
            for other in self._frequency
            if (kin := kinship(word, other) or _synonymy(word, other))
        }

    def _score(self, near: list[dict[str, float]], length: float, label: Sequence[str]) -> float:
        """The cosine of the two texts, each word weighed by its rarity."""
        if not near or not label:
            return 0.0
        shared = sum(max(found.get(word, 0.0) for word in label) for found in near)
        return min(1.0, shared / sqrt(length * sum(map(self._weight, label))))

    def _weight(self, word: str) -> float:
        return log(1 + len(self._entries) / (1 + self._frequency[word])) ** 2


def _synonymy(word: str, other: str) -> float:
    return LIKENESS if word in MEANING and MEANING[word] == MEANING.get(other) else 0.0
