"""What a person decides about transmissions that do not go by themselves.

Only notes the decision: the next run carries it out. Each says on which services it bore, by remote
id, and decides nothing the second time.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from ..authorities.models import LocalAuthority
from .declarations import WITHDRAWAL, State, acknowledged, chunks, declarations_of, withdrawn
from .models import Declaration, Registry

# Nothing at all is there, or what is there is not what was last acknowledged.
WENT_BACK = Q(etag="") | Q(remote__isnull=False)

# A refused withdrawal had passed the guard; it is tried again as one that was confirmed.
TRIED_AGAIN = Case(
    When(rejected_hash=WITHDRAWAL, then=Value(State.TO_WITHDRAW)), default=Value(State.TO_SEND)
)
# What a registry said of a content that is tried again no longer counts.
FORGOTTEN = {"state": TRIED_AGAIN, "rejected_hash": "", "problems": [], "message": ""}


def try_again(
    authority: LocalAuthority, registry: Registry | None, ids: Collection[str] | None = None
) -> list[str]:
    """Let the next run send what was refused, unchanged; all of it when `ids` is None."""
    return _decide(_rows(authority, registry, State.REJECTED), ids, FORGOTTEN)


def give_up(
    authority: LocalAuthority, registry: Registry | None, ids: Collection[str]
) -> list[str]:
    """Neither try the refused content again nor call it left, until it changes."""
    return _decide(_rows(authority, registry, State.REJECTED), ids, {"state": State.GIVEN_UP})


def resume(authority: LocalAuthority, registry: Registry | None, ids: Collection[str]) -> list[str]:
    """Undo `give_up`: the next run sends it."""
    return _decide(_rows(authority, registry, State.GIVEN_UP), ids, FORGOTTEN)


def confirm_withdrawals(
    authority: LocalAuthority, registry: Registry | None, ids: Collection[str] | None = None
) -> list[str]:
    """Let withdrawals go although they are many.

    Without `ids`, all that a run held; with them, those, which the next run would hold.
    """
    rows = declarations_of(authority, registry).exclude(acknowledged_hash="").exclude(WENT_BACK)
    rows = rows.exclude(state=State.TO_WITHDRAW) if ids else rows.filter(state=State.HELD)
    return _decide(rows, ids, {"state": State.TO_WITHDRAW})


@transaction.atomic
def send_again(authority: LocalAuthority, registry: Registry | None) -> list[str]:
    """« The registry went back: send N again »: what is there now is the base."""
    rows = _rows(authority, registry, State.HELD).filter(WENT_BACK)
    ids = sorted(rows.values_list("remote_id", flat=True))
    for chunk in chunks(ids):
        for row in rows.filter(remote_id__in=chunk).select_for_update():
            changes = (
                acknowledged(row.remote, row.remote_hash, row.etag, row.remote_hash)
                if row.remote is not None and row.etag
                else withdrawn()
            )
            rows.model.objects.filter(pk=row.pk).update(**{**changes, "state": State.TO_SEND})
    return ids


def _rows(
    authority: LocalAuthority, registry: Registry | None, state: str
) -> QuerySet[Declaration]:
    return declarations_of(authority, registry).filter(state=state)


@transaction.atomic
def _decide(
    rows: QuerySet[Declaration], ids: Collection[str] | None, changes: dict[str, object]
) -> list[str]:
    """Change those of `rows` that `ids` names, all for None; returns which these were."""
    rows = rows.order_by("remote_id")
    decided = []
    for some in [None] if ids is None else chunks(sorted(ids)):
        concerned = rows if some is None else rows.filter(remote_id__in=some)
        # Locked, so that of two clicks only one has decided.
        found = list(concerned.select_for_update().values_list("remote_id", flat=True))
        for chunk in chunks(found):
            rows.filter(remote_id__in=chunk).update(**changes)
        decided += found
    return decided
