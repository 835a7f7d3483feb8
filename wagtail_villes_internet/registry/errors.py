"""What can go wrong with a registry: one hierarchy, one class for each way to behave.

The classes are the rows of the contract's table « How a client behaves ». The text of an error is
safe to show to a webmaster: never a token, a query or a body.
"""

from django.utils.translation import gettext_lazy as _

from .problems import FieldProblem
from .types import Tombstone


class RegistryError(Exception):
    """Anything a registry did, or could not do.

    `epoch` is that of the answer where it carried one: every answer about services does, errors
    included, and a new one says that the registry was restored from a backup.
    """

    message = _("The registry could not be used.")

    def __init__(self, message: object = None, *, epoch: str | None = None) -> None:
        super().__init__(self.message if message is None else message)
        self.epoch = epoch

    def __str__(self) -> str:
        return str(self.args[0])


class Misconfigured(RegistryError):
    """The settings name no registry that can be spoken to. Nothing was sent."""

    message = _("The registry is not configured correctly.")


class NotAutomatic(RegistryError):
    """Transmission is by hand: there is nobody to ask."""

    message = _("Transmission is by hand: no registry is configured.")


class Unreachable(RegistryError):
    """No usable answer: try again later, for ever; never a rejection.

    No connection, a time-out, an answer cut short or that nobody can read, a 404 or 410 without
    the contract's type, 408, 425, 429 and 5xx. `retry_after` is in seconds from now, None unless
    the registry asked for a delay.
    """

    message = _("The registry does not answer. What is waiting will be sent later.")

    def __init__(
        self,
        retry_after: float | None = None,
        *,
        message: object = None,
        epoch: str | None = None,
    ) -> None:
        super().__init__(message, epoch=epoch)
        self.retry_after = retry_after


class Unparsable(Unreachable):
    """An answer came, and it is not what the contract says: HTML, half a JSON, another shape."""

    message = _("The registry's answer cannot be read. What is waiting will be sent later.")


class Busy(Unreachable):
    """The registry, or what stands before it, says that it cannot answer now."""

    message = _("The registry is busy or under maintenance. What is waiting will be sent later.")


class Unauthorized(RegistryError):
    """401: the token is refused. Pause all that shares it."""

    message = _("The registry refuses the token of this site: ask for a new one.")


class Forbidden(RegistryError):
    """403: the token does not cover this authority. Pause this authority."""

    message = _("The token of this site does not cover this local authority at the registry.")


class NotKnown(RegistryError):
    """404 `/not-known`: no such authority, edition or matrix version at the registry."""

    message = _("The registry does not know this local authority, edition or matrix.")


class UnknownDossier(RegistryError):
    """404 `/dossier-unknown`: nothing is filed for this edition."""

    message = _("No dossier is filed at the registry for this edition.")


class UnknownService(RegistryError):
    """404 `/service-unknown`: the registry never had this service."""

    message = _("The registry does not know this service.")


class WithdrawnService(RegistryError):
    """410 `/service-withdrawn`: the registry had it, and says when it went."""

    message = _("This service was withdrawn from the registry.")

    def __init__(self, tombstone: Tombstone, *, epoch: str | None = None) -> None:
        super().__init__(epoch=epoch)
        self.tombstone = tombstone


class PreconditionFailed(RegistryError):
    """412: what is there is not what was expected; nothing changed. `etag` is what is there now,
    None where nothing is there or the registry did not say."""

    message = _("The registry holds another version of this service.")

    def __init__(self, etag: str | None = None, *, epoch: str | None = None) -> None:
        super().__init__(epoch=epoch)
        self.etag = etag


class InProgress(RegistryError):
    """409 `/in-progress`: this very attempt is being executed. Soon, the same attempt."""

    message = _("The registry is still handling this transmission.")


class CampaignClosed(RegistryError):
    """409 `/campaign-closed`: the edition no longer takes dossiers."""

    message = _("The campaign of this edition is closed.")


class KeyReused(RegistryError):
    """422 `/key-reused`: one key, two requests. A fault of ours, never to be hidden."""

    message = _(
        "The registry already knows this transmission under another content. "
        "This is a fault of the module: please report it."
    )


class UnknownCode(RegistryError):
    """422 `/unknown-code`: a reference service the registry's matrix never had.

    `matrix_version` is the registry's; `problems` point at the codes.
    """

    message = _("The registry's matrix does not know a reference service of this service.")

    def __init__(
        self,
        matrix_version: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
        *,
        epoch: str | None = None,
    ) -> None:
        super().__init__(epoch=epoch)
        self.matrix_version = matrix_version
        self.problems = problems


class Rejected(RegistryError):
    """The registry refuses this request for good: 400, 413, 422, another 409, anything else.

    `problems` point at the fields at fault, empty where the registry did not say.
    """

    message = _("The registry refused the request (HTTP status {status}).")

    def __init__(
        self, status: int, problems: tuple[FieldProblem, ...] = (), *, epoch: str | None = None
    ) -> None:
        super().__init__(epoch=epoch)
        self.status = status
        self.problems = problems

    def __str__(self) -> str:
        return str(self.args[0]).format(status=self.status)


class TooLarge(Rejected):
    """A dossier over the contract's 8 MiB. Nothing was sent: the answer would be 413."""

    message = _(
        "This dossier is too large for the registry: 8 MB at most. Shorten its texts, or leave "
        "some services out. Nothing was sent."
    )

    def __init__(self) -> None:
        super().__init__(413)


class RedirectRefused(RegistryError):
    """3xx: the token goes to no other address."""

    message = _(
        "The registry answered with a redirection, which is never followed: "
        "check its address in the settings."
    )


class SequenceGone(RegistryError):
    """410 `/sequence-gone`: the feed must be read again from 0. `epoch` is the current one."""

    message = _("The registry asks for everything to be read again.")

    def __init__(self, epoch: str) -> None:
        super().__init__(epoch=epoch)
