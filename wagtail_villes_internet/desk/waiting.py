"""What does not stand at the registry as it is wanted, and why: for the screen and its export.

Read from this site's own rows, in a number of queries that does not grow with the services.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..authorities.logs import AuthorityLogEntry
from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..services.models import DigitalService
from ..sync.decisions import WENT_BACK
from ..sync.declarations import STATES
from ..sync.models import Attempt, Declaration
from ..sync.plan import Action
from ..sync.planning import Planned
from ..sync.report import Intended, intentions, planned_for
from .faults import faults_of
from .registry_of import declarations_at
from .standing import SHOWN, edit_url

State = Declaration.State


class Kind(StrEnum):
    """What is to be done about a service, by whom: a state, but that two things are held."""

    REJECTED = State.REJECTED
    CONFLICT = State.CONFLICT
    WITHDRAWALS = "withdrawals"
    WENT_BACK = "went_back"
    UNKNOWN_CODE = State.UNKNOWN_CODE
    TO_SEND = State.TO_SEND
    TO_WITHDRAW = State.TO_WITHDRAW
    GIVEN_UP = State.GIVEN_UP


# What waits for a person first, then what the next run does by itself, then what nobody waits for.
EXPLANATIONS = {
    Kind.REJECTED: gettext_lazy(
        "The registry refused these services. Correct them and publish them again."
    ),
    Kind.CONFLICT: gettext_lazy(
        "These services were changed here and at the registry. Nothing is overwritten: somebody "
        "has to say which version is right."
    ),
    Kind.WITHDRAWALS: gettext_lazy(
        "Nothing is withdrawn from the registry in such numbers without somebody’s confirmation."
    ),
    Kind.WENT_BACK: gettext_lazy(
        "The registry went back to an older state: these services are missing there, or as they "
        "were before. Nothing is sent until somebody says so."
    ),
    Kind.UNKNOWN_CODE: gettext_lazy(
        "The registry’s matrix lacks a reference service of these. Attach them to others, or wait "
        "for the official matrix."
    ),
    Kind.TO_SEND: gettext_lazy("These services go with the next synchronisation."),
    Kind.TO_WITHDRAW: gettext_lazy(
        "These services leave the registry with the next synchronisation."
    ),
    Kind.GIVEN_UP: gettext_lazy(
        "The registry refused these services, and somebody gave them up. They are tried again "
        "when they change."
    ),
}
# One state, two things to decide.
HELD = {
    Kind.WITHDRAWALS: State.HELD.label,
    Kind.WENT_BACK: gettext_lazy("The registry went back"),
}
# Where what the registry answered explains the state.
ANSWERED = {Kind.REJECTED, Kind.UNKNOWN_CODE, Kind.GIVEN_UP}
# Nothing here says when somebody changed it there.
UNDATED = {Kind.CONFLICT, Kind.WENT_BACK}
ACTS = ("wagtail.publish", "wagtail.unpublish", "wagtail.delete")
TAKEN = (200, 201)


@dataclass(frozen=True, slots=True)
class Line:
    """One service; `edit_url` is None for one that is no longer there, `since` where unknown."""

    remote_id: str
    title: str
    reasons: tuple[str, ...] = ()
    edit_url: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The services of one kind: how many they are, and some of them."""

    kind: Kind
    count: int
    lines: tuple[Line, ...]

    @property
    def has_reasons(self) -> bool:
        """Whether there is anything to say of each: the buttons of what was refused go there."""
        refused = self.kind in (Kind.REJECTED, Kind.GIVEN_UP)
        return refused or any(line.reasons for line in self.lines)

    @property
    def label(self) -> str:
        return str(HELD.get(self.kind) or State(self.kind).label)

    @property
    def explanation(self) -> str:
        return str(EXPLANATIONS[self.kind])


