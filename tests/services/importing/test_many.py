"""The list of a large town: 2,000 lines, 40 of them bad."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wagtail_villes_internet.services.importing.reading import Lines, read_file
from wagtail_villes_internet.services.importing.store import check, import_lines
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.tables.columns import Line

from .tables import problems, whats, xlsx_file

pytestmark = pytest.mark.django_db

HEADERS = ["Titre", "Résumé", "Adresse", "Service de référence", "Depuis", "Public", "Description"]
BAD = (
    {0: ""},
    {2: "voir le site"},
    {3: "p-inconnu"},
    {4: "bientôt"},
    {5: "martiens"},
    {1: "a" * 501},
    {0: "b" * 256},
)


def row(number: int) -> list[str]:
    cells = [f"Service {number}", "Ce que c’est. " * 8, f"https://a.example/{number}"]
    cells += ["p-paiement ; p-rdv-titres", "2021", "familles ; jeunes", "Un texte.\n\n" * 10]
    return cells


def lines(count: int) -> Lines:
    return Lines(
        tuple(
            Line(n, dict(zip(("title", "summary", "url"), row(n)[:3], strict=True)))
            for n in range(count)
        ),
        {},
    )


def test_1960_of_2000_are_in_and_40_are_reported(lunel, tmp_path):
    rows = [row(n) for n in range(2000)]
    bad = list(range(10, 2000, 51))
    # Another line has the title of the last but one: both are bad.
    bad = [*bad[:38], 1001, 1002]
    for turn, n in enumerate(bad[:38]):
        rows[n] = [BAD[turn % len(BAD)].get(at, cell) for at, cell in enumerate(rows[n])]
    rows[1002][0] = rows[1001][0]
    path = xlsx_file(tmp_path, [HEADERS, *rows])

    outcome = import_lines(read_file(path), lunel.authority, lunel.webmestre)

    assert DigitalService.objects.of(lunel.authority).count() == 1960
    assert whats(outcome).count("add") == 1960
    refused = {step.number: step.problems for step in outcome.steps if step.what == "refused"}
    assert set(refused) == {n + 2 for n in bad}
    assert len(problems(outcome)) == 40
    assert all(problem.column and problem.reason for found in refused.values() for problem in found)


def test_the_queries_grow_with_batches_not_with_services(lunel):
    def queries(count: int) -> int:
        DigitalService.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            import_lines(lines(count), lunel.authority, lunel.webmestre)
        return len(captured)

    at_10, at_500, at_1000 = queries(10), queries(500), queries(1000)

    # SQLite takes some 50 rows of a wide table in one statement: it is this that grows.
    assert at_500 - at_10 < 60
    assert at_1000 - at_500 < 60


def test_checking_takes_the_same_queries_whatever_is_there(lunel):
    def queries(count: int) -> int:
        import_lines(lines(count), lunel.authority, lunel.webmestre)
        with CaptureQueriesContext(connection) as captured:
            outcome = check(lines(count), lunel.authority, lunel.webmestre)
        assert set(whats(outcome)) == {"same"}
        return len(captured)

    assert queries(10) == queries(300)
