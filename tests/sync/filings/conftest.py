import pytest

from wagtail_villes_internet.registry.memory import MemoryRegistry

from .filer import Filer


@pytest.fixture
def filer(db):
    MemoryRegistry.forget_all()
    yield Filer(MemoryRegistry())
    MemoryRegistry.forget_all()
