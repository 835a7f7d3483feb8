"""Demo towns for tests: the real processes, each on ports and in a folder of its own."""

import json
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from demo_town import SITE_MANAGE, DemoTown

from tests.processes import free_port

SIREN = "213401458"
TOKEN = "demo-token-lunel"


def prepared_folder(factory: pytest.TempPathFactory) -> Path:
    """Databases migrated and loaded once a session, for towns to start from."""
    folder = factory.getbasetemp() / "prepared"
    if not folder.exists():
        new_town(folder).prepare()
    return folder


def new_town(folder: Path, *, by_hand: bool = False) -> DemoTown:
    return DemoTown(
        python=sys.executable,
        site_port=free_port(),
        registry_port=free_port(),
        var=folder,
        by_hand=by_hand,
    )


@contextmanager
def stopped_town(factory: pytest.TempPathFactory, *, by_hand: bool = False) -> Iterator[DemoTown]:
    """A town just loaded, nothing of it running; whatever a test starts is stopped at the end."""
    folder = factory.mktemp("town")
    shutil.copytree(prepared_folder(factory), folder, dirs_exist_ok=True)
    town = new_town(folder, by_hand=by_hand)
    loaded = town.run(SITE_MANAGE, "load_demo")
    assert loaded.returncode == 0, loaded.stderr
    try:
        yield town
    finally:
        town.stop()


@contextmanager
def running_town(factory: pytest.TempPathFactory) -> Iterator[DemoTown]:
    """A town with its site and its registry, after a first sync. Its loop is not running."""
    with stopped_town(factory) as town:
        town.start_registry()
        synced = town.sync()
        assert synced.returncode == 0, synced.stdout + synced.stderr
        town.start_site()
        yield town


def read(town: DemoTown, path: str) -> str:
    """The page of the site at this path. Raises `HTTPError` on anything but success."""
    with urllib.request.urlopen(town.site_url + path.lstrip("/"), timeout=20) as answer:
        return answer.read().decode()


def declared(town: DemoTown, query: str = "limit=500") -> dict:
    """What the registry holds of the town: `items` and `total`."""
    address = f"{town.registry_url}api/v1/authorities/{SIREN}/services?{query}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def declared_titles(town: DemoTown) -> set[str]:
    return {item["title"] for item in declared(town)["items"]}
