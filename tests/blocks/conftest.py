import pytest
import time_machine

from tests.factories import Town


@pytest.fixture
def lunel(db) -> Town:
    return Town("Lunel")


@pytest.fixture
def other_town(db) -> Town:
    return Town("Aubagne")


@pytest.fixture
def in_march_2024():
    """A month after the label 2024 was handed over."""
    with time_machine.travel("2024-03-01 12:00 +0100", tick=False):
        yield
