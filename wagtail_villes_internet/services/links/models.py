"""What is known of the addresses that services lead to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...authorities.models import LocalAuthority


class CheckedLink(models.Model):
    """What is known of one web address that a town's services lead to.

    Broken only after several failures on several days: `failures` counts those in a row, one a day.
    """

    class State(models.TextChoices):
        WORKS = "works", _("works")
        FAILING = "failing", _("did not answer lately")
        BROKEN = "broken", _("broken")
        UNCHECKED = "unchecked", _("cannot be checked from here")

    authority = models.ForeignKey(LocalAuthority, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    """SHA-256 of the address: a column that long has no unique index everywhere."""
    url = models.URLField(_("web address"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(max_length=50, blank=True)
    """A code of the checker: an HTTP status, `timeout`, `tls`…"""
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateField(_("failing since"), null=True, blank=True)
    last_failed_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(_("checked on"), null=True, blank=True)
    worked_at = models.DateTimeField(_("worked on"), null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    """When the webmaster was told that it is broken; None once it works again."""

    class Meta:
        # No screen gives rights on it: it goes with the service.
        default_permissions = ()
        verbose_name = _("checked link")
        verbose_name_plural = _("checked links")
        unique_together = [("authority", "digest")]

    def __str__(self) -> str:
        return self.url