def at_registry(
    authority: LocalAuthority,
    backend: RegistryBackend,
    planned: Planned,
    *,
    limit: int | None = SHOWN,
) -> list[Group]:
    """The services that do not stand at the registry as they are wanted; `limit` lines a group."""
    by_kind = kinds(authority, backend, planned)
    shown = {
        kind: sorted(by_kind[kind], key=by_title)[:limit]
        for kind in EXPLANATIONS
        if by_kind.get(kind)
    }
    # Without a limit, all are read: a query takes only so many values.
    ids = None if limit is None else [one.remote_id for found in shown.values() for one in found]
    refused = {one.remote_id for kind, found in shown.items() if kind in ANSWERED for one in found}
    answers = _answers(authority, backend, ids, refused)
    keys = _keys(authority, ids)
    since = _since(authority, backend) if limit is None else {}
    return [
        Group(
            kind,
            len(by_kind[kind]),
            tuple(
                Line(
                    one.remote_id,
                    one.title or one.remote_id,
                    answers.get(one.remote_id, ()) if kind in ANSWERED else (),
                    edit_url(keys.get(one.remote_id)),
                    None if kind in UNDATED else since.get(one.remote_id),
                )
                for one in found
            ),
        )
        for kind, found in shown.items()
    ]


def all_waiting(authority: LocalAuthority, backend: RegistryBackend) -> list[dict[str, Any]]:
    """One row a service, for a spreadsheet: those at the registry, then those to be completed."""
    planned = planned_for(authority, backend)
    rows = [
        {
            "title": line.title,
            "state": group.label,
            "reasons": " ".join(line.reasons) or group.explanation,
            "since": line.since,
            "edit_url": line.edit_url,
        }
        for group in at_registry(authority, backend, planned, limit=None)
        for line in group.lines
    ]
    for found in planned.incomplete:
        rows.append(
            {
                "title": found.title,
                "state": str(_("To be completed")),
                "reasons": " ".join(found.reasons),
                "since": None,
                "edit_url": edit_url(found.pk),
            }
        )
    return rows


def kinds(
    authority: LocalAuthority, backend: RegistryBackend, planned: Planned | None = None
) -> Mapping[Kind, list[Intended]]:
    """What the next run would leave, or do, for each service that does not agree yet."""
    back: set[str] | None = None
    found: dict[Kind, list[Intended]] = defaultdict(list)
    for intended in intentions(authority, backend, planned):
        if intended.action is Action.AGREE:
            continue
        if intended.action is Action.HOLD:
            back = _went_back(authority, backend) if back is None else back
            kind = Kind.WENT_BACK if intended.remote_id in back else Kind.WITHDRAWALS
        else:
            # An attempt without an answer is sent again: to people, it is to be transmitted.
            kind = Kind(STATES.get(intended.action, State.TO_SEND))
        found[kind].append(intended)
    return found


def by_title(intended: Intended) -> tuple[str, str]:
    """The order in which people read services."""
    return intended.title.casefold(), intended.remote_id


def _went_back(authority: LocalAuthority, backend: RegistryBackend) -> set[str]:
    return set(
        declarations_at(authority, backend).filter(WENT_BACK).values_list("remote_id", flat=True)
    )


def _answers(
    authority: LocalAuthority,
    backend: RegistryBackend,
    ids: Sequence[str] | None,
    refused: Collection[str],
) -> Mapping[str, tuple[str, ...]]:
    """What the registry said of each service of `refused`, in the reader's words."""
    if not refused:
        return {}
    rows = declarations_at(authority, backend)
    rows = rows.exclude(problems=[], message="") if ids is None else rows.filter(remote_id__in=ids)
    rows = rows.only("remote_id", "problems", "message", "rejected_hash")
    answered = [row for row in rows if row.remote_id in refused]
    said = faults_of(answered)
    return {row.remote_id: tuple(map(str, said[row.pk])) for row in answered}


def _keys(authority: LocalAuthority, ids: Sequence[str] | None) -> dict[str, int]:
    services = DigitalService.objects.of(authority)
    if ids is not None:
        services = services.filter(translation_key__in=ids)
    return {remote_id: pk for remote_id, (pk, _title) in services.by_remote_id().items()}


def _since(authority: LocalAuthority, backend: RegistryBackend) -> dict[str, datetime]:
    """When the last thing happened that explains the state: published or taken away here, or
    refused there."""
    acts = AuthorityLogEntry.objects.filter(authority=authority, action__in=ACTS).order_by()
    answers = Attempt.objects.filter(
        declaration__in=declarations_at(authority, backend), answered_at__isnull=False
    )
    refusals = answers.exclude(status__in=TAKEN).order_by()
    since: dict[str, datetime] = {}
    for found in (
        acts.values_list("data__remote_id").annotate(at=Max("timestamp")),
        refusals.values_list("declaration__remote_id").annotate(at=Max("answered_at")),
    ):
        for id, at in found.iterator():
            since[id] = max(at, since.get(id, at))
    return since
