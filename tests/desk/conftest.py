import pytest

from wagtail_villes_internet.registry.memory import MemoryRegistry

from .transmitting import MEMORY, Transmitting


@pytest.fixture
def transmitting(db, settings):
    """Makes towns that transmit by themselves, to one registry in memory."""
    settings.WAGTAIL_VILLES_INTERNET = MEMORY
    MemoryRegistry.forget_all()
    yield Transmitting
    MemoryRegistry.forget_all()
