import pytest
from django.core.cache import cache

from tests.factories import Town


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def lunel(db) -> Town:
    return Town("Lunel", siren="213401458", insee="34145")


@pytest.fixture
def other_town(db) -> Town:
    return Town("Aubagne")
