"""Who decided what about a transmission, in Wagtail's audit log."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import get_active_log_context

from ..authorities.logs import AuthorityLogEntry
from ..authorities.models import LocalAuthority
from ..services.models import DigitalService
from ..sync.declarations import chunks
from ..sync.models import Declaration

SENT_AGAIN = "villes_internet.sent_again"
GIVEN_UP = "villes_internet.given_up"
RESUMED = "villes_internet.resumed"
WITHDRAWAL_CONFIRMED = "villes_internet.withdrawal_confirmed"

# Each with its label and the sentence of the history.
ACTIONS = {
    SENT_AGAIN: (_("To be sent again"), _("To be sent to the registry again, unchanged")),
    GIVEN_UP: (
        _("Transmission given up"),
        _("Refused by the registry and given up: not tried again until it changes"),
    ),
    RESUMED: (_("Transmission resumed"), _("No longer given up: to be sent to the registry again")),
    WITHDRAWAL_CONFIRMED: (
        _("Withdrawal confirmed"),
        _("Its withdrawal from the registry, one of many, was confirmed"),
    ),
}


def register(actions: Any) -> None:
    """Name the decisions in Wagtail's registry of log actions."""
    for action, (label, message) in ACTIONS.items():
        actions.register_action(action, label, message)


def note(authority: LocalAuthority, remote_ids: Sequence[str], action: str, user: Any) -> None:
    """One entry a service, in its history; in that of its declaration, where it is gone.

    All at once, since one decision may bear on thousands.
    """
    now, uuid = timezone.now(), get_active_log_context().uuid
    types = ContentType.objects.get_for_models(DigitalService, Declaration)
    for chunk in chunks(remote_ids):
        found: dict[str, tuple[type, int, str]] = {}
        rows = Declaration.objects.filter(authority=authority, remote_id__in=chunk)
        for remote_id, pk, title in rows.values_list("remote_id", "pk", "title"):
            found[remote_id] = (Declaration, pk, title or remote_id)
        services = DigitalService.objects.of(authority).filter(translation_key__in=chunk)
        for remote_id, (pk, title) in services.by_remote_id().items():
            found[remote_id] = (DigitalService, pk, title)
        AuthorityLogEntry.objects.bulk_create(
            AuthorityLogEntry(
                authority=authority,
                content_type=types[model],
                object_id=str(pk),
                label=title,
                action=action,
                timestamp=now,
                user=user,
                uuid=uuid,
                data={"remote_id": remote_id},
            )
            for remote_id, (model, pk, title) in found.items()
        )
