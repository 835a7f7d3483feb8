"""What a person decides where the site and a registry say different things of one service.

Each decision is one transaction: the service, the declaration and the history, or nothing. Nothing
is sent from here: the next run does it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..authorities.models import LocalAuthority
from ..declared.bodies import bodies_of, declared_service
from ..registry.canonical import validate
from ..registry.types import SERVICE_FIELDS, ServiceBody
from ..services.changing import change_live
from ..services.errors import ChangeRefused
from ..services.models import DigitalService
from . import lease
from .declarations import State, acknowledged, declarations_of, withdrawn
from .differences import Difference, Kind, Shown, difference, hash_of
from .errors import AnswerAwaited, NotAsShown, TakeRefused, Undecided
from .merge import Body, decided, merge
from .models import Declaration, Registry
from .taking import as_here, as_of_today, site_values

# What the history of a service says of each decision.
SETTLED = "villes_internet.settled"
DECLARED_AGAIN = "villes_internet.declared_again"
NO_LONGER_COUNTED = "villes_internet.no_longer_counted"
WITHDRAWN_AS_WELL = "villes_internet.withdrawn_as_well"
ACTIONS = (SETTLED, DECLARED_AGAIN, NO_LONGER_COUNTED, WITHDRAWN_AS_WELL)


class Choice(StrEnum):
    """Whose value of a field stands. One that is left for later is in no choice."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a decision. `kept` and `taken` are names of fields; `to_send`: the next run
    has something to transmit."""

    title: str
    kept: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    to_send: bool = False


@transaction.atomic
def settle(
    authority: LocalAuthority,
    registry: Registry,
    remote_id: str,
    choices: Mapping[str, Choice],
    user: Any,
    *,
    shown: Shown,
) -> Settled:
    """Carry out `choices`, by field; what only the registry changed may be left out, for later.

    Taking publishes a revision of the live version, and puts the value into an open draft. Raises
    `NotAsShown`, or the `NotSettled` that says why nothing was written; `PermissionDenied` when
    something is taken and `user` may not publish.
    """
    row, found = _as_shown(authority, registry, remote_id, shown, Kind.FIELDS)
    at_stake = {field.name for field in found.fields}
    if choices.keys() - at_stake:
        raise _changed()
    if not choices or {field.name for field in found.conflicts} - choices.keys():
        raise Undecided
    names = [name for name in SERVICE_FIELDS if name in choices]
    taken = tuple(name for name in names if choices[name] is Choice.THEIRS)
    kept = tuple(name for name in names if choices[name] is Choice.MINE)
    service = declared_service(authority, remote_id)
    mine = _take(authority, service, found, taken, user) if taken else found.mine
    base = decided(found.base, found.theirs, names)
    merged = merge(base, mine, found.theirs)
    to_send = merged.body != found.theirs and not merged.conflicts
    state = State.TO_SEND if to_send else State.SENT
    _note(row, found.theirs, base=base, state=State.CONFLICT if merged.conflicts else state)
    _log(service, row, user, SETTLED, {"fields": _both_sides(found, choices)})
    return Settled(found.title, kept, taken, to_send)


@transaction.atomic
def declare_again(
    authority: LocalAuthority, registry: Registry, remote_id: str, user: Any, *, shown: Shown
) -> Settled:
    """Let the next run declare again what somebody withdrew at the registry. Raises `NotAsShown`,
    `AnswerAwaited`."""
    row, found = _as_shown(authority, registry, remote_id, shown, Kind.WITHDRAWN_THERE)
    _update(row, {**withdrawn(), "state": State.TO_SEND})
    service = declared_service(authority, remote_id)
    _log(service, row, user, DECLARED_AGAIN, {"base": found.base, "mine": found.mine})
    return Settled(found.title, to_send=True)


@transaction.atomic
def stop_counting(
    authority: LocalAuthority, registry: Registry, remote_id: str, user: Any, *, shown: Shown
) -> Settled:
    """Follow the withdrawal made at the registry: the service is no longer counted here, and
    stays shown to residents. Raises as `settle` does."""
    row, found = _as_shown(authority, registry, remote_id, shown, Kind.WITHDRAWN_THERE)
    service = declared_service(authority, remote_id)
    _change(service, {"counted": False}, user)
    _update(row, withdrawn())
    _log(service, row, user, NO_LONGER_COUNTED, {"base": found.base, "mine": found.mine})
    return Settled(found.title)


@transaction.atomic
def withdraw_as_well(
    authority: LocalAuthority, registry: Registry, remote_id: str, user: Any, *, shown: Shown
) -> Settled:
    """Let the next run withdraw at the registry what is no longer declared here, although it was
    changed there since. Raises `NotAsShown`, `AnswerAwaited`."""
    row, found = _as_shown(authority, registry, remote_id, shown, Kind.NOT_DECLARED_HERE)
    # A withdrawal that somebody confirmed: the guard lets it go.
    _note(row, found.theirs, base=found.theirs, state=State.TO_WITHDRAW)
    services = DigitalService.objects.of(authority).filter(translation_key=remote_id)
    both = {"base": found.base, "theirs": found.theirs}
    _log(services.order_by("pk").first(), row, user, WITHDRAWN_AS_WELL, both)
    return Settled(found.title, to_send=True)


DECISIONS: Mapping[str, Callable[..., Settled]] = {
    "declare_again": declare_again,
    "stop_counting": stop_counting,
    "withdraw_as_well": withdraw_as_well,
}


def _as_shown(
    authority: LocalAuthority, registry: Registry, remote_id: str, shown: Shown, kind: Kind
) -> tuple[Declaration, Difference]:
    """The row, and what is to settle, if that is still what the person saw."""
    lease.wake_all(authority, registry)
    rows = declarations_of(authority, registry).select_for_update()
    row = rows.filter(remote_id=remote_id).first()
    found = difference(authority, registry, remote_id)
    if row is None or found is None or found.kind is not kind or found.shown != shown:
        raise _changed()
    if found.awaiting:
        raise AnswerAwaited
    return row, found


def _changed() -> NotAsShown:
    return NotAsShown(
        _("One of the two versions has changed in the meantime: look at them again, and choose.")
    )


def _take(
    authority: LocalAuthority,
    service: DigitalService,
    found: Difference,
    fields: tuple[str, ...],
    user: Any,
) -> Body:
    """Write these fields of the registry's into the service; returns what it then declares."""
    theirs = as_here(found.theirs).as_json()
    wanted = as_of_today({**found.mine, **{name: theirs[name] for name in fields}})
    if problems := validate(ServiceBody.from_json(wanted)):
        said = (f"{_label(problem.field)} – {problem.message}" for problem in problems)
        raise TakeRefused(" ".join(dict.fromkeys(said)))
    _change(service, site_values(found.theirs, fields), user)
    body = bodies_of(authority, [found.remote_id]).get(found.remote_id)
    if body is None or body.as_json() != wanted:
        raise TakeRefused(_("This site cannot hold the registry’s version as it stands there."))
    return wanted


