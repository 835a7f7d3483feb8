"""What the history of a service says of a change of matrix."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter, get_active_log_context

from ...authorities.logs import AuthorityLogEntry
from ..models import DigitalService
from .families import Family, Member

REMAPPED = "villes_internet.remapped"


class RemappedFormatter(LogFormatter):
    label = gettext_lazy("Attached as another matrix has it")

    def format_message(self, log_entry):
        said = _("Matrix “%(version)s”") % {"version": log_entry.data.get("matrix", "")}
        parts = (
            (_("no longer attached to: %s"), log_entry.data.get("removed")),
            (_("attached to: %s"), log_entry.data.get("added")),
        )
        return " – ".join([said, *(text % ", ".join(labels) for text, labels in parts if labels)])


def register(actions: Any) -> None:
    """Name the action in Wagtail's registry of log actions."""
    actions.register_action(REMAPPED)(RemappedFormatter)


class Journal:
    """Entries of one change, however many services it bears on."""

    def __init__(self, user: Any, version: str) -> None:
        self.user, self.version = user, version
        self.now = timezone.now()
        self.uuid = get_active_log_context().uuid
        self.content_type = ContentType.objects.get_for_model(DigitalService)

    def entry(
        self, family: Family, member: Member, removed: Iterable[str], added: Iterable[str]
    ) -> AuthorityLogEntry:
        """The entry, not saved, of one translation: the labels it lost and those it got."""
        return AuthorityLogEntry(
            content_type=self.content_type,
            object_id=str(member.pk),
            authority_id=family.authority_id,
            label=member.title,
            action=REMAPPED,
            timestamp=self.now,
            uuid=self.uuid,
            user=self.user,
            content_changed=True,
            data={
                "remote_id": str(family.remote_id),
                "matrix": self.version,
                "removed": sorted(removed),
                "added": sorted(added),
            },
        )
