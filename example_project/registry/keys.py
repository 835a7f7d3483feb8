"""Idempotency keys: the first answer to a write is the answer to every later copy of it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from .models import Authority, StoredAnswer
from .problems import Problem
from .writes import Order

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Outcome:
    """The answer to a write, without its epoch."""

    status: int
    members: dict[str, object]
    replayed: bool = False


def replay(authority: Authority, order: Order) -> Outcome | None:
    """The first answer to this very request, or None when its key is new.

    Raises `Problem` 422 `/key-reused` when the key served another request of this authority.
    """
    stored = StoredAnswer.objects.filter(authority=authority, key=order.key).first()
    if stored is None:
        return None
    if stored.fingerprint != order.fingerprint:
        raise Problem(422, "Cette clé a déjà servi à une autre demande.", path="/key-reused")
    return Outcome(stored.status, stored.members, replayed=True)


def store(authority: Authority, order: Order, outcome: Outcome) -> Outcome:
    """Keeps an answer, in the transaction of what it says."""
    StoredAnswer.objects.create(
        authority=authority,
        key=order.key,
        resource=order.resource,
        fingerprint=order.fingerprint,
        status=outcome.status,
        members=outcome.members,
    )
    return outcome


def forget_old() -> int:
    """Removes the answers older than the contract's 30 days; how many they were."""
    removed, _ = StoredAnswer.objects.filter(stored_at__lt=timezone.now() - KEPT_FOR).delete()
    return removed
