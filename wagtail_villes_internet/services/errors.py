"""Why a service is left as it is, in words that an editor can act on."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class ChangeRefused(Exception):
    """A service that may not be changed so now; the text is safe to show."""

    message = _("This service cannot be changed now.")

    def __init__(self, message: object = None) -> None:
        super().__init__(self.message if message is None else message)

    def __str__(self) -> str:
        return str(self.args[0])


class NotLive(ChangeRefused):
    message = _("This service is no longer published: publish it first, on its own page.")


class AlreadyPublished(ChangeRefused):
    message = _("Its latest version is published already.")


class NothingToChange(ChangeRefused):
    message = _("It is so already.")


class Expired(ChangeRefused):
    message = _(
        "The date until which it was to be published is past: change that date on its own page."
    )


class Locked(ChangeRefused):
    message = _("This service is locked: have it unlocked first, on its own page.")


class Scheduled(ChangeRefused):
    message = _(
        "A publication of this service is scheduled: wait for it, or cancel it in its history."
    )


class InWorkflow(ChangeRefused):
    message = _(
        "This service is being reviewed before publication: wait for the answer, or cancel the "
        "review on its own page."
    )


class NotValid(ChangeRefused):
    """The service would break its own rules; the message names the fields."""


class ReviewRefused(ChangeRefused, PermissionDenied):
    """A version that is reviewed before publication and cannot be approved as it stands.

    Where no view of ours says why, Wagtail answers as to somebody who lacks a permission.
    """

    message = _("This version cannot be approved.")


class NotTheOneRead(ReviewRefused):
    message = _(
        "This service was changed after it was submitted: read the latest version on its own page, "
        "and approve it from there."
    )


class NotComplete(ReviewRefused):
    """It would be online and show nowhere; the message says what is missing."""

    message = _("Once published it would show nowhere:")
