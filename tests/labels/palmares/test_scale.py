"""A long list: as much memory as a short one, and few questions to the database."""

import contextlib
import gc
import os
import tracemalloc
from itertools import islice

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import AuthorityFactory
from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.labels.palmares.models import PalmaresRow

pytestmark = pytest.mark.django_db
MEGABYTE = 2**20


@pytest.fixture
def long_list(tmp_path):
    """Writes a list of so many communes, each with its department."""

    def write(number: int):
        path = tmp_path / f"{number}.csv"
        communes = (entry for entry in cog.table().entries if entry.insee)
        with path.open("w", encoding="utf-8") as file:
            file.write("année;commune;département;niveau;source\n")
            for n, entry in enumerate(islice(communes, number)):
                source = f"https://presse.example/palmares/2024/{n}"
                file.write(f"2024;{entry.name};{entry.department};{n % 5 + 1};{source}\n")
        return path

    return write


def import_quietly(path, **options) -> None:
    # A few communes share their name with another of the department: some lines are reported.
    with open(os.devnull, "w") as nowhere, contextlib.suppress(SystemExit):
        call_command(
            "villes_internet_import_palmares", str(path), stdout=nowhere, stderr=nowhere, **options
        )


def queries(path) -> int:
    with CaptureQueriesContext(connection) as captured:
        import_quietly(path)
    return len(captured)


def test_10_000_lines_ask_few_questions(long_list):
    AuthorityFactory(name="Abergement", siren=None, insee="01001")

    first = queries(long_list(10_000))

    # Two communes of one department may share a name: nobody can say which of them is meant.
    assert 9_990 < PalmaresRow.objects.count() <= 10_000
    assert first <= 10_000 / 15
    print(f"\n10,000 lines: {first} queries")
    # Nothing has changed: what is asked is only whether it has, a few times a batch.
    assert queries(long_list(10_000)) <= 10_000 / 25


def test_10_000_lines_take_the_memory_of_1_000(long_list):
    def peak(number: int) -> int:
        path = long_list(number)
        gc.collect()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        import_quietly(path)
        return tracemalloc.get_traced_memory()[1] - before

    import_quietly(long_list(10))
    tracemalloc.start()
    try:
        short, long = peak(1_000), peak(10_000)
    finally:
        tracemalloc.stop()

    # What is kept of a line is how to know it again: some 300 octets.
    print(f"\n1,000 lines: {short / MEGABYTE:.1f} MB; 10,000: {long / MEGABYTE:.1f} MB")
    assert long - short < 5 * MEGABYTE
