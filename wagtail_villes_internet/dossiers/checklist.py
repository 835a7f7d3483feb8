"""What the association asks outside the site, in one campaign: done or not, and by whom.

Taking part implies membership, an account on villes-internet.net attached to the page of the
authority, and actions referenced there:
https://www.idcite.com/Actu-Label-national-territoires-villes-et-villages-internet_a57719.html
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..authorities.models import LocalAuthority
from ..registry.text import canonical_text
from .calendar import paris_day
from .campaign import campaign_of
from .models import Step

HELP = {
    Step.Code.MEMBERSHIP: _(
        "Ask the association whether this year’s membership is settled: taking part implies it."
    ),
    Step.Code.ACCOUNT: _(
        "On villes-internet.net, somebody of the town hall has an account and can sign in."
    ),
    Step.Code.ATTACHED: _(
        "On villes-internet.net, that account is attached to the page of the local authority."
    ),
    Step.Code.REFERENCED: _(
        "The services of this site are in the association’s tool: see “Transmission” to send or "
        "copy them."
    ),
    Step.Code.CEREMONY: _(
        "Once the date is known: who represents the local authority, and who books the journey."
    ),
}


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `done_on` is empty where it is not done. `note` and `user` are
    for the desk alone: they name people."""

    code: str
    label: str
    help: str
    done_on: date | None = None
    note: str = ""
    user: Any = None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None


def checklist(authority: LocalAuthority, year: int) -> tuple[CheckItem, ...]:
    """The five things, in order, as they stand; one query, and nothing is made."""
    steps = {
        step.code: step
        for step in Step.objects.filter(
            campaign__authority=authority, campaign__year=year
        ).select_related("user")
    }
    return tuple(_item(code, steps.get(code)) for code in Step.Code)


def tick(
    authority: LocalAuthority,
    year: int,
    code: str,
    user,
    note: str | None = None,
    *,
    done: bool = True,
    now: datetime | None = None,
) -> CheckItem:
    """Note that one thing is done or, with `done=False`, that it is not after all; and what `user`
    says of it, where a note is given.

    Done again keeps the first day. Raises `ValueError` for another code, `ValidationError` for a
    year that no campaign has.
    """
    code = Step.Code(code)
    step, _created = Step.objects.get_or_create(campaign=campaign_of(authority, year), code=code)
    if done:
        step.done_on = step.done_on or paris_day(now or timezone.now())
    else:
        step.done_on = None
    if note is not None:
        step.note = canonical_text(note)[: Step._meta.get_field("note").max_length]
    step.user = user
    step.save()
    return _item(code, step)


def _item(code: Step.Code, step: Step | None) -> CheckItem:
    label, help_text = str(code.label), str(HELP[code])
    if step is None:
        return CheckItem(code, label, help_text)
    return CheckItem(code, label, help_text, step.done_on, step.note, step.user)
