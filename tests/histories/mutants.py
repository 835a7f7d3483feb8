"""The sync with one fault each: what the histories must not let pass.

Each takes a patch, and makes the package wrong in one way for as long as that lasts.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from wagtail_villes_internet.conf import get_settings
from wagtail_villes_internet.registry import answers as registry_answers
from wagtail_villes_internet.registry.errors import UnknownService
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.types import (
    DossierWritten,
    FiledReceipt,
    RemoteService,
    StoredDossier,
    Write,
    Written,
)
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import (
    dossiers,
    filing_answers,
    filings,
    freezing,
    planning,
    pull,
    push,
    readings,
    runner,
)
from wagtail_villes_internet.sync.answers import Answered, settle
from wagtail_villes_internet.sync.filing_freezing import Frozen
from wagtail_villes_internet.sync.filing_outcomes import Place, Reading, Version, read
from wagtail_villes_internet.sync.merge import merge
from wagtail_villes_internet.sync.models import Attempt, Link
from wagtail_villes_internet.sync.outcomes import Verdict

from .far_side import FarSide
from .scene import BEGINNING

logger = logging.getLogger("wagtail_villes_internet.registry")

Mutant = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, Mutant] = {}


def mutant(name: str) -> Callable[[Mutant], Mutant]:
    def add(function: Mutant) -> Mutant:
        MUTANTS[name] = function
        return function

    return add


@mutant("ignores If-Match")
def _ignores_if_match(patch: pytest.MonkeyPatch) -> None:
    """A write is done on whatever is there when it arrives."""
    write = FarSide._write

    def blind(self: FarSide, town: Any, siren: str, attempt: Write) -> Written:
        there = town.resources.get(attempt.id)
        expected = there.etag if isinstance(there, RemoteService) else None
        if attempt.key in town.answers:
            expected = town.answers[attempt.key][0].if_match
        if expected or attempt.operation == "put":
            attempt = replace(attempt, if_match=expected)
        return write(self, town, siren, attempt)

    patch.setattr(FarSide, "_write", blind)


@mutant("acknowledges before the answer")
def _acknowledges_before(patch: pytest.MonkeyPatch) -> None:
    freeze = push.freeze

    def freeze_and_believe(session: Any, steps: Any) -> tuple[list[Attempt], int]:
        with transaction.atomic():
            attempts, count = freeze(session, steps)
            settle(session, [Answered(one, _hoped_for(one), Verdict.DONE) for one in attempts])
        return attempts, count

    patch.setattr(push, "freeze", freeze_and_believe)


def _hoped_for(attempt: Attempt) -> Written:
    put = attempt.operation == Attempt.Operation.PUT
    return Written(
        id=attempt.declaration.remote_id,
        status=200,
        etag='"hoped-for"' if put else None,
        hash=attempt.body_hash if put else None,
        key=attempt.key,
        sequence=None,
        epoch="",
        tombstone=not put,
    )


@mutant("new key on retry")
def _new_key_on_retry(patch: pytest.MonkeyPatch) -> None:
    resend = runner.resend

    def resend_anew(session: Any) -> None:
        for attempt in Attempt.objects.filter(answered_at__isnull=True):
            Attempt.objects.filter(pk=attempt.pk).update(key=str(uuid.uuid4()))
        resend(session)

    patch.setattr(runner, "resend", resend_anew)


@mutant("sequence moved by a PUT")
def _sequence_moved_by_a_put(patch: pytest.MonkeyPatch) -> None:
    write, batch = HttpRegistry.write, HttpRegistry.batch

    def move(self: HttpRegistry, siren: str) -> None:
        Link.objects.update(sequence=self.transport.far.store.towns[siren].sequence)

    def write_and_move(self: HttpRegistry, siren: str, attempt: Write) -> Written:
        written = write(self, siren, attempt)
        move(self, siren)
        return written

    def batch_and_move(self: HttpRegistry, siren: str, attempts: Sequence[Write]) -> list:
        outcomes = batch(self, siren, attempts)
        move(self, siren)
        return outcomes

    patch.setattr(HttpRegistry, "write", write_and_move)
    patch.setattr(HttpRegistry, "batch", batch_and_move)


@mutant("tag = content hash")
def _tag_is_content_hash(patch: pytest.MonkeyPatch) -> None:
    """Takes the same content for the same state, and keeps the tag that it had."""
    changes_of = readings._changes

    def changes(row: Any, reading: Any, item: Any, there: str) -> dict[str, Any]:
        changes = changes_of(row, reading, item, there)
        if isinstance(item, RemoteService) and row.etag and there == row.acknowledged_hash:
            changes.pop("etag", None)
        return changes

    patch.setattr(readings, "_changes", changes)


@mutant("untyped 404 trusted")
def _untyped_404_trusted(patch: pytest.MonkeyPatch) -> None:
    refusal = registry_answers._refusal

    def trusting(status: int, problem: Any, epoch: Any, retry_after: Any) -> Any:
        if status in (404, 410) and registry_answers._kind(problem) is None:
            return UnknownService()
        return refusal(status, problem, epoch, retry_after)

    patch.setattr(registry_answers, "_refusal", trusting)


@mutant("merge on the wrong base")
def _merge_on_the_wrong_base(patch: pytest.MonkeyPatch) -> None:
    """On what stands there now: all that differs was changed here, then."""
    for module in (planning, freezing):
        patch.setattr(module, "merge", lambda base, mine, theirs: merge(theirs, mine, theirs))


@mutant("keys forgotten")
def _keys_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A registry that does again what it is asked again."""
    write = FarSide._write

    def anew(self: FarSide, town: Any, siren: str, attempt: Write) -> Written:
        if attempt.key in town.answers:
            del town.answers[attempt.key]
            there = town.resources.get(attempt.id)
            expected = there.etag if isinstance(there, RemoteService) else None
            attempt = replace(attempt, if_match=expected) if expected else attempt
        return write(self, town, siren, attempt)

    patch.setattr(FarSide, "_write", anew)


