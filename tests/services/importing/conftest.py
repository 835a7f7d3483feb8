import pytest

from tests.factories import Town

from .tables import Importer


@pytest.fixture
def lunel(db):
    return Town("Lunel")


@pytest.fixture
def importing(lunel, tmp_path):
    return Importer(lunel, tmp_path)


@pytest.fixture
def town_of_beziers(db):
    return Town("Béziers")
