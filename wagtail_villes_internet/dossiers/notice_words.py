"""What the notices of a closing say: more pressing from one threshold to the next, and without a
name of a person. Pure, but for the language in force."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .calendar import Calendar, StatedBy
from .countdown import THRESHOLDS, countdown_text
from .models import Filing
from .notices import Due

PRESSING = {
    90: gettext_lazy("There is time: see what is missing, and which services do not count yet."),
    30: gettext_lazy("It is time to complete the services, and to write the texts of the dossier."),
    7: gettext_lazy("Only a few days are left: read the dossier again, and file it."),
    1: gettext_lazy("After the closing, nothing can be filed any more: file the dossier now."),
}
PRESSING_ELECTED = {
    90: gettext_lazy("The staff are preparing it: nothing is asked of you for now."),
    30: gettext_lazy("This is the time to see with the staff what the town wants to highlight."),
    7: gettext_lazy("Only a few days are left: please see with the staff that it goes."),
    1: gettext_lazy("After that, it will be too late for this year: please see to it today."),
}

# Of the last version, where it is not filed: what keeps it, for the webmaster.
STANDS: dict[str, object] = {
    Filing.State.TO_SEND: gettext_lazy(
        "A version is ready, and the registry has not received it yet: it is sent again by itself."
    ),
    Filing.State.TO_COPY: gettext_lazy(
        "A version is ready: copy it into the association’s tool, then note the receipt."
    ),
    Filing.State.REJECTED: gettext_lazy(
        "The version that was sent was refused: correct it, and file it again."
    ),
    Filing.State.CONFLICT: gettext_lazy(
        "Another dossier is filed at the registry: choose which one stands."
    ),
    Filing.State.TOO_LATE: gettext_lazy(
        "The version that was sent arrived after the closing of that time: file it again."
    ),
    Filing.State.DISPUTED: gettext_lazy(
        "The receipt of the version that was sent is for something else: see that version, and "
        "file it again."
    ),
    Filing.State.FILED: gettext_lazy(
        "The version that was received no longer stands at the registry: see that version, and "
        "file it again."
    ),
}
# A version that waits as the closing comes near is said louder from here on (contract, « How a
# client behaves »: « a stronger one within 7 days of an edition's closing »).
LOUD_FROM = 7


def subject(town: str, notice: Due) -> str:
    """One line, whatever the name of the town holds."""
    name = " ".join(town.split())
    if notice.left == 0:
        return _("%(town)s: last day for the Villes Internet dossier") % {"town": name}
    return ngettext(
        "%(town)s: %(n)d day left for the Villes Internet dossier",
        "%(town)s: %(n)d days left for the Villes Internet dossier",
        notice.left,
    ) % {"town": name, "n": notice.left}


def for_webmaster(
    calendar: Calendar, notice: Due, now: datetime, state: str, screen: str
) -> Iterator[str]:
    """The lines of the mail to the webmaster. `state`: that of the last version; or empty."""
    yield _("The yearly dossier of the edition %(year)d is not filed.") % {"year": notice.year}
    yield from _dates(calendar, notice, now)
    yield ""
    yield str(STANDS.get(state) or PRESSING[notice.days])
    if state and notice.days <= LOUD_FROM:
        yield _loudly(state)
    if calendar.stated_by == StatedBy.TOWN:
        yield ""
        yield _("This closing date was typed on this site: compare it with the association’s.")
    yield from _end(screen)


def for_elected(
    calendar: Calendar,
    notice: Due,
    now: datetime,
    state: str,
    screen: str,
    *,
    is_agreement_needed: bool,
) -> Iterator[str]:
    """The lines of the mail to the élu, without a word of the trade."""
    yield _(
        "The dossier for the label “Territoires, Villes et Villages Internet” %(year)d has not "
        "been received yet."
    ) % {"year": notice.year}
    yield from _dates(calendar, notice, now)
    yield ""
    if state in (Filing.State.TO_SEND, Filing.State.TO_COPY):
        yield _("It is ready, and still has to arrive: the staff see to it.")
    else:
        yield str(PRESSING_ELECTED[notice.days])
        if is_agreement_needed:
            yield _("Your agreement is needed before it goes.")
    yield from _end(screen)


def _loudly(state: str) -> str:
    if state == Filing.State.TO_SEND:
        return _(
            "URGENT: if this lasts, write to the association before the closing, and keep an "
            "export of the dossier: it shows what was ready, and when."
        )
    return _("After the closing, nothing can be filed any more.")


def _dates(calendar: Calendar, notice: Due, now: datetime) -> Iterator[str]:
    if notice.is_moved:
        yield _("The closing date has changed since the last message.")
    yield countdown_text(calendar, now)


def _end(screen: str) -> Iterator[str]:
    if screen:
        yield ""
        yield _("See where it stands:")
        yield screen
    yield ""
    yield _(
        "The site sends this message %(days)s days before the closing, once each time, and no more "
        "once the dossier is filed."
    ) % {"days": get_text_list([str(days) for days in THRESHOLDS], _("and"))}
