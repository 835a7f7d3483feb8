import pytest

from tests.demo import towns


@pytest.fixture
def town(tmp_path_factory):
    """A town just loaded, nothing of it running."""
    with towns.stopped_town(tmp_path_factory) as town:
        yield town


@pytest.fixture
def running_town(tmp_path_factory):
    """A town after its first sync, with its site and its registry."""
    with towns.running_town(tmp_path_factory) as town:
        yield town
