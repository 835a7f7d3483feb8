"""Writes to the two mailboxes of an authority as the closing of a campaign comes near."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone, translation

from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..services.links.telling import mailboxes as technical_mailboxes
from . import notice_words
from .agreements import is_required
from .calendar import Calendar
from .campaign import calendars, campaign_of
from .countdown import urgency
from .models import Filing, Notice
from .notices import Due, Told, due

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """How many notices were sent, and how many could not be."""

    sent: int = 0
    failed: int = 0


def tell(
    authority: LocalAuthority,
    now: datetime | None = None,
    screens: Mapping[str, str] | None = None,
) -> Tally:
    """Send what is due to the mailboxes of `authority` that have an address.

    Each notice is noted before it is sent, so that two runs at once send one; the note goes where
    the mail cannot be sent, so that the next run tries again. A run that is killed between the two
    leaves that notice unsent: the next threshold still speaks. In the language of the site.

    `screens`: the address that each mailbox is sent to, by `Notice.Mailbox`. Three queries where
    nothing presses, and a constant number where all is told.
    """
    now = now or timezone.now()
    tally = Tally()
    pressing = [one for one in calendars(authority) if urgency(one, now) is not None]
    if not pressing:
        return tally
    years = [one.year for one in pressing]
    filed, told = _filed(authority, years), _told(authority, years)
    with translation.override(settings.LANGUAGE_CODE):
        for one in pressing:
            coming = due(one, now, told=told.get(one.year, ()), is_filed=one.year in filed)
            for notice in coming:
                _send(authority, one, notice, now, (screens or {}).get(notice.mailbox, ""), tally)
    return tally


def addresses(authority: LocalAuthority, mailbox: str) -> list[str]:
    """Where a mailbox of `authority` is: that of the webmaster falls back on the people who may
    change the setting, that of the élu on nobody."""
    if mailbox == Notice.Mailbox.TECHNICAL:
        return technical_mailboxes(authority)
    bound = VillesInternetSettings.objects.filter(authority=authority).exclude(elected_email="")
    return sorted(set(bound.values_list("elected_email", flat=True)))


def _send(
    authority: LocalAuthority,
    calendar: Calendar,
    notice: Due,
    now: datetime,
    screen: str,
    tally: Tally,
) -> None:
    to = addresses(authority, notice.mailbox)
    if not to:
        return
    row, is_mine = Notice.objects.get_or_create(
        campaign=campaign_of(authority, notice.year),
        mailbox=notice.mailbox,
        closes_on=notice.closes_on,
        days=notice.days,
        defaults={"sent_at": now},
    )
    before = row.sent_at
    if not is_mine and not _send_again(row, notice, now):
        return
    try:
        EmailMessage(
            subject=notice_words.subject(authority.name, notice),
            body="\n".join(_body(authority, calendar, notice, now, screen)),
            to=to,
        ).send()
    except Exception:
        # Whatever a mail backend raises, of which there are many.
        logger.exception("the notice of a closing was not sent for %s", authority.pk)
        if is_mine:
            row.delete()
        else:
            Notice.objects.filter(pk=row.pk).update(sent_at=before)
        tally.failed += 1
    else:
        tally.sent += 1


def _send_again(row: Notice, notice: Due, now: datetime) -> bool:
    """Whether the closing was moved back to a day told before, and nobody else says so now."""
    if notice.moved_since is None:
        return False
    told_before = Notice.objects.filter(pk=row.pk, sent_at__lte=notice.moved_since)
    return bool(told_before.update(sent_at=now))


def _body(
    authority: LocalAuthority, calendar: Calendar, notice: Due, now: datetime, screen: str
) -> Iterable[str]:
    state = _state_of_last(authority, notice.year)
    if notice.mailbox == Notice.Mailbox.TECHNICAL:
        return notice_words.for_webmaster(calendar, notice, now, state, screen)
    is_needed = is_required(authority)
    return notice_words.for_elected(
        calendar, notice, now, state, screen, is_agreement_needed=is_needed
    )


def _state_of_last(authority: LocalAuthority, year: int) -> str:
    """The state of the last version that somebody means to file; empty where there is none."""
    filings = Filing.objects.filter(dossier__authority=authority, dossier__year=year)
    meant = filings.exclude(state=Filing.State.GIVEN_UP)
    return meant.order_by("-number").values_list("state", flat=True).first() or ""


def _filed(authority: LocalAuthority, years: list[int]) -> set[int]:
    """The years of which the last version received stands: its receipt is for it, and nothing was
    remarked of it at the registry since."""
    received = Filing.objects.filter(
        Q(state__in=Filing.RECEIVED) | Q(receipt__isnull=False),
        dossier__authority=authority,
        dossier__year__in=years,
    ).order_by("number")
    last = {
        year: state != Filing.State.DISPUTED and not message
        for year, state, message in received.values_list("dossier__year", "state", "message")
    }
    return {year for year, stands in last.items() if stands}


def _told(authority: LocalAuthority, years: list[int]) -> dict[int, list[Told]]:
    told: dict[int, list[Told]] = {}
    rows = Notice.objects.filter(campaign__authority=authority, campaign__year__in=years)
    columns = ("campaign__year", "mailbox", "closes_on", "days", "sent_at")
    for year, *notice in rows.order_by("pk").values_list(*columns):
        told.setdefault(year, []).append(Told(*notice))
    return told
