"""Reads what may have changed at the registry, in the order in which it matters to what is sent.

The summary says in one request what changed. The matrix comes before anything is sent, since it
says which codes may be; then editions, awards, and the feed, whose sequence only the feed moves.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from ..labels.editions import receive_editions
from ..labels.statements import receive_awards
from ..matrix.data import MatrixData, MatrixError, parse_matrix
from ..matrix.models import Matrix
from ..matrix.store import current_matrix, store
from ..registry.errors import NotKnown, SequenceGone, Unparsable
from ..registry.types import AuthoritySummary
from ..services.remapping.taking_into_use import foresee, receive, take_into_use
from .declarations import State, declarations_of
from .models import Declaration, Registry
from .readings import apply
from .session import Session, Tally

# A registry whose epoch changes at every page is at fault, not restored.
RESTARTS = 2
# Ten thousand changes while the feed was read: it is without end.
PAGES_PAST_SUMMARY = 100
# Where the summary does not say how far it goes: a hundred thousand resources of one authority.
MOST_PAGES = 1000


def pull(session: Session, summary: AuthoritySummary) -> None:
    """Read everything that `summary` says to have changed since the last run, but the dossiers.

    Raises what stops the run.
    """
    _pull_matrix(session, summary)
    _pull_editions(session, summary)
    _pull_awards(session, summary)
    _pull_services(session, summary)
    session.is_read = True


def _pull_matrix(session: Session, summary: AuthoritySummary) -> None:
    registry = session.registry
    if summary.matrix_etag in (None, registry.matrix_etag):
        return
    session.lease.hold()
    try:
        tagged = session.backend.matrix(etag=registry.matrix_etag or None)
    except NotKnown:
        # A registry without a matrix yet knows no provisional code, and all else goes on.
        return
    if tagged is None:
        return
    try:
        data = parse_matrix(_plain(tagged.value))
    except MatrixError as error:
        session.tally.notes.append(
            _("The registry's matrix cannot be used: {error}").format(error=error)
        )
        return
    with transaction.atomic():
        session.lease.hold()
        registry.matrix = _keep(data, session.tally)
        registry.matrix_version = tagged.value.version
        registry.matrix_etag = tagged.etag
        registry.save(update_fields=["matrix", "matrix_version", "matrix_etag"])
        # What was refused for its codes may be sent again.
        Declaration.objects.filter(registry=registry, state=State.UNKNOWN_CODE).update(
            rejected_hash=""
        )
    session.tally.pulled += 1


def _keep(data: MatrixData, tally: Tally) -> Matrix:
    """Store what the registry publishes, in use at once where no service would wait for a choice
    that did not before. Otherwise a person takes it into use, and the run says so."""
    current = current_matrix()
    if current is None or current.version == data.version:
        outcome = receive(data)
    else:
        matrix = store(data, make_current=False)
        outcome = foresee(matrix)
        if not outcome.left:
            outcome = take_into_use(matrix)
    if outcome.left and outcome.matrix.is_current:
        note = _("The registry corrected the matrix {version}: services wait for a choice.")
        tally.notes.append(note.format(version=data.version))
    elif outcome.left:
        note = _(
            "The registry publishes the matrix {version}, which would leave services waiting for a "
            "choice: it is kept beside the one in use, until somebody takes it into use."
        )
        tally.notes.append(note.format(version=data.version))
    return outcome.matrix


def _pull_editions(session: Session, summary: AuthoritySummary) -> None:
    registry = session.registry
    if summary.editions_etag in (None, registry.editions_etag):
        return
    session.lease.hold()
    tagged = session.backend.editions(etag=registry.editions_etag or None)
    if tagged is None:
        return
    with transaction.atomic():
        session.lease.hold()
        session.tally.pulled += receive_editions([_plain(item) for item in tagged.value])
        registry.editions_etag = tagged.etag
        Registry.objects.filter(pk=registry.pk).update(editions_etag=tagged.etag)


def _pull_awards(session: Session, summary: AuthoritySummary) -> None:
    known = session.link.values_list("awards_etag", flat=True).get()
    if summary.awards_etag in (None, known):
        return
    session.lease.hold()
    tagged = session.backend.awards(session.siren, etag=known or None)
    if tagged is None:
        return
    with transaction.atomic():
        session.lease.hold()
        session.tally.pulled += receive_awards(
            session.authority, [_plain(item) for item in tagged.value]
        )
        session.link.update(awards_etag=tagged.etag)


def _pull_services(session: Session, summary: AuthoritySummary) -> None:
    """Read the feed to its end. Until it is, nothing is sent."""
    restored = summary.epoch and session.epoch and summary.epoch != session.epoch
    went_back = summary.sequence is not None and summary.sequence < session.sequence
    if restored or went_back:
        restart(session, summary.epoch or session.epoch)
    elif summary.epoch and not session.epoch:
        session.epoch = summary.epoch
        session.link.update(epoch=summary.epoch)
    if summary.sequence is not None and summary.sequence == session.sequence:
        return
    restarts = 0
    pages = PAGES_PAST_SUMMARY if summary.sequence is not None else MOST_PAGES
    more = True
    while more:
        session.lease.hold()
        try:
            page = session.backend.feed(
                session.siren, since=session.sequence, epoch=session.epoch or None
            )
        except SequenceGone as gone:
            page, epoch = None, gone.epoch
        else:
            epoch = page.epoch
        if page is None or (session.epoch and epoch != session.epoch and session.sequence):
            restarts += 1
            if restarts > RESTARTS:
                raise Unparsable
            restart(session, epoch or "")
            continue
        if page.more and page.sequence <= session.sequence:
            raise Unparsable
        pages -= page.sequence > (summary.sequence or 0)
        if pages < 0:
            raise Unparsable
        more = page.more
        with transaction.atomic():
            session.lease.hold()
            apply(session, page.items)
            session.link.update(epoch=page.epoch, sequence=page.sequence)
        session.epoch, session.sequence = page.epoch, page.sequence


def restart(session: Session, epoch: str) -> None:
    """Begin the feed again. What is there, dossiers included, counts as unknown until it is read
    again."""
    with transaction.atomic():
        session.lease.hold()
        declarations_of(session.authority, session.registry).update(etag="")
        session.link.update(epoch=epoch, sequence=0, dossiers_etag="")
    session.epoch, session.sequence = epoch, 0


def _plain(value: Any) -> Mapping[str, Any]:
    """A typed value as the contract's JSON object."""
    return json.loads(json.dumps(asdict(value), cls=DjangoJSONEncoder))
