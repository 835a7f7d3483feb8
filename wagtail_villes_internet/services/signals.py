"""Makes pages forget the services they keep as soon as what they show changes (see `catalogue`).

What is written without signals (`bulk_create`, `update`) has to call `catalogue.touch` itself, in
the transaction of the change.
"""

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.images import get_image_model

from ..authorities.catalogue import touch, touch_all
from ..authorities.models import LocalAuthority
from ..matrix.models import Axis, Matrix, Placement, ReferenceService, Theme
from .listing import PICTURE
from .models import DigitalService

# What a draft or a lock writes to the live row: residents see none of it.
UNSEEN = {
    *("latest_revision", "live_revision", "scheduled_revision", "has_unpublished_changes"),
    *("go_live_at", "expire_at", "locked", "locked_at", "locked_by", "last_published_at"),
}


@receiver(post_save, sender=DigitalService)
def on_service(
    instance: DigitalService,
    created: bool,
    update_fields: Collection[str] | None,
    **kwargs: object,
) -> None:
    is_new_draft = created and not instance.live
    if not is_new_draft and (update_fields is None or not UNSEEN.issuperset(update_fields)):
        touch(instance.authority_id)


@receiver(post_delete, sender=DigitalService)
def on_deleted_service(instance: DigitalService, **kwargs: object) -> None:
    touch(instance.authority_id)


@receiver(m2m_changed, sender=DigitalService.reference_services.through)
def on_attachment(
    instance: DigitalService | ReferenceService,
    action: str,
    reverse: bool,
    pk_set: set[int] | None,
    **kwargs: object,
) -> None:
    if reverse:
        # Before they are cleared: which they were is not known after.
        if action == "pre_clear":
            touch_all(_offering(reference_services=instance.pk))
        elif action in ("post_add", "post_remove"):
            touch_all(_offering(pk__in=pk_set))
    elif action.startswith("post_") and not instance.is_being_saved:
        touch(instance.authority_id)


@receiver([post_save, pre_delete], sender=get_image_model())
def on_picture(instance: object, **kwargs: object) -> None:
    # Before it is deleted: services lose it without a signal.
    touch_all(_offering(image=instance.pk))


@receiver(post_delete, sender=get_image_model().get_rendition_model())
def on_rendition(instance: object, **kwargs: object) -> None:
    # Its file goes, and pages may keep its address.
    if instance.filter_spec == PICTURE:
        touch_all(_offering(image=instance.image_id))


@receiver([post_save, post_delete], sender=Matrix)
@receiver(post_save, sender=Axis)
@receiver(post_save, sender=Theme)
@receiver(post_save, sender=ReferenceService)
@receiver(post_save, sender=Placement)
def on_matrix(**kwargs: object) -> None:
    # Its version is written with the rest, in one transaction; it is every town's.
    touch_all(LocalAuthority.objects.all())


def _offering(**which: object) -> QuerySet:
    return DigitalService.objects.filter(**which).values("authority")
