"""A registry in memory, as honest as the contract asks, for tests and demonstrations.

What the contract says of tags, keys, preconditions, sequences, tombstones and epochs holds here.
Backends of one `name` share one store, so that a test may hold one and a run another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import uuid4

from .base import RegistryBackend
from .batches import MAX_OCTETS, MAX_OPERATIONS, envelope
from .canonical import content_hash
from .decode import Malformed, decode
from .dossiers import MAX_OCTETS as MAX_DOSSIER
from .errors import (
    NotKnown,
    PreconditionFailed,
    RegistryError,
    Rejected,
    SequenceGone,
    UnknownCode,
    UnknownService,
    Unreachable,
    WithdrawnService,
)
from .memory_dossiers import Filings, edition_at
from .memory_store import Store, Town, is_json
from .palmares import PAGE, ListedAward, PalmaresPage
from .problems import FieldProblem
from .rules import validate
from .types import (
    AuthoritySummary,
    DossierWrite,
    DossierWritten,
    FeedPage,
    RemoteAward,
    RemoteEdition,
    RemoteMatrix,
    RemoteService,
    ServiceBody,
    StoredDossier,
    Tagged,
    Tombstone,
    Write,
    Written,
)

T = TypeVar("T")
_stores: dict[str, Store] = {}


class MemoryRegistry(RegistryBackend):
    """The only OPTION is `name`: which store, created empty the first time it is named."""

    needs_token = False
    supports_batch = True

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        name = str(self.options.get("name", "default"))
        self.address = f"memory://{name}/"
        self.store = _stores.setdefault(name, Store())

    @staticmethod
    def forget_all() -> None:
        """Empty every store: the next backend of any name starts afresh."""
        _stores.clear()

    # What a site asks.

    def summary(self, siren: str) -> AuthoritySummary:
        self._called("summary", siren)
        town = self._town(siren)
        current = self.store.matrices.get(self.store.matrix_version or "")
        return replace(
            town.who,
            epoch=self.store.epoch,
            sequence=town.sequence,
            awards_etag=town.awards.etag,
            dossiers_etag=town.filings.etag,
            matrix_version=self.store.matrix_version,
            matrix_etag=current.etag if current else None,
            editions_etag=self.store.editions.etag,
        )

    def editions(self, *, etag: str | None = None) -> Tagged[tuple[RemoteEdition, ...]] | None:
        self._called("editions")
        return _unless_same(self.store.editions, etag)

    def awards(
        self, siren: str, *, etag: str | None = None
    ) -> Tagged[tuple[RemoteAward, ...]] | None:
        self._called("awards", siren)
        return _unless_same(self._town(siren).awards, etag)

    def palmares_page(
        self, year: int, *, cursor: str | None = None, limit: int = PAGE
    ) -> PalmaresPage:
        self._called("palmares", str(year))
        if year not in self.store.palmares:
            raise NotKnown
        listed, complete = self.store.palmares[year]
        start = int(cursor or 0)
        end = start + limit
        following = str(end) if len(listed) > end else None
        return PalmaresPage(listed[start:end], following, len(listed), complete)

    def matrix(
        self, *, version: str | None = None, etag: str | None = None
    ) -> Tagged[RemoteMatrix] | None:
        self._called("matrix")
        found = self.store.matrices.get(version or self.store.matrix_version or "")
        if found is None:
            raise NotKnown
        return _unless_same(found, etag)

    def feed(
        self, siren: str, *, since: int = 0, epoch: str | None = None, limit: int = 100
    ) -> FeedPage:
        self._called("feed", siren)
        town = self._town(siren)
        if since and (epoch != self.store.epoch or since > town.sequence):
            raise SequenceGone(self.store.epoch)
        after = sorted(
            (item for item in town.resources.values() if item.sequence > since),
            key=lambda item: item.sequence,
        )
        items = tuple(after[:limit])
        sequence = items[-1].sequence if items else since
        return FeedPage(self.store.epoch, items, sequence, more=len(after) > limit)

    def service(self, siren: str, id: str) -> RemoteService:
        self._called("service", siren, id)
        return replace(self._current(siren, id), epoch=self.store.epoch)

    def write(self, siren: str, attempt: Write) -> Written:
        self._called(attempt.operation, siren, attempt.id)
        written = self._write(self._town(siren), siren, attempt)
        self._perhaps_lost()
        return written

    def batch(self, siren: str, attempts: Sequence[Write]) -> list[Written | RegistryError]:
        ids = [attempt.id for attempt in attempts]
        self._called("batch", siren, *ids)
        town = self._town(siren)
        if len(attempts) > MAX_OPERATIONS or len(envelope(attempts)) > MAX_OCTETS:
            raise Rejected(413, epoch=self.store.epoch)
        if len(set(ids)) < len(ids) or any(not is_json(attempt.body) for attempt in attempts):
            raise Rejected(400, epoch=self.store.epoch)
        outcomes: list[Written | RegistryError] = []
        for attempt in attempts:
            try:
                outcomes.append(replace(self._write(town, siren, attempt), sequence=None))
            except RegistryError as refused:
                outcomes.append(refused)
        self._perhaps_lost()
        return outcomes

    def dossier(self, siren: str, year: int) -> StoredDossier:
        self._called("dossier", siren, str(year))
        return self._town(siren).filings.current(year)

    def file(self, siren: str, write: DossierWrite) -> DossierWritten:
        self._called("file", siren, str(write.year))
        town = self._town(siren)
        if len(write.octets) > MAX_DOSSIER:
            raise Rejected(413)
        filed = self._file(town, siren, write)
        self._perhaps_lost()
        return filed

    def _perhaps_lost(self) -> None:
        if self.store.answers_to_lose:
            self.store.answers_to_lose -= 1
            raise Unreachable

    # How it judges a write: contract, « Order of judgement ».

    def _write(self, town: Town, siren: str, attempt: Write) -> Written:
        if known := town.replayed(attempt, self.store.epoch):
            return cast(Written, known)
        if attempt.operation == "delete":
            self._current(siren, attempt.id)
        there = town.resources.get(attempt.id)
        etag = there.etag if isinstance(there, RemoteService) else None
        if etag != attempt.if_match:
            failed = PreconditionFailed(etag, epoch=self.store.epoch)
            if attempt.if_match is None:
                # A late copy must not re-create what was withdrawn since.
                town.answers[attempt.key] = (attempt, failed)
            raise failed
        if attempt.operation == "delete":
            written = self._withdraw(town, attempt.id, attempt.key)
        else:
            body = self._judged(attempt.body or "")
            made = self._put(town, attempt.id, body, attempt.key)
            written = Written(
                id=made.id,
                status=200 if attempt.if_match else 201,
                etag=made.etag,
                hash=made.hash,
                key=made.key,
                sequence=made.sequence,
                epoch=self.store.epoch,
            )
        town.answers[attempt.key] = (attempt, written)
        return written

    def _file(self, town: Town, siren: str, write: DossierWrite) -> DossierWritten:
        if known := town.replayed(write, self.store.epoch):
            return cast(DossierWritten, known)
        listed = self.store.editions.value
        edition = next((item for item in listed if item.year == write.year), None)
        received_at = self.store.now or datetime.now(UTC)
        try:
            filed = town.filings.file(
                siren, write, edition, received_at=received_at, tag=self.store.tag
            )
        except PreconditionFailed as failed:
            if write.if_match is None:
                town.answers[write.key] = (write, failed)
            raise
        town.answers[write.key] = (write, filed)
        return filed

    def _judged(self, text: str) -> ServiceBody:
        try:
            value = decode(text.encode(), max_depth=32)
        except Malformed:
            raise Rejected(400, epoch=self.store.epoch) from None
        try:
            body = ServiceBody.from_json(value)
        except (TypeError, ValueError):
            problem = FieldProblem("", "bad_type")
            raise Rejected(422, (problem,), epoch=self.store.epoch) from None
        if problems := validate(body):
            raise Rejected(422, problems, epoch=self.store.epoch)
        # A registry without a matrix takes every code: a test need not bring one.
        if self.store.matrices:
            known = {code for found in self.store.matrices.values() for code in found.value.codes}
            unknown = tuple(
                FieldProblem(f"/reference_services/{index}", "unknown_code")
                for index, code in enumerate(body.reference_services)
                if code not in known
            )
            if unknown:
                raise UnknownCode(self.store.matrix_version, unknown, epoch=self.store.epoch)
        return body

    def _put(self, town: Town, id: str, body: ServiceBody, key: str | None) -> RemoteService:
        town.sequence += 1
        made = RemoteService(
            id=id,
            etag=self.store.tag(),
            hash=content_hash(body),
            key=key,
            sequence=town.sequence,
            body=body,
        )
        town.resources[id] = made
        return made

    def _withdraw(self, town: Town, id: str, key: str | None) -> Written:
        town.sequence += 1
        town.resources[id] = Tombstone(id, town.sequence, key)
        return Written(
            id=id,
            status=200,
            etag=None,
            hash=None,
            key=key,
            sequence=town.sequence,
            epoch=self.store.epoch,
            tombstone=True,
        )

    def _current(self, siren: str, id: str) -> RemoteService:
        there = self._town(siren).resources.get(id)
        if there is None:
            raise UnknownService(epoch=self.store.epoch)
        if isinstance(there, Tombstone):
            raise WithdrawnService(there, epoch=self.store.epoch)
        return there

    def _town(self, siren: str) -> Town:
        if siren not in self.store.towns:
            raise NotKnown
        return self.store.towns[siren]

    def _called(self, *call: str) -> None:
        self.store.calls.append(call)
        if self.store.faults:
            raise self.store.faults.pop(0)

    # What the registry's own people do, and what befalls it.

    def add_authority(
        self,
        siren: str,
        name: str = "Lunel",
        *,
        insee: str | None = None,
        kind: str = "commune",
        url: str = "",
    ) -> None:
        """Let an authority transmit."""
        who = AuthoritySummary(siren, insee, name, kind, url)
        self.store.towns[siren] = Town(who, Tagged((), self.store.tag()), Filings(self.store.tag()))

    def set_awards(self, siren: str, awards: Iterable[RemoteAward]) -> None:
        """Say what the authority won."""
        self._town(siren).awards = Tagged(tuple(awards), self.store.tag())

    def set_editions(self, editions: Iterable[RemoteEdition]) -> None:
        """Say which editions there are; once `set_now` was called, their dates say their state."""
        now = self.store.now
        stated = tuple(edition_at(item, now) if now else item for item in editions)
        self.store.editions = Tagged(stated, self.store.tag())

    def set_now(self, now: datetime) -> None:
        """Stop the registry's clock at an instant: editions open and close by their dates, and
        what is filed was received then."""
        self.store.now = now
        self.set_editions(self.store.editions.value)

    def set_palmares(
        self, year: int, listed: Iterable[ListedAward], *, complete: bool = False
    ) -> None:
        """Publish the list of an edition."""
        self.store.palmares[year] = (tuple(listed), complete)

    def set_matrix(self, matrix: RemoteMatrix) -> None:
        """Publish a version of the matrix, or correct it, and make it the current one."""
        self.store.matrices[matrix.version] = Tagged(matrix, self.store.tag())
        self.store.matrix_version = matrix.version

    def services(self, siren: str) -> dict[str, RemoteService]:
        """What stands at the registry now, by id."""
        resources = self._town(siren).resources
        return {id: item for id, item in resources.items() if isinstance(item, RemoteService)}

    def agent_create(self, siren: str, id: str, body: ServiceBody) -> RemoteService:
        """An agent of the registry enters a service."""
        return self._put(self._town(siren), id, body, None)

    def agent_edit(self, siren: str, id: str, **changes: Any) -> RemoteService:
        """An agent of the registry changes fields of a service."""
        body = replace(self._current(siren, id).body, **changes)
        return self._put(self._town(siren), id, body, None)

    def agent_delete(self, siren: str, id: str) -> None:
        """An agent of the registry removes a service."""
        self._current(siren, id)
        self._withdraw(self._town(siren), id, None)

    def backup(self) -> Callable[[], None]:
        """Keep today's data. Calling the result restores them, under a new epoch."""
        towns = deepcopy(self.store.towns)

        def restore() -> None:
            self.store.towns = deepcopy(towns)
            self.store.epoch = str(uuid4())

        return restore

    def fail_next(self, error: RegistryError, times: int = 1) -> None:
        """Answer the next calls with that error, and do nothing."""
        self.store.faults += [error] * times

    def lose_next_answer(self, times: int = 1) -> None:
        """Do what the next writes ask, and let nobody know."""
        self.store.answers_to_lose += times


def _unless_same(found: Tagged[T], etag: str | None) -> Tagged[T] | None:
    return None if found.etag == etag else found
