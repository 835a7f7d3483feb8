"""What the package asks of a registry, whatever stands behind it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ..conf import get_settings
from .errors import Misconfigured, RegistryError
from .palmares import PAGE, PalmaresPage, follow
from .types import (
    AuthoritySummary,
    DossierWrite,
    DossierWritten,
    FeedPage,
    RemoteAward,
    RemoteEdition,
    RemoteMatrix,
    RemoteService,
    StoredDossier,
    Tagged,
    Write,
    Written,
)

MANUAL = "wagtail_villes_internet.registry.manual.ManualRegistry"


class RegistryBackend(ABC):
    """One registry. Every method may raise `RegistryError`, and nothing else.

    `automatic` is false where nobody can be asked and transmission is by hand. `needs_token` says
    that the services of an authority are reached with a token of its own. `supports_batch` says
    that many writes may go in one request. `address` is the registry's identity: what was
    acknowledged is kept per address, which is empty by hand.

    Reads that take an `etag` return None when the registry still has that state. A backend serves
    one run in one thread, and is closed after it.
    """

    automatic: bool = True
    needs_token: bool = True
    supports_batch: bool = False
    address: str = ""

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """Take the settings' OPTIONS. Raises `Misconfigured`; opens no connection."""
        self.options = dict(options or {})

    @abstractmethod
    def summary(self, siren: str) -> AuthoritySummary:
        """Who the authority is and what may have changed. Raises `NotKnown`."""

    @abstractmethod
    def editions(self, *, etag: str | None = None) -> Tagged[tuple[RemoteEdition, ...]] | None:
        """Every edition the registry knows."""

    @abstractmethod
    def awards(
        self, siren: str, *, etag: str | None = None
    ) -> Tagged[tuple[RemoteAward, ...]] | None:
        """What the authority won. Raises `NotKnown`."""

    @abstractmethod
    def palmares_page(
        self, year: int, *, cursor: str | None = None, limit: int = PAGE
    ) -> PalmaresPage:
        """Some awards of one edition, whoever won them. Raises `NotKnown`."""

    def palmares(self, year: int) -> Iterator[PalmaresPage]:
        """Every page of the awards of one edition, one request each, as they are asked for.

        Raises `NotKnown`, and `Unparsable` where the pages never end.
        """
        return follow(lambda cursor: self.palmares_page(year, cursor=cursor))

    @abstractmethod
    def matrix(
        self, *, version: str | None = None, etag: str | None = None
    ) -> Tagged[RemoteMatrix] | None:
        """The current matrix, or the version named. Raises `NotKnown`."""

    @abstractmethod
    def feed(
        self, siren: str, *, since: int = 0, epoch: str | None = None, limit: int = 100
    ) -> FeedPage:
        """What changed after `since`, which is of that `epoch`. Raises `SequenceGone`."""

    @abstractmethod
    def service(self, siren: str, id: str) -> RemoteService:
        """One service, its epoch included. Raises `UnknownService`, `WithdrawnService`."""

    @abstractmethod
    def write(self, siren: str, attempt: Write) -> Written:
        """Send one frozen attempt, once. Raises the contract's refusals; see `errors`."""

    def batch(self, siren: str, attempts: Sequence[Write]) -> list[Written | RegistryError]:
        """Send many frozen attempts in one request, where `supports_batch`.

        One outcome for each, in order: what `write` would have returned, or the error it would
        have raised. They are committed one by one: when this raises, any of them may have been
        done. `batches.cut` says what one request may hold.
        """
        raise NotImplementedError

    @abstractmethod
    def dossier(self, siren: str, year: int) -> StoredDossier:
        """What is filed for one edition. Raises `UnknownDossier` where nothing is."""

    @abstractmethod
    def file(self, siren: str, write: DossierWrite) -> DossierWritten:
        """Send one frozen filing, once. Raises `CampaignClosed`, `NotKnown` for no such edition,
        `TooLarge`, and the contract's other refusals; see `errors`."""

    def close(self) -> None:  # noqa: B027 - most backends hold nothing
        """Give back what the backend holds open."""

    def __enter__(self) -> "RegistryBackend":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def get_backend() -> RegistryBackend:
    """The backend the settings name, or the manual one where they name none.

    Raises `Misconfigured`, and Django's `ImproperlyConfigured` for settings nobody can read.
    """
    settings = get_settings()
    path = settings.registry_backend or MANUAL
    try:
        backend_class = import_string(path)
    except ImportError:
        raise Misconfigured(
            _("The registry backend “{path}” cannot be imported.").format(path=path)
        ) from None
    if not (isinstance(backend_class, type) and issubclass(backend_class, RegistryBackend)):
        raise Misconfigured(_("“{path}” is not a registry backend.").format(path=path))
    return backend_class(settings.registry_options)
