"""Makes pages forget what they keep of a label as soon as it changes (see `catalogue`).

What is written without signals (`bulk_create`, `update`) has to call `catalogue.touch` itself.
"""

from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ..authorities.catalogue import touch, touch_all
from ..authorities.models import LocalAuthority
from .models import Award, Distinction, Edition, LabelProgramme

CHANGES = [post_save, post_delete]


@receiver(CHANGES, sender=LocalAuthority)
def on_authority(instance: LocalAuthority, **kwargs) -> None:
    # Its name is in the sentence that sums up the history.
    touch(instance)


@receiver(CHANGES, sender=Award)
def on_award(instance: Award, **kwargs) -> None:
    touch(instance.authority_id)


@receiver(CHANGES, sender=Distinction)
def on_distinction(instance: Distinction, **kwargs) -> None:
    touch_all(Award.objects.filter(pk=instance.award_id).values("authority"))


@receiver(CHANGES, sender=Edition)
def on_edition(instance: Edition, **kwargs) -> None:
    # Its ceremony ends the awards of the editions before it.
    touch_all(holders(edition__programme=instance.programme_id))


@receiver(CHANGES, sender=LabelProgramme)
def on_programme(instance: LabelProgramme, **kwargs) -> None:
    touch_all(holders(edition__programme=instance.pk))


def holders(**which) -> QuerySet:
    return Award.objects.filter(**which).values("authority")
