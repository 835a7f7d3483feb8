"""What an editor does to a service asks for a run, where a worker makes them.

Only to be there sooner: what is declared is derived from the live rows, and what no signal
announces is found by the next run.
"""

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from ..services.models import DigitalService
from .tasks import enqueue_on_commit


@receiver([published, unpublished], sender=DigitalService)
def ask_for_a_run(instance: DigitalService, **kwargs: object) -> None:
    """Of a service that is not counted as well: it may have been until now."""
    enqueue_on_commit(instance.authority_id)


@receiver(post_delete, sender=DigitalService)
def ask_to_withdraw(instance: DigitalService, **kwargs: object) -> None:
    if instance.live and instance.counted:
        enqueue_on_commit(instance.authority_id)
