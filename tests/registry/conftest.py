from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings

from wagtail_villes_internet.registry.http import HttpRegistry

from .hostile import HostileServer
from .values import SIREN

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
