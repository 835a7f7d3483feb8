"""The list of services: what it says, finds and exports, and how many queries it asks."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from wagtail_villes_internet.matrix.models import ReferenceService

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/services/"


class TestTheList:
    def test_says_themes_state_and_what_is_missing(self, webmestre, lunel):
        lunel.service(title="Cantine", status="planned")
        lunel.service(title="Coupée", references=[])

        page = text(webmestre.get(LIST))

        assert "en projet" in page
        assert "À compléter" in page
        assert "Il n’est rattaché à aucun service de référence" in page

    def test_a_draft_is_not_to_be_completed(self, webmestre, lunel):
        lunel.service(title="Brouillon", references=[], live=False)

        assert "Il n’est rattaché à aucun" not in text(webmestre.get(LIST))

    def test_what_the_matrix_in_use_lacks_is_said(self, webmestre, lunel):
        old = ReferenceService.objects.create(code="ancien", label="Ancien")
        service = lunel.service(references=[old.code])
        assert service.live

        page = text(webmestre.get(LIST))

        assert "Aucun de ses services de référence n’est dans la matrice en usage." in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=cantine", {"Cantine"}),
            ("q=jeunesse", {"Pare-feu"}),
            ("status=planned", {"Vélos"}),
            ("public=false", {"Pare-feu"}),
            ("counted=false", {"Vélos"}),
            ("live=false", {"Brouillon"}),
            ("live=true&q=a", {"Cantine", "Pare-feu"}),
        ],
    )
    def test_is_searched_and_filtered(self, webmestre, lunel, query, found):
        lunel.service(title="Cantine")
        lunel.service(title="Vélos", status="planned", counted=False)
        lunel.service(title="Pare-feu", public=False, department="Jeunesse")
        lunel.service(title="Brouillon", live=False)

        page = text(webmestre.get(f"{LIST}?{query}"))

        titles = {"Cantine", "Vélos", "Pare-feu", "Brouillon"}
        assert {title for title in titles if f"options pour « {title} »" in page} == found

    def test_says_for_whom(self, webmestre):
        assert "Collectivité : <strong>Lunel (Hérault)</strong>" in text(webmestre.get(LIST))


class TestTheExport:
    def rows(self, response) -> list[dict]:
        content = b"".join(response.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(content)))

    def test_has_the_fields_in_words(self, webmestre, lunel):
        service = lunel.service(title="Cantine", audiences=["families"], started_on="2024-02-01")
        label = service.reference_services.get().label

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))

        assert row["Titre"] == "Cantine"
        assert row["Pour qui"] == "les familles"
        assert row["Montrer aux habitants"] == "Oui"
        assert label in row["Services de référence"]
        assert row["Depuis le"] == "2024-02-01"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_runs_nothing_in_a_spreadsheet(self, webmestre, lunel, start):
        lunel.service(title=f"{start}HYPERLINK(1)")

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))
        book = load_workbook(
            io.BytesIO(b"".join(webmestre.get(f"{LIST}?export=xlsx").streaming_content))
        )

        assert row["Titre"].startswith("'")
        assert str(book.active["A2"].value).startswith("'")
        assert book.active["A2"].data_type == "s"

    def test_keeps_numbers_numbers(self, webmestre, lunel):
        lunel.service(latitude="43.670000", longitude="-4.100000")

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))

        assert row["Longitude"] == "-4.100000"

    def test_holds_what_the_filter_left(self, webmestre, lunel):
        lunel.service(title="Cantine")
        lunel.service(title="Vélos", status="planned")

        rows = self.rows(webmestre.get(f"{LIST}?export=csv&status=planned"))

        assert [row["Titre"] for row in rows] == ["Vélos"]


@pytest.mark.parametrize("query", ["", "?export=csv", "?export=xlsx", "?q=Service"])
def test_as_many_queries_for_many_services_as_for_few(webmestre, lunel, query):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            response = webmestre.get(LIST + query)
            b"".join(response.streaming_content) if response.streaming else response.content
        return len(queries)

    def make(number):
        for _n in range(number):
            lunel.service().save_revision()

    make(2)
    count()
    few = count()
    make(12)

    assert count() == few
