"""What a person decides once for all that waits for confirmation.

Only notes the decision: the next run carries it out.
"""

from django.db import transaction
from django.db.models import Q

from ..authorities.models import LocalAuthority
from .declarations import State, acknowledged, declarations_of, withdrawn
from .models import Registry

# Nothing at all is there, or what is there is not what was last acknowledged.
WENT_BACK = Q(etag="") | Q(remote__isnull=False)


def confirm_withdrawals(authority: LocalAuthority, registry: Registry) -> int:
    """Let the withdrawals go that were held because they are many; returns how many."""
    held = declarations_of(authority, registry).filter(state=State.HELD).exclude(WENT_BACK)
    return held.update(state=State.TO_WITHDRAW)


@transaction.atomic
def send_again(authority: LocalAuthority, registry: Registry) -> int:
    """« The registry went back: send N again »: what is there now is the base; returns N."""
    rows = declarations_of(authority, registry).filter(WENT_BACK, state=State.HELD)
    count = 0
    for row in rows:
        changes = (
            acknowledged(row.remote, row.remote_hash, row.etag, row.remote_hash)
            if row.remote is not None and row.etag
            else withdrawn()
        )
        rows.model.objects.filter(pk=row.pk).update(**{**changes, "state": State.TO_SEND})
        count += 1
    return count
