"""Makes every town's pages forget the list they keep: it is about all of them (see `catalogue`).

`store` writes without signals and tells the catalogue itself.
"""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ...authorities.catalogue import touch_all
from ...authorities.models import LocalAuthority
from ..models import Edition
from .models import PalmaresRow


@receiver([post_save, post_delete], sender=PalmaresRow)
@receiver([post_save, post_delete], sender=Edition)
def on_list(**kwargs) -> None:
    touch_all(LocalAuthority.objects.all())
