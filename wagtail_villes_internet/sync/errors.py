"""What can keep a run from going on, whatever the registry says."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class SyncError(Exception):
    """A run or an action of this room that cannot go on; the text is safe to show."""

    message = _("The synchronisation cannot go on.")

    def __init__(self, message: object = None) -> None:
        super().__init__(self.message if message is None else message)

    def __str__(self) -> str:
        return str(self.args[0])


class LeaseLost(SyncError):
    """Another runner took over: this one writes nothing any more."""

    message = _("Another synchronisation took over.")


class EpochChanged(SyncError):
    """The registry was restored from a backup during the run: everything is read again first."""

    message = _("The registry was restored from a backup: the next run reads everything again.")


class AnotherInstance(SyncError):
    """This database was copied from another installation, which transmits already."""

    message = _(
        "Another installation transmits what is in this database: nothing was sent. If this one "
        "takes over from it, run villes_internet_sync --adopt once."
    )


class Paused(SyncError):
    """Too early to try again: nobody was asked, and nothing was written."""

    message = _("%(reason)s Next attempt: %(date)s.")

    def __init__(self, reason: str, retry_at: datetime) -> None:
        date = date_format(localtime(retry_at), "SHORT_DATETIME_FORMAT")
        super().__init__(self.message % {"reason": reason, "date": date})
        self.retry_at = retry_at


class NotAsShown(SyncError):
    """The line that a person ticks off is no longer what they were shown."""

    message = _("This service has changed in the meantime: copy it again.")


class NotSettled(SyncError):
    """A decision between two versions that cannot be carried out: nothing was written."""

    message = _("Nothing was changed.")


class AnswerAwaited(NotSettled):
    """A write was sent, and may have been taken."""

    message = _(
        "The registry’s answer to a transmission of this service is awaited. Settle it after the "
        "next synchronisation."
    )


class Undecided(NotSettled):
    """A field that both sides changed has no decision, or no field has any."""

    message = _("Choose a version for each field that was changed on both sides.")


class TakeRefused(NotSettled):
    """What stands at the registry cannot be taken over; the message says why."""


class FilingAwaited(NotSettled):
    """A version was sent, and may have been taken."""

    message = _(
        "The registry’s answer to this version is awaited. Decide after the next synchronisation."
    )


class FilingSettled(NotSettled):
    """A version on which there is nothing to decide, or no longer."""

    message = _("There is nothing to decide about this version: look at it again.")


class AnotherThere(NotSettled):
    """What stands at the registry is not what the person was shown."""

    message = _(
        "What is filed at the registry has changed in the meantime: look at it again before you "
        "decide."
    )
