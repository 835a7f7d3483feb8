import pytest

from tests.factories import Town
from tests.pages.visiting import services_page


@pytest.fixture
def lunel(db) -> Town:
    return Town("Lunel")


@pytest.fixture
def other_town(db) -> Town:
    return Town("Aubagne")


@pytest.fixture
def page(lunel):
    """The live page « Nos services numériques » of Lunel."""
    return services_page(lunel)
