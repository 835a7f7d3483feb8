import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.processes import RegistryProcess

from .town import Town

TOWNS = 80


def _sirens() -> list[str]:
    return [str(900_000_000 + number) for number in range(TOWNS)]


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data, and invented towns, each with a token of its own."""
    folder = tmp_path_factory.mktemp("prepared")
    registry = RegistryProcess(folder)
    registry.prepare()
    rows = [
        {"siren": siren, "name": f"Ville {siren}", "token": f"token-{siren}"} for siren in _sirens()
    ]
    (folder / "towns.json").write_text(json.dumps(rows), encoding="utf-8")
    registry.agent("add-authorities", folder / "towns.json")
    return registry.database


@pytest.fixture(scope="module")
def registry(
    prepared_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RegistryProcess]:
    registry = RegistryProcess(tmp_path_factory.mktemp("registry"))
    shutil.copy(prepared_database, registry.database)
    registry.start()
    yield registry
    registry.stop()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture(scope="module")
def new_town(registry: RegistryProcess, session: requests.Session) -> Callable[[], Town]:
    """Hands out towns that no other test has touched."""
    untouched = iter(_sirens())

    def take() -> Town:
        siren = next(untouched)
        return Town(registry, siren, f"token-{siren}", session)

    return take


@pytest.fixture
def town(new_town: Callable[[], Town]) -> Town:
    return new_town()
