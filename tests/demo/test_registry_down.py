"""The site never needs the registry to show a page, and nothing is missed meanwhile."""

import sqlite3

import pytest

from tests.demo.pages import PAGES
from tests.demo.towns import declared, declared_titles, read, stopped_town

pytestmark = pytest.mark.processes
ANSWERING = [path for name, path in PAGES.items() if name != "not-found"]


def every_page(town):
    return {path: read(town, path) for path in ANSWERING}


def rename(town, old, new):
    database = sqlite3.connect(town.var / "site.sqlite3", timeout=20)
    with database:
        database.execute(
            "UPDATE wagtail_villes_internet_digitalservice SET title = ? WHERE title = ?",
            (new, old),
        )
    database.close()


def test_killing_the_registry_changes_no_page_and_loses_nothing(running_town):
    before = every_page(running_town)

    running_town.kill("registry")

    assert every_page(running_town) == before
    rename(running_town, "Parapheur électronique", "Parapheur électronique des élus")
    late = running_town.sync()
    assert late.returncode == 1
    assert len((late.stdout + late.stderr).strip().splitlines()) == 1
    assert "Traceback" not in late.stderr

    running_town.start_registry()

    caught_up = running_town.sync("--now")
    assert caught_up.returncode == 0, caught_up.stdout + caught_up.stderr
    assert declared(running_town)["total"] == 38
    assert "Parapheur électronique des élus" in declared_titles(running_town)


def test_without_a_registry_transmission_is_by_hand_and_nothing_is_late(tmp_path_factory):
    with stopped_town(tmp_path_factory, by_hand=True) as town:
        said = town.sync()

    assert said.returncode == 0
    assert said.stderr == ""
    assert said.stdout.strip() == "transmission à la main : 38 à recopier"
