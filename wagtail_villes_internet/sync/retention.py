"""How long the journal of the runs is kept."""

from datetime import timedelta

from . import clock
from .models import SyncRun

# Thirteen months: the same campaign of the year before can still be looked up.
KEPT = timedelta(days=396)


def prune_runs() -> int:
    """Forget the runs that began longer ago than `KEPT`; how many there were."""
    deleted, _by_model = SyncRun.objects.filter(started_at__lt=clock.now() - KEPT).delete()
    return deleted
