"""A run of one authority as a task, for installations that have a worker (design decision 6).

Cron goes on beside it: a task that is lost is a run that comes later, never one that is missed.
Django runs a task at once, in the request, unless `TASKS` names a backend with a worker: then
only is anything enqueued. As Wagtail does, the task is made by `django_tasks`, which makes it of
the kind that the backend named there takes, Django's own included.
"""

import logging
from datetime import timedelta
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import task

from ..authorities.models import LocalAuthority
from ..conf import get_settings
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured
from .models import Link, Registry
from .report import transmits_by_hand
from .runner import run

# A task that has not begun by then may be lost, with its queue or its worker.
FORGOTTEN = timedelta(minutes=10)
WITHOUT_WORKER = {"ImmediateBackend", "DummyBackend"}

logger = logging.getLogger(__name__)


@task()
def synchronise(authority_pk: int, queued: bool = False) -> None:
    """Run one authority, as `villes_internet_sync` does, and leave what it found where it does.

    Nothing happens to one that is gone, by hand or without a token. `queued`: `enqueue` noted it
    on the link, and another task has served that note where it is gone: a queue that nobody
    emptied for a day costs one run, not a hundred.
    """
    authority = LocalAuthority.objects.filter(pk=authority_pk).first()
    if authority is None:
        return
    try:
        backend = get_backend()
    except (Misconfigured, ImproperlyConfigured) as error:
        logger.error("%s", error)
        return
    with backend:
        links = _links(authority_pk, backend)
        # Before anything is read: what is published from here on asks for another run.
        is_asked = links.filter(queued_at__isnull=False).update(queued_at=None)
        if queued and not is_asked and links.exists():
            return
        if transmits_by_hand(authority, backend) or _lacks_token(authority, backend):
            return
        run(authority, backend)


def has_worker() -> bool:
    """Whether tasks wait for a worker: `TASKS` names neither the immediate backend, which would
    speak to the registry inside a request, nor the dummy one."""
    kinds = {kind.__name__ for kind in type(synchronise.get_backend()).__mro__}
    return kinds.isdisjoint(WITHOUT_WORKER)


def enqueue(authority_pk: int, backend: RegistryBackend) -> bool:
    """Enqueue one run, unless one is that has not begun; whether it was. Two queries at most.

    A run under way is woken as well, so that it serves what it may have read too early.
    """
    now = timezone.now()
    links = _links(authority_pk, backend)
    # One UPDATE both asks and takes note: of two at once, one wins. A note from the future is
    # that of a clock since put right.
    free = links.exclude(queued_at__range=(now - FORGOTTEN, now + FORGOTTEN))
    is_first = free.update(queued_at=now, wakeups=F("wakeups") + 1)
    # No run was ever made: the first will make the link, and is worth asking for twice.
    if not is_first and links.exists():
        return False
    synchronise.enqueue(authority_pk, queued=True)
    return True


def enqueue_on_commit(authority_pk: int) -> None:
    """The same once the transaction is committed, where there are a worker and a registry.

    Never raises: whoever publishes has nothing to do with a queue.
    """
    transaction.on_commit(partial(_try_to_enqueue, authority_pk))


def _try_to_enqueue(authority_pk: int) -> None:
    try:
        if not has_worker():
            return
        with get_backend() as backend:
            if backend.automatic:
                enqueue(authority_pk, backend)
    except Exception:
        # The note stays on the link: a queue that is down is not tried again at every click.
        logger.exception("No run could be enqueued; the next villes_internet_sync makes it")


def _links(authority_pk: int, backend: RegistryBackend) -> QuerySet[Link]:
    """One link or none. Without a join, which would let two UPDATEs at once both win."""
    registries = Registry.objects.filter(address=backend.address)
    return Link.objects.filter(authority_id=authority_pk, registry__in=registries)


def _lacks_token(authority: LocalAuthority, backend: RegistryBackend) -> bool:
    return backend.needs_token and not get_settings().token_fingerprint(authority.siren or "")
