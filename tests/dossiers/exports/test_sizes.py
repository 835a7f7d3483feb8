"""Two thousand services are written in the memory that two hundred take."""

import tempfile
import tracemalloc
from functools import cache
from uuid import UUID

import pytest

from tests.dossiers.contents import content, service
from wagtail_villes_internet.dossiers.exports.formats import write

from .towns import version

MEGABYTE = 1024 * 1024


@cache
def town(number: int):
    text = "<p>" + "Ouvert toute l’année. " * 50 + "</p>"
    made = version(
        content(
            *(
                service(str(UUID(int=at)), f"Service {at}", description=text, codes=["a1", "c1"])
                for at in range(number)
            )
        )
    )
    # What is worked out once, and kept with the content.
    assert made.content.themes
    assert made.content.labels
    return made


def taken(number: int, name: str) -> int:
    """The most octets held at once while the file is written, the dossier itself aside."""
    export = town(number)
    with tempfile.TemporaryFile() as output:
        tracemalloc.start()
        try:
            write(export, name, output)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("name", ["xlsx", "csv", "json", "octets"])
def test_memory_does_not_grow_with_the_services(name):
    taken(20, name)  # What is loaded once.

    assert taken(2_000, name) < taken(100, name) + MEGABYTE
