"""Writes to a town's webmaster about the links that are broken since the last time."""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import GroupSitePermission

from ...authorities.models import LocalAuthority, VillesInternetSettings
from .addresses import leading_to
from .models import CheckedLink
from .words import said

# A mail that lists more is read by nobody; the desk lists them all.
MOST_LINES = 50

logger = logging.getLogger(__name__)


def tell(authority: LocalAuthority, report_url: str = "") -> bool | None:
    """Write about what is broken and was not told yet; None where there is nothing to tell.

    Returns whether it could be told. Marked as told before it is sent, so that nobody is told
    twice; unmarked when the mail cannot be sent, so that the next run tries again.
    """
    news = CheckedLink.objects.filter(
        authority=authority, state=CheckedLink.State.BROKEN, told_at__isnull=True
    )
    links = list(news.order_by("url"))
    if not links:
        return None
    to = mailboxes(authority)
    if not to:
        return False
    told = CheckedLink.objects.filter(pk__in=[link.pk for link in links])
    told.update(told_at=timezone.now())
    mail = EmailMessage(
        subject=ngettext(
            "%(town)s: %(n)d broken link among your digital services",
            "%(town)s: %(n)d broken links among your digital services",
            len(links),
        )
        % {"town": _one_line(authority.name), "n": len(links)},
        body="\n".join(_lines(authority, links, report_url)),
        to=to,
    )
    try:
        mail.send()
    except (SMTPException, OSError):
        logger.exception("the mail about broken links of %s was not sent", authority.pk)
        told.update(told_at=None)
        return False
    return True


def mailboxes(authority: LocalAuthority) -> list[str]:
    """Where to write: the mailboxes of its sites' settings; without any, the people who may change
    those settings and have an address."""
    bound = VillesInternetSettings.objects.filter(authority=authority)
    typed = {address for address in bound.values_list("technical_email", flat=True) if address}
    if typed:
        return sorted(typed)
    may_change = GroupSitePermission.objects.filter(
        site__in=bound.values("site"), permission__codename="change_villesinternetsettings"
    )
    people = get_user_model().objects.filter(groups__in=may_change.values("group"), is_active=True)
    return sorted({person.email for person in people if person.email})


def _lines(authority: LocalAuthority, links: list[CheckedLink], report_url: str) -> Iterable[str]:
    leading = leading_to(authority)
    yield _("These addresses have not worked for several days:")
    for link in links[:MOST_LINES]:
        yield ""
        titles = [_one_line(title) for _pk, title in leading.get(link.url, ())]
        yield f"- {', '.join(titles) or link.url}"
        yield f"  {link.url}"
        yield f"  {said(link.reason)}"
    if len(links) > MOST_LINES:
        yield ""
        yield _("and %(n)d more.") % {"n": len(links) - MOST_LINES}
    yield ""
    yield _("Correct the address on the service’s page, or unpublish a service that is gone.")
    if report_url:
        yield report_url


def _one_line(text: str) -> str:
    return " ".join(text.split())
