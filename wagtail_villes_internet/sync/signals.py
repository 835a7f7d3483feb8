"""What is done elsewhere on the site that concerns the next runs.

What an editor does to a service asks for one, where a worker makes them: only to be there sooner,
since what is declared is derived from the live rows, and what no signal announces is found anyway.
"""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from ..matrix.models import Matrix
from ..services.models import DigitalService
from .models import Declaration
from .tasks import enqueue_on_commit


@receiver([published, unpublished], sender=DigitalService)
def ask_for_a_run(instance: DigitalService, **kwargs: object) -> None:
    """Of a service that is not counted as well: it may have been until now."""
    enqueue_on_commit(instance.authority_id)


@receiver(post_delete, sender=DigitalService)
def ask_to_withdraw(instance: DigitalService, **kwargs: object) -> None:
    if instance.live and instance.counted:
        enqueue_on_commit(instance.authority_id)


@receiver(post_save, sender=Matrix)
def release_unknown_codes(instance: Matrix, **kwargs: object) -> None:
    """What was refused for its codes may be sent again once the site uses another matrix."""
    if instance.is_current:
        waiting = Declaration.objects.filter(state=Declaration.State.UNKNOWN_CODE)
        waiting.exclude(rejected_hash="").update(rejected_hash="")
