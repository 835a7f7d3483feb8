"""What can keep a run from going on, whatever the registry says."""

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


class NotAsShown(SyncError):
    """The line that a person ticks off is no longer what they were shown."""

    message = _("This service has changed in the meantime: copy it again.")
