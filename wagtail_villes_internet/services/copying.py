"""Makes a second service of one: a draft of its own, never shown nor declared by itself.

Wagtail's own copy view saves over the original and unpublishes it.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin

from .models import DigitalService

# What says where a row stands, not what the service is.
STANDING = {
    field.name
    for mixin in (DraftStateMixin, LockableMixin, RevisionMixin, TranslatableMixin)
    for field in mixin._meta.get_fields()
} - {"locale"}


@transaction.atomic
def duplicate(service: DigitalService, user: Any) -> DigitalService:
    """A draft that says what the latest draft of `service` says, with « (copie) » in its title.

    Of the same authority and language, with a remote id of its own: it is another service, of which
    the association's tool knows no page.
    """
    source = service.get_latest_revision_as_object()
    fields = [
        field
        for field in DigitalService._meta.concrete_fields
        if not field.primary_key and field.name not in STANDING
    ]
    copied = DigitalService(
        **{field.attname: getattr(source, field.attname) for field in fields}, live=False
    )
    copied.title = _title_of_copy(source.title)
    copied.reference_services.set(source.reference_services.all())
    copied.save()
    copied.save_revision(user=user, clean=False)
    log(instance=copied, action="wagtail.create", user=user, content_changed=True)
    return copied


def _title_of_copy(title: str) -> str:
    longest = DigitalService._meta.get_field("title").max_length
    marked = _("%(title)s (copy)")
    room = longest - len(marked % {"title": ""})
    return marked % {"title": title[:room].rstrip()}
