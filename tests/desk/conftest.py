import pytest

from tests.factories import Town
from wagtail_villes_internet.registry.memory import MemoryRegistry

from .transmitting import MEMORY, Transmitting


@pytest.fixture
def lunel(db):
    """A town; a file whose towns transmit by themselves makes its own."""
    return Town("Lunel")


@pytest.fixture
def webmestre(client, lunel):
    """The browser of Lunel's webmestre."""
    client.force_login(lunel.webmestre)
    return client


@pytest.fixture
def transmitting(db, settings):
    """Makes towns that transmit by themselves, to one registry in memory."""
    settings.WAGTAIL_VILLES_INTERNET = MEMORY
    MemoryRegistry.forget_all()
    yield Transmitting
    MemoryRegistry.forget_all()