def _change(service: DigitalService, values: Mapping[str, Any], user: Any) -> None:
    try:
        change_live(service, values, user)
    except ChangeRefused as error:
        raise TakeRefused(str(error)) from error


def _label(field: str) -> str:
    name = "latitude" if field == "location" else field
    return capfirst(str(DigitalService._meta.get_field(name).verbose_name))


def _note(row: Declaration, theirs: Body, *, base: Body, state: str) -> None:
    """Both sides now agree on `base`; what else differs at the registry is still to be decided."""
    hash = hash_of(theirs)
    columns = acknowledged(
        theirs,
        hash,
        row.etag,
        hash,
        row.message if base != theirs else "",
        base=base if base != theirs else None,
    )
    _update(row, {**columns, "state": state})


def _update(row: Declaration, columns: Mapping[str, Any]) -> None:
    Declaration.objects.filter(pk=row.pk).update(**columns)


def _both_sides(found: Difference, choices: Mapping[str, Choice]) -> dict[str, Any]:
    return {
        field.name: {
            "base": field.base,
            "mine": field.mine,
            "theirs": field.theirs,
            "choice": str(choices[field.name]),
        }
        for field in found.fields
        if field.name in choices
    }


def _log(
    service: DigitalService | None,
    row: Declaration,
    user: Any,
    action: str,
    data: dict[str, Any],
) -> None:
    """In the history of the service; of the declaration, where nothing else is left of it."""
    log(
        instance=service or row,
        action=action,
        user=user,
        data={**data, "registry": row.registry.address},
    )
