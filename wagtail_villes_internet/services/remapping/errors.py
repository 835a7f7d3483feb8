"""Why an attachment is left as it is, in words that an editor can act on."""

from django.utils.translation import gettext_lazy as _

from ..errors import ChangeRefused


class RemapRefused(ChangeRefused):
    """A choice, or the undoing of one, that cannot be; nothing was written."""


class NotWaiting(RemapRefused):
    message = _("This service no longer waits for that choice: load the page again.")


class NotInUse(RemapRefused):
    message = _("The matrix in use does not have all of the chosen reference services.")


class NothingLeft(RemapRefused):
    message = _("A service has to stay attached to one reference service of the matrix at least.")


class TooMany(RemapRefused):
    message = _("A service is attached to 50 reference services at most.")


class CannotBeUndone(RemapRefused):
    message = _("The service was attached elsewhere since: nothing is left to undo.")
