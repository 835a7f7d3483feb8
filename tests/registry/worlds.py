"""A registry as a site sees it, in memory or over HTTP, and what the registry's people can do.

The reference registry was written from the contract alone, and runs as a process of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.test import override_settings

from tests.processes import RegistryProcess
from wagtail_villes_internet.registry.base import RegistryBackend
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import (
    RemoteAxis,
    RemoteMatrix,
    RemoteReferenceService,
    RemoteService,
    RemoteTheme,
    Write,
)

from .values import SIREN

# More than one worker can take, were it given every test of this folder.
TOWNS = 1000


@dataclass
class World:
    registry: RegistryBackend
    siren: str
    edit_title: Callable[[str, str], object]
    remove: Callable[[str], object]

    def write(self, attempt: Write):
        return self.registry.write(self.siren, attempt)

    def batch(self, attempts: Sequence[Write]):
        return self.registry.batch(self.siren, attempts)

    def service(self, id: str) -> RemoteService:
        return self.registry.service(self.siren, id)


def sirens() -> list[str]:
    return [str(900_000_000 + number) for number in range(TOWNS)]


untouched = iter(sirens())


def in_memory() -> Iterator[World]:
    MemoryRegistry.forget_all()
    registry = MemoryRegistry({"name": __name__})
    registry.add_authority(SIREN)
    service = RemoteReferenceService("p-portail-familles", "Portail familles", ())
    theme = RemoteTheme("t", "Enjeu", (service,))
    registry.set_matrix(RemoteMatrix("2026", False, (RemoteAxis("x", "Axe", (theme,)),)))
    yield World(
        registry,
        SIREN,
        lambda id, title: registry.agent_edit(SIREN, id, title=title),
        lambda id: registry.agent_delete(SIREN, id),
    )
    MemoryRegistry.forget_all()


def over_http(process: RegistryProcess) -> Iterator[World]:
    siren = next(untouched)
    tokens = {siren: f"token-{siren}", RegistryProcess.siren: RegistryProcess.token}
    with (
        override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY_TOKENS": tokens}),
        HttpRegistry({"url": process.base_url}) as registry,
    ):
        yield World(
            registry,
            siren,
            lambda id, title: process.agent(
                "edit", siren, id, "--field", "title", "--value", title
            ),
            lambda id: process.agent("delete", siren, id),
        )
