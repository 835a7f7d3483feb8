"""The registry of the histories: it keeps to the contract, and a log of every change.

The log says who changed what; from it follows whose each value is.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from wagtail_villes_internet.registry.canonical import content_hash
from wagtail_villes_internet.registry.memory import MemoryRegistry, Town
from wagtail_villes_internet.registry.types import (
    DossierWrite,
    DossierWritten,
    RemoteService,
    ServiceBody,
    StoredDossier,
    Tombstone,
    Written,
)

SITE, AGENT = "site", "agent"
# Stands for the service as a whole, in what a site write takes away or brings back.
ALL = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """One change of one service: its sequence, its id, the key and the actor that made it, the
    content hashes before and after (empty: nothing there)."""

    sequence: int
    id: str
    key: str | None
    actor: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One dossier taken: the key, the octets, and the key and tag of what stood there before."""

    key: str
    octets: bytes
    before: str | None
    tag_before: str | None


class FarSide(MemoryRegistry):
    """`settled` says whether an editor decided on a value that an agent wrote: `(id, field,
    value) -> bool`. `trespasses` are the site's writes over one that nobody decided on."""

    def __init__(self, settled: Callable[[str, str, Any], bool]) -> None:
        super().__init__({"name": "histories"})
        self.settled = settled
        self.log: list[Line] = []
        # By id, then by field: who wrote the value that is there; the value that the site last had
        # there, or that both had: an agent who puts that back has changed nothing.
        self.authors: dict[str, dict[str, str]] = defaultdict(dict)
        self.said: dict[str, dict[str, Any]] = defaultdict(dict)
        self.trespasses: list[str] = []
        self.filed: list[Filed] = []
        # The keys of those who file for the town with other tools than its site.
        self.elsewhere: set[str] = set()

    def backup(self) -> Callable[[], None]:
        restore_services = super().backup()
        kept = deepcopy((self.log, self.authors, self.filed))

        def restore() -> None:
            restore_services()
            self.log, self.authors, self.filed = deepcopy(kept)

        return restore

    def forget_keys(self) -> None:
        """What a registry may do with keys of more than 30 days."""
        for town in self.store.towns.values():
            town.answers.clear()

    def campaign(self, state: str) -> None:
        """The edition opens, or closes."""
        (edition,) = self.store.editions.value
        self.set_editions([replace(edition, state=state)])

    def stored(self, year: int) -> StoredDossier | None:
        return self.store.towns[self.siren].filings.stored.get(year)

    def _file(self, town: Town, siren: str, write: DossierWrite) -> DossierWritten:
        before = self.stored(write.year)
        filed = super()._file(town, siren, write)
        if not filed.replayed:
            was = (before.key, before.etag) if before else (None, None)
            self.filed.append(Filed(write.key, write.octets, *was))
        return filed

    def agree(self, id: str, wanted: Mapping[str, Any] | None) -> None:
        """What the site says as well is no longer an agent's alone."""
        there = _members(self.services(self.siren).get(id))
        if bool(there) == bool(wanted):
            self.authors[id][ALL] = SITE
        for field, value in there.items():
            if wanted and wanted[field] == value:
                self.authors[id][field] = SITE
                self.said[id][field] = value

    @property
    def siren(self) -> str:
        return next(iter(self.store.towns))

    def _put(self, town: Town, id: str, body: ServiceBody, key: str | None) -> RemoteService:
        before = town.resources.get(id)
        self._look(before, id, body, key)
        made = super()._put(town, id, body, key)
        self._log(before, made, key)
        return made

    def _withdraw(self, town: Town, id: str, key: str | None) -> Written:
        before = town.resources.get(id)
        self._look(before, id, None, key)
        written = super()._withdraw(town, id, key)
        self._log(before, town.resources[id], key)
        return written

    def _log(
        self, before: RemoteService | Tombstone | None, after: RemoteService | Tombstone, key: Any
    ) -> None:
        actor = AGENT if key is None else SITE
        was, now = _members(before), _members(after)
        authors, said = self.authors[after.id], self.said[after.id]
        for field, value in now.items():
            if field not in was or was[field] != value:
                authors[field] = SITE if value == said.get(field) else actor
            if actor == SITE and authors[field] == SITE:
                said[field] = value
        if bool(was) != bool(now):
            authors[ALL] = actor
        self.log.append(Line(after.sequence, after.id, key, actor, _hash(before), _hash(after)))

    def _look(
        self,
        before: RemoteService | Tombstone | None,
        id: str,
        after: ServiceBody | None,
        key: str | None,
    ) -> None:
        """Note the agents' values that a write of the site takes away unseen."""
        if key is None:
            return
        authors = self.authors[id]
        was, now = _members(before), after.as_json() if after else {}
        for field, value in was.items():
            is_changed = authors.get(field) == AGENT and value != now.get(field)
            if is_changed and not self.settled(id, field, value):
                self.trespasses.append(f"{field} of {id}: {value} → {now.get(field)}")
        is_gone = isinstance(before, Tombstone) and authors.get(ALL) == AGENT
        if is_gone and not self.settled(id, ALL, None):
            self.trespasses.append(f"{id}, which an agent withdrew, is created again")


def _members(item: RemoteService | Tombstone | None) -> dict[str, Any]:
    return item.body.as_json() if isinstance(item, RemoteService) else {}


def _hash(item: RemoteService | Tombstone | None) -> str:
    return content_hash(item.body) if isinstance(item, RemoteService) else ""
