"""Transmission by hand, the default: the association publishes no interface."""

from collections.abc import Sequence
from typing import NoReturn

from .base import RegistryBackend
from .errors import NotAutomatic
from .types import DossierWrite, Write


class ManualRegistry(RegistryBackend):
    """Nobody to ask: every method raises `NotAutomatic`."""

    automatic = False
    needs_token = False

    def summary(self, siren: str) -> NoReturn:
        raise NotAutomatic

    def editions(self, *, etag: str | None = None) -> NoReturn:
        raise NotAutomatic

    def awards(self, siren: str, *, etag: str | None = None) -> NoReturn:
        raise NotAutomatic

    def palmares_page(self, year: int, *, cursor: str | None = None, limit: int = 0) -> NoReturn:
        raise NotAutomatic

    def matrix(self, *, version: str | None = None, etag: str | None = None) -> NoReturn:
        raise NotAutomatic

    def feed(
        self, siren: str, *, since: int = 0, epoch: str | None = None, limit: int = 100
    ) -> NoReturn:
        raise NotAutomatic

    def service(self, siren: str, id: str) -> NoReturn:
        raise NotAutomatic

    def write(self, siren: str, attempt: Write) -> NoReturn:
        raise NotAutomatic

    def batch(self, siren: str, attempts: Sequence[Write]) -> NoReturn:
        raise NotAutomatic

    def dossier(self, siren: str, year: int) -> NoReturn:
        raise NotAutomatic

    def file(self, siren: str, write: DossierWrite) -> NoReturn:
        raise NotAutomatic
