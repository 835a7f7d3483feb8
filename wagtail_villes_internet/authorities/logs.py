"""The audit log of what belongs to one authority.

Wagtail's own log shows the titles of a model to whoever holds any permission on that model; on an
installation of many towns that would show one town's titles to another.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models.audit_log import BaseLogEntry, BaseLogEntryManager

from .models import LocalAuthority
from .scope import authorities_for, is_operator


class AuthorityLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance, action, **kwargs):
        kwargs.update(object_id=str(instance.pk), authority_id=instance.authority_id)
        if remote_id := getattr(instance, "remote_id", ""):
            # Outlives the object: the sync asks who took away what it has to withdraw.
            kwargs["data"] = {**(kwargs.get("data") or {}), "remote_id": remote_id}
        return super().log_action(instance, action, **kwargs)

    def viewable_by_user(self, user):
        # Wagtail's own keeps, on the user, the models it found for the first log it is asked
        # about, and then hides those of every other log.
        permissions = Permission.objects.filter(
            content_type__in=self.order_by().values("content_type")
        ).select_related("content_type")
        entries = self.filter(
            content_type__in={
                permission.content_type_id
                for permission in permissions
                if user.has_perm(f"{permission.content_type.app_label}.{permission.codename}")
            }
        )
        return entries if is_operator(user) else entries.filter(authority__in=authorities_for(user))

    def for_instance(self, instance):
        return self.filter(
            content_type=ContentType.objects.get_for_model(instance, for_concrete_model=False),
            object_id=str(instance.pk),
        )


class AuthorityLogEntry(BaseLogEntry):
    """One action on an object with an `authority`, seen by that authority's people only."""

    object_id = models.CharField(max_length=255, db_index=True)
    authority = models.ForeignKey(
        LocalAuthority, on_delete=models.CASCADE, related_name="+", db_index=True
    )

    objects = AuthorityLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]

    def __str__(self) -> str:
        return f"{self.action}: {self.label}"

    def clean_fields(self, exclude=None):
        # Taken from the object it is about: not worth a query at every publication.
        super().clean_fields({*(exclude or ()), "authority"})
