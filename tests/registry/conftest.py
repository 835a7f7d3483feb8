import json
from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings

from tests.processes import RegistryProcess
from wagtail_villes_internet.registry.http import HttpRegistry

from .hostile import HostileServer
from .values import SIREN
from .worlds import World, in_memory, over_http, sirens

TOKEN = "s3cr3t-token-that-nobody-may-see"
# For what must take too long; other exchanges have the time that a busy machine may need.
DEADLINE = 0.3
ENOUGH = 20


@pytest.fixture
def token() -> Iterator[str]:
    """The authority of these tests has a token."""
    with override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY_TOKENS": {SIREN: TOKEN}}):
        yield TOKEN


@pytest.fixture
def client(token: str) -> Iterator[Callable[..., HttpRegistry]]:
    """Makes clients of a server, and closes them."""
    opened = []

    def of(server: HostileServer, **options: object) -> HttpRegistry:
        given = {"url": server.url, "deadline": ENOUGH, "timeout": ENOUGH, **options}
        opened.append(HttpRegistry(given))
        return opened[-1]

    yield of
    for registry in opened:
        registry.close()


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryProcess]:
    """The reference registry with the demo's data and towns that nobody has touched."""
    folder = tmp_path_factory.mktemp("registry")
    towns = [
        {"siren": siren, "name": f"Ville {siren}", "token": f"token-{siren}"} for siren in sirens()
    ]
    (folder / "towns.json").write_text(json.dumps(towns), encoding="utf-8")
    with RegistryProcess(folder) as registry:
        registry.agent("add-authorities", folder / "towns.json")
        yield registry


@pytest.fixture(params=["memory", pytest.param("reference", marks=pytest.mark.processes)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        yield from in_memory()
    else:
        yield from over_http(request.getfixturevalue("process"))


@pytest.fixture
def reference(process: RegistryProcess) -> Iterator[World]:
    yield from over_http(process)
