"""Why a service is left as it is, in words that an editor can act on."""

from django.utils.translation import gettext_lazy as _


class ChangeRefused(Exception):
    """A live service that may not be changed now; the text is safe to show."""

    message = _("This service cannot be changed now.")

    def __init__(self, message: object = None) -> None:
        super().__init__(self.message if message is None else message)

    def __str__(self) -> str:
        return str(self.args[0])


class NotLive(ChangeRefused):
    message = _("This service is no longer published: publish it first, on its own page.")


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
