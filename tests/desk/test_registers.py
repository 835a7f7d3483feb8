"""The registers of transmissions and synchronisations: read, never written, and closed."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.factories import Town
from wagtail_villes_internet.sync.models import Declaration, Registry, SyncRun

from .addresses import desk_addresses
from .pages import text

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
DECLARATIONS = "/admin/villes-internet/registre/"
RUNS = "/admin/villes-internet/journal/"


@pytest.fixture
def elu(client, lunel):
    client.force_login(lunel.elu)
    return client


@pytest.fixture
def registry():
    return Registry.objects.create(address="https://registre.example/")


@pytest.fixture
def declare(registry):
    def declare(town, title="Cantine", **fields):
        number = Declaration.objects.count()
        return Declaration.objects.create(
            authority=town.authority,
            registry=registry,
            remote_id=f"{number:036}",
            title=title,
            **fields,
        )

    return declare


@pytest.fixture
def journal(registry):
    def journal(town, **fields):
        return SyncRun.objects.create(
            authority=town.authority, registry=registry, started_at=timezone.now(), **fields
        )

    return journal


def rows(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_say_where_each_service_stands(elu, lunel, declare):
    declare(lunel, "Cantine", state=Declaration.State.REJECTED, message="Le titre est trop long.")

    page = text(elu.get(DECLARATIONS))

    assert "Cantine" in page
    assert "Refusé : à corriger" in page
    assert "Le titre est trop long." in page


def test_say_what_each_run_did(elu, lunel, journal):
    run = journal(lunel, outcome=SyncRun.Outcome.FAILED, message="Le registre ne répond pas.")

    assert "Le registre ne répond pas." in text(elu.get(RUNS))
    assert "Le registre ne répond pas." in text(elu.get(f"{RUNS}inspect/{quote(run.pk)}/"))


@pytest.mark.parametrize("query", ["state__exact=sent", "q=velo", "q=V"])
def test_are_filtered_and_searched(elu, lunel, declare, query):
    declare(lunel, "Cantine", state=Declaration.State.REJECTED)
    declare(lunel, "Velo", state=Declaration.State.SENT)

    page = text(elu.get(f"{DECLARATIONS}?{query}"))

    assert "Velo" in page
    assert "Cantine" not in page


@pytest.mark.parametrize(
    "query",
    [
        "registry__declaration__title__startswith=Ce que",
        "authority__siren=1",
        "title__regex=^Z",
        "nimporte=1",
        "state=sent",
    ],
)
def test_no_filter_that_is_not_offered_says_anything(elu, lunel, declare, query):
    """A filter on a related table would tell what other towns' rows hold."""
    declare(lunel, "Cantine")
    declare(Town("Béziers"), "Ce que Béziers cache")

    response = elu.get(f"{DECLARATIONS}?{query}")

    assert response.status_code == 200
    assert "Cantine" in text(response)


def test_export_the_towns_rows_without_a_formula(elu, lunel, declare):
    declare(lunel, "=HYPERLINK(1)", message="@SUM(1)")
    declare(Town("Béziers"), "Ailleurs")

    [row] = rows(elu.get(f"{DECLARATIONS}?export=csv"))

    assert row["Titre"] == "'=HYPERLINK(1)"
    assert row["Message"] == "'@SUM(1)"


@pytest.mark.parametrize("url", [DECLARATIONS, RUNS])
@pytest.mark.parametrize("query", ["", "?export=csv"])
def test_ask_as_many_queries_for_many_rows_as_for_few(elu, lunel, declare, journal, url, query):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(elu.get(url + query))
        return len(queries)

    def make(number):
        for _n in range(number):
            declare(lunel)
            journal(lunel, outcome=SyncRun.Outcome.DONE)

    make(2)
    count()
    few = count()
    make(12)

    assert count() == few


@pytest.mark.parametrize("action", ["create", "edit", "delete", "history"])
@pytest.mark.parametrize("register", ["registre", "journal"])
def test_have_no_address_to_change_anything(action, register):
    name = f"villes-internet_{register}_modeladmin_{action}"

    assert name not in {address.name for address in desk_addresses()}
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_are_not_offered_where_the_library_is_not_installed(elu, monkeypatch):
    advanced = "/admin/villes-internet/reglages/"
    assert DECLARATIONS in text(elu.get(advanced))

    monkeypatch.setattr(apps, "is_installed", lambda name: name != "wagtail_modeladmin")

    assert DECLARATIONS not in text(elu.get(advanced))


def test_the_desk_starts_without_the_library():
    """In a process of its own: what is installed is settled once a process."""
    script = """
from tests import settings
settings.INSTALLED_APPS.remove("wagtail_modeladmin")
import django
django.setup()
from tests.desk.addresses import desk_addresses
print(sorted({address.namespace or address.name for address in desk_addresses()}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "villes_internet_transmission" in done.stdout
    assert "modeladmin" not in done.stdout


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("registre", "Rien n’a encore été transmis"),
        ("journal", "Aucune synchronisation n’a encore rien fait"),
        ("palmares", "La personne ou l’entreprise qui héberge ce site l’importe"),
    ],
)
def test_an_empty_register_says_how_it_fills(webmestre, address, said):
    page = webmestre.get(f"/admin/villes-internet/{address}/").content.decode()

    assert said in page
