"""What the registry in memory keeps, and the answers it gives again."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from uuid import uuid4

from .decode import Malformed, decode
from .errors import KeyReused, PreconditionFailed, RegistryError
from .memory_dossiers import Filings
from .palmares import ListedAward
from .types import (
    AuthoritySummary,
    DossierWrite,
    DossierWritten,
    RemoteAward,
    RemoteEdition,
    RemoteMatrix,
    RemoteService,
    Tagged,
    Tombstone,
    Write,
    Written,
)

Attempt = Write | DossierWrite
# What a known key is answered again.
Outcome = Written | DossierWritten | PreconditionFailed


@dataclass
class Town:
    """One authority at the registry: who it is, its services and dossiers, the keys it used."""

    who: AuthoritySummary
    awards: Tagged[tuple[RemoteAward, ...]]
    filings: Filings
    sequence: int = 0
    resources: dict[str, RemoteService | Tombstone] = field(default_factory=dict)
    answers: dict[str, tuple[Attempt, Outcome]] = field(default_factory=dict)

    def replayed(self, attempt: Attempt, epoch: str) -> Written | DossierWritten | None:
        """The first answer to that very request, None for a key that is new.

        Raises `KeyReused`, and again what was raised first.
        """
        if attempt.key not in self.answers:
            return None
        first, answer = self.answers[attempt.key]
        if _request(first) != _request(attempt):
            raise KeyReused(epoch=epoch)
        if isinstance(answer, PreconditionFailed):
            raise PreconditionFailed(answer.etag, epoch=epoch)
        if isinstance(answer, DossierWritten):
            return replace(answer, replayed=True)
        return replace(answer, replayed=True, epoch=epoch)


class Store:
    """All that one registry knows, and the faults its next answers will have."""

    def __init__(self) -> None:
        self._tags = count(1)
        self.epoch = str(uuid4())
        self.now: datetime | None = None
        self.towns: dict[str, Town] = {}
        self.matrices: dict[str, Tagged[RemoteMatrix]] = {}
        self.matrix_version: str | None = None
        self.editions: Tagged[tuple[RemoteEdition, ...]] = Tagged((), self.tag())
        self.palmares: dict[int, tuple[tuple[ListedAward, ...], bool]] = {}
        self.faults: list[RegistryError] = []
        self.answers_to_lose = 0
        self.calls: list[tuple[str, ...]] = []

    def tag(self) -> str:
        """A strong tag that was never used, before a restore included."""
        return f'"{next(self._tags)}"'


def _request(attempt: Attempt) -> tuple[object, ...]:
    """What makes two sendings one request: the JSON value of the body of a service, not its
    octets; the very octets of a dossier."""
    if isinstance(attempt, DossierWrite):
        return "file", str(attempt.year), attempt.if_match, attempt.octets
    try:
        body = decode((attempt.body or "null").encode(), max_depth=32)
    except Malformed:
        body = attempt.body
    return attempt.operation, attempt.id, attempt.if_match, body


def is_json(body: str | None) -> bool:
    """Whether the body of a write is one, or is left out."""
    if body is None:
        return True
    try:
        decode(body.encode(), max_depth=32)
    except Malformed:
        return False
    return True