@mutant("site changed by a run")
def _site_changed_by_a_run(patch: pytest.MonkeyPatch) -> None:
    """What an agent wrote goes live by itself."""
    apply = pull.apply

    def apply_here(session: Any, items: Sequence[Any], **how: Any) -> None:
        apply(session, items, **how)
        for item in items:
            if isinstance(item, RemoteService) and item.key is None:
                services = DigitalService.objects.filter(translation_key=item.id)
                services.update(title=item.body.title)

    patch.setattr(pull, "apply", apply_here)


@mutant("token logged")
def _token_logged(patch: pytest.MonkeyPatch) -> None:
    write = HttpRegistry.write

    def write_and_tell(self: HttpRegistry, siren: str, attempt: Write) -> Written:
        logger.debug("PUT %s with %s", attempt.id, get_settings().token_for(siren))
        return write(self, siren, attempt)

    patch.setattr(HttpRegistry, "write", write_and_tell)


@mutant("files over somebody else's dossier")
def _files_over_another(patch: pytest.MonkeyPatch) -> None:
    """Takes whatever stands there for its own."""
    for module in (filings, filing_answers):
        patch.setattr(module, "read", _all_is_ours)


def _all_is_ours(stored: StoredDossier | None, versions: Sequence[Version]) -> Reading:
    reading = read(stored, versions)
    return replace(reading, stands=Place.OURS) if stored else reading


@mutant("receipt before the answer")
def _receipt_before_the_answer(patch: pytest.MonkeyPatch) -> None:
    def hope(session: Any, frozen: Frozen) -> DossierWritten:
        attempt = frozen.attempt
        receipt = FiledReceipt("hoped-for", BEGINNING, attempt.filing.sha256, attempt.key)
        return DossierWritten(201, '"hoped-for"', receipt)

    patch.setattr(dossiers, "_ask", hope)
