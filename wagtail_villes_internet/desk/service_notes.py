"""What the form of a service says beside its fields: what its dates will do, and whether its
address answers."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from .. import days
from ..services.links.checking import digest
from ..services.links.models import CheckedLink
from ..services.links.words import said
from ..services.models import DigitalService
from ..services.rules import status_on
from .service_standing import JudgedFieldPanel

Status = DigitalService.Status
Notes = dict[str, Sequence[str]]


def notes_of(service: DigitalService) -> Notes:
    """What there is to say of a stored service, by field of the form; one query at the most."""
    if service.pk is None:
        return {}
    progress = progress_notes(service.status, service.started_on, service.ended_on, days.today())
    return {"status": progress, "url": _link_notes(service)}


def progress_notes(
    status: str, started_on: date | None, ended_on: date | None, today: date
) -> list[str]:
    """What the dates of a service do to its progress (`services.rules.status_on`)."""
    now = status_on(status, started_on, ended_on, today)
    if now == Status.ENDED:
        if status == Status.ENDED:
            return []
        return [_("Its last day was %(day)s: it has ended.") % {"day": date_format(ended_on)}]
    found = []
    if now == Status.PLANNED:
        found.append(_starting(started_on))
    elif status == Status.PLANNED:
        found.append(
            _("Its first day was %(day)s: it is in service.") % {"day": date_format(started_on)}
        )
    if ended_on is not None:
        day = date_format(ended_on + timedelta(days=1))
        found.append(_("It becomes “ended” by itself on %(day)s.") % {"day": day})
    return found


def _starting(started_on: date | None) -> str:
    if started_on is None:
        return _("Give the day it starts, in “since”: it then becomes “in service” by itself.")
    return _("It becomes “in service” by itself on %(day)s.") % {"day": date_format(started_on)}


def _link_notes(service: DigitalService) -> list[str]:
    if not service.url:
        return []
    link = CheckedLink.objects.filter(
        authority=service.authority_id, digest=digest(service.url), state=CheckedLink.State.BROKEN
    ).first()
    if link is None:
        return []
    if link.failing_since is None:
        return [_("This address does not work."), said(link.reason)]
    day = date_format(link.failing_since)
    return [_("This address has not worked since %(day)s.") % {"day": day}, said(link.reason)]


class NotedFieldPanel(JudgedFieldPanel):
    """A field that says, above its help, what its form has to note of it."""

    class BoundPanel(JudgedFieldPanel.BoundPanel):
        def get_editable_context_data(self):
            if notes := self.form.notes.get(self.field_name):
                shown = format_html_join(
                    "", "<p><strong>{}</strong></p>", ((note,) for note in notes if note)
                )
                self.help_text = format_html("{}{}", shown, self.help_text)
            return super().get_editable_context_data()
