"""Keeps the suite fit for several processes, each of which runs a file of tests at a time."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import counts, rgaa

# The same examples everywhere, at whatever pace the machine has that day.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_addoption(parser):
    parser.addoption("--rgaa-sheet", metavar="FOLDER", help="write rgaa.md and rgaa.csv there")


def pytest_configure(config):
    config.pluginmanager.register(counts)
    if folder := config.getoption("--rgaa-sheet"):
        config.pluginmanager.register(rgaa.Plugin(Path(folder)))


def pytest_collection_modifyitems(items):
    emptying: dict[str, set[bool]] = {}
    for item in items:
        if needs_the_database(item):
            emptying.setdefault(item.location[0], set()).add(empties_the_database(item))
    mixed = [path for path, found in emptying.items() if len(found) > 1]
    if mixed:
        # pytest-django runs these last, and their files after the others; what came after them on
        # the same process would miss the rows that migrations make, Wagtail's root page among them.
        raise pytest.UsageError(
            f"Tests that empty the database belong in a file of their own: {', '.join(mixed)}"
        )


def needs_the_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "db" in fixtures_of(item)


def empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    by_mark = marker is not None and marker.kwargs.get("transaction", False)
    return by_mark or not {"transactional_db", "live_server"}.isdisjoint(fixtures_of(item))


def fixtures_of(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))
