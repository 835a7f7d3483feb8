"""What a change of matrix did to each service."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ...authorities.models import LocalAuthority
from ...matrix.models import ReferenceService


class Remap(models.Model):
    """One service that a newer matrix attached elsewhere: what it was attached to, and is now.

    Kept by remote id, so that drafts, old versions and translations follow, and so that it can be
    undone. `user`: who chose; nobody where the answer was single.
    """

    authority = models.ForeignKey(LocalAuthority, on_delete=models.CASCADE, related_name="+")
    remote_id = models.UUIDField()
    old = models.ForeignKey(ReferenceService, on_delete=models.PROTECT, related_name="+")
    new = models.JSONField(default=list)
    """Codes, sorted. Empty: to be left out of the matrix in use, beside others that stay. The
    former code alone: undone, and kept as it is until somebody chooses."""
    added = models.JSONField(default=list)
    """Those of `new` that the service did not have before, which undoing takes away."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # No screen gives rights on it: it goes with the service.
        default_permissions = ()
        ordering = ["-made_at", "-pk"]
        unique_together = [("authority", "remote_id", "old")]

    def __str__(self) -> str:
        return f"{self.old.code} → {', '.join(self.new)}"
