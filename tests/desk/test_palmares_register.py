"""The register of published lists: shared, so read by every editor; written by the import alone."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from tests.factories import EditionFactory, admin_only_user
from wagtail_villes_internet.labels.palmares.models import PalmaresRow

from .pages import text

pytestmark = pytest.mark.django_db

LISTS = "/admin/villes-internet/palmares/"


def line(name: str, year: int = 2024, **fields) -> PalmaresRow:
    return PalmaresRow.objects.create(
        edition=EditionFactory(year=year), key=f"name:{name}", name=name, **fields
    )


@pytest.mark.parametrize("role", ["webmestre", "referent", "elu"])
def test_every_role_reads_the_lines_of_every_town(client, lunel, role):
    line("Vannes", level=5, source="presse, 2024", basis=PalmaresRow.Basis.DEDUCED)
    client.force_login(getattr(lunel, role))

    page = text(client.get(LISTS))

    assert "Vannes" in page
    assert "presse, 2024" in page
    assert "Déduit" in page or "déduit" in page
    assert LISTS in text(client.get("/admin/villes-internet/reglages/"))


def test_so_does_the_operator(client, admin_user):
    line("Vannes")
    client.force_login(admin_user)

    assert "Vannes" in text(client.get(LISTS))


def test_who_has_nothing_to_do_here_does_not(client):
    client.force_login(admin_only_user())

    assert client.get(LISTS).status_code == 302


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("edition__year=2023", {"Agen"}),
        ("level=5", {"Vannes"}),
        ("basis__exact=deduced", {"Agen"}),
        ("q=vann", {"Vannes"}),
        ("authority__name=x", {"Agen", "Vannes"}),
        ("edition__programme__slug__startswith=z", {"Agen", "Vannes"}),
    ],
)
def test_lines_are_filtered_by_what_is_offered_only(client, lunel, query, shown):
    line("Vannes", level=5)
    line("Agen", 2023, level=4, basis=PalmaresRow.Basis.DEDUCED)
    client.force_login(lunel.elu)

    page = text(client.get(f"{LISTS}?{query}"))

    assert {name for name in ("Vannes", "Agen") if name in page} == shown


def test_lines_are_exported_without_a_formula(client, lunel):
    line("=Vannes()")
    client.force_login(lunel.elu)

    response = client.get(f"{LISTS}?export=csv")

    content = b"".join(response.streaming_content).decode()
    assert "'=Vannes()" in next(iter(csv.DictReader(io.StringIO(content)))).values()


@pytest.mark.parametrize("action", ["create", "edit", "delete", "history", "inspect"])
def test_no_address_changes_a_line(action):
    with pytest.raises(NoReverseMatch):
        reverse(f"villes-internet_palmares_modeladmin_{action}", args=[1])


def test_many_lines_cost_no_more_than_few(client, lunel):
    client.force_login(lunel.elu)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(client.get(LISTS))
        return len(queries)

    line("Ville")
    count()
    few = count()
    for number in range(20):
        line(f"Ville {number}")

    assert count() == few
