"""One run of one authority at one registry: read, plan, send, note what is left.

Dossiers go first, as soon as the registry has said what may have changed there: nothing that
befalls services may keep a filing until the campaign is closed. And what befalls a filing alone
keeps no service.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..registry.errors import RegistryError
from . import backoff, clock, lease
from .decisions import confirm_withdrawals
from .declarations import record
from .dossiers import file_dossiers
from .errors import LeaseLost, Paused, SyncError
from .filing_outcomes import sentence
from .instance import claim
from .models import Link, Registry, SyncRun
from .plan import Plan
from .planning import make_plan
from .pull import pull
from .push import Sent, resend, send
from .session import Session, Tally

# The plan, and twice more for what turned out to stand there under another tag.
ROUNDS = 3
NO_PLAN = Plan(())


@dataclass(frozen=True, slots=True)
class Result:
    """What a run did, and what it left. `error` is what stopped it; `busy` says that another
    runner was at it all the time."""

    authority: LocalAuthority
    tally: Tally = field(default_factory=Tally)
    plan: Plan = NO_PLAN
    error: RegistryError | SyncError | None = None
    busy: bool = False

    @property
    def is_done(self) -> bool:
        """Whether everything stands at the registry as it is wanted."""
        return not (self.busy or self.error or self.tally.notes or self.left)

    @property
    def left(self) -> int:
        """How many services and dossiers do not stand at the registry as they are wanted."""
        return self.plan.left + self.tally.filings_left

    @property
    def is_of_a_dossier(self) -> bool:
        """Whether what failed is about a dossier only: the registry answers everything else."""
        return self.error is not None and self.error is self.tally.filing_failure


def run(
    authority: LocalAuthority,
    backend: RegistryBackend,
    *,
    patience: timedelta = timedelta(0),
    adopt: bool = False,
    force_withdraw: bool = False,
    now: bool = False,
) -> Result:
    """Synchronise `authority`, which has a SIREN, with `backend`, an automatic one.

    Waits for a run under way for at most `patience`. `adopt`: this installation takes over from the
    one whose database it has. `force_withdraw`: the withdrawals may be many. `now`: try, however
    early it is after a failure.

    Never raises what the registry does: it is in the result, on the link and, unless nothing
    happened at all, in a `SyncRun`.
    """
    registry, _created = Registry.objects.get_or_create(address=backend.address)
    link, _created = Link.objects.get_or_create(authority=authority, registry=registry)
    circuits = backoff.circuits_of(authority, backend)
    try:
        was_wrong = now or backoff.admit(circuits)
    except Paused as paused:
        return Result(authority, error=paused)
    taken = lease.take(link.pk, patience=patience)
    if taken is None:
        return Result(authority, busy=True)
    try:
        while True:
            link = Link.objects.get(pk=taken.link_id)
            session = Session(
                authority,
                registry,
                taken,
                backend,
                epoch=link.epoch,
                sequence=link.sequence,
                dossiers_etag=link.dossiers_etag,
                force_withdraw=force_withdraw,
            )
            result = _run_once(session, link, circuits, adopt=adopt)
            if was_wrong and session.is_read:
                if not isinstance(result.error, RegistryError):
                    backoff.recovered(circuits)
                elif result.is_of_a_dossier:
                    backoff.recovered(circuits, for_others=True)
            again = None if result.error else lease.release(taken)
            if again is None:
                break
            taken = again
    except LeaseLost as error:
        return Result(authority, error=error)
    except BaseException:
        lease.abandon(taken)
        raise
    if result.error:
        lease.abandon(taken)
    return result


def _run_once(session: Session, link: Link, circuits: backoff.Circuits, *, adopt: bool) -> Result:
    started_at = clock.now()
    error: RegistryError | SyncError | None = None
    made = NO_PLAN
    try:
        claim(link, adopt=adopt)
        summary = session.backend.summary(session.siren)
        file_dossiers(session, summary)
        pull(session, summary)
        if session.force_withdraw:
            confirm_withdrawals(session.authority, session.registry)
        made = _push(session)
        _mind_filings(session)
    except LeaseLost:
        raise
    except (RegistryError, SyncError) as stopped:
        error = stopped
        made = _planned(session)
    result = Result(session.authority, session.tally, made, error)
    retry_at = None
    if isinstance(error, RegistryError):
        retry_at = backoff.failed(circuits, error, alone=result.is_of_a_dossier)
    _close(session, link, result, started_at, retry_at)
    return result


def _push(session: Session) -> Plan:
    resend(session)
    made = _planned(session)
    for _round in range(ROUNDS):
        sent = send(session, made.sending)
        if sent is Sent.ALL_DONE:
            made = made.without(made.sending)
        if sent is not Sent.SOMETHING:
            break
        made = _planned(session)
    else:
        if made.sending:
            session.tally.notes.append(
                _("The registry keeps saying that it holds another version, and shows none.")
            )
    failure = session.tally.failure
    if failure and not session.tally.done:
        # Nothing at all got through: the registry failed, not one service.
        raise failure
    if failure:
        session.tally.notes.append(str(failure))
    return made


def _mind_filings(session: Session) -> None:
    """What befell a dossier, now that the services went their way.

    It is the run's failure where the registry named a delay, or nothing else got through either.
    """
    failure = session.tally.filing_failure
    if failure is None:
        return
    if getattr(failure, "retry_after", None) is not None or not session.tally.did_something:
        raise failure
    session.tally.notes.append(sentence(failure))


def _planned(session: Session) -> Plan:
    """The plan as things stand now. Recorded for people to see, once the registry is read: half a
    feed says of what it did not come to that it is gone."""
    planned = make_plan(
        session.authority,
        session.registry,
        guarded=not session.force_withdraw,
        is_read=session.is_read,
    )
    if session.is_read:
        record(session, planned.plan, planned.wanted, planned.standings)
    return planned.plan


def _close(
    session: Session,
    link: Link,
    result: Result,
    started_at: datetime,
    retry_at: datetime | None,
) -> None:
    """Leave dates on the link; and a row in the journal, unless nothing happened."""
    now = clock.now()
    error = result.error
    if error is None:
        dates = {"last_success_at": now, "failures": 0, "retry_at": None, "last_error": ""}
    else:
        dates = {
            "failures": link.failures + 1,
            "retry_at": retry_at,
            "last_error": str(error),
        }
    with transaction.atomic():
        session.lease.hold()
        session.link.update(last_run_at=now, **dates)
        if error or result.tally.notes or result.tally.did_something:
            _journal(session, result, started_at, now)


def _journal(session: Session, result: Result, started_at: datetime, now: datetime) -> None:
    tally = result.tally
    messages = [*tally.notes, *tally.news]
    if tally.altered:
        messages.append(_("The registry altered what it was sent."))
    if result.error:
        outcome = SyncRun.Outcome.FAILED
        messages.insert(0, str(result.error))
    else:
        outcome = SyncRun.Outcome.DONE if result.is_done else SyncRun.Outcome.PARTIAL
    message = " ".join(messages)
    runs = SyncRun.objects.filter(authority=session.authority, registry=session.registry)
    if not tally.did_something:
        # A registry that is down for a week is one row, from its first failure to its last.
        last = runs.order_by("-started_at", "-pk").first()
        if last and not last.did_something and (last.outcome, last.message) == (outcome, message):
            runs.filter(pk=last.pk).update(finished_at=now, left=result.left)
            return
    SyncRun.objects.create(
        authority=session.authority,
        registry=session.registry,
        started_at=started_at,
        finished_at=now,
        outcome=outcome,
        declared=tally.declared,
        withdrawn=tally.withdrawn,
        pulled=tally.pulled,
        left=result.left,
        message=message,
    )
