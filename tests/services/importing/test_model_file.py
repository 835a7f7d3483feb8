"""The spreadsheet to fill in: a town that fills it in gets its services, and nothing else."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from wagtail_villes_internet.matrix.suggesting import Entry, entries_in_use
from wagtail_villes_internet.services.importing.columns import COLUMNS
from wagtail_villes_internet.services.importing.model_file import model_file
from wagtail_villes_internet.services.importing.reading import read_file
from wagtail_villes_internet.services.importing.store import import_lines
from wagtail_villes_internet.services.models import DigitalService

from .tables import whats

pytestmark = pytest.mark.django_db


def book_of(entries=None):
    return load_workbook(BytesIO(model_file(entries_in_use() if entries is None else entries)))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "modele.xlsx"
    path.write_bytes(model_file(entries_in_use()))
    return path


def test_its_columns_are_those_that_the_import_knows():
    headings = [cell.value for cell in book_of()["Services"][1]]

    assert headings[:9] == [
        "Titre",
        "Résumé",
        "Adresse",
        "Thème",
        "Service de référence",
        "Depuis",
        "Public",
        "Sans Internet",
        "Fiche Villes Internet",
    ]
    assert all(COLUMNS.recognised(heading) for heading in headings)
    assert len({COLUMNS.recognised(heading) for heading in headings}) == len(headings) == 16


def test_as_it_comes_it_imports_nothing(lunel, path):
    outcome = import_lines(read_file(path), lunel.authority, lunel.webmestre)

    assert whats(outcome) == ["example"]
    assert not DigitalService.objects.exists()


def test_its_example_is_a_line_that_would_be_imported(lunel, path):
    book = load_workbook(path)
    book["Services"]["A2"] = "Réserver une salle de sport"
    book.save(path)

    outcome = import_lines(read_file(path), lunel.authority, lunel.webmestre)

    assert whats(outcome) == ["add"]
    service = DigitalService.objects.get()
    assert service.audiences == ["residents"]
    assert service.interactions == ["book", "pay"]
    assert "salles" in service.reference_services.get().label


def test_offers_the_themes_of_the_matrix_in_use():
    book = book_of()
    offered = {
        str(validation.sqref)[0]: validation.formula1
        for validation in book["Services"].data_validations.dataValidation
    }

    place = offered["D"].replace("'", "").replace("$", "")
    sheet, _bang, cells = place.partition("!")
    themes = [row[0].value for row in book[sheet][cells]]
    assert themes == list(dict.fromkeys(entry.theme for entry in entries_in_use()))
    assert book[sheet].sheet_state == "hidden"
    assert set(offered) == {"D", "M", "N", "O"}


def test_lists_the_reference_services_with_their_codes():
    rows = list(book_of()["Services de référence"].iter_rows(min_row=2, values_only=True))

    assert rows == [(e.code, e.label, e.theme, e.axis) for e in entries_in_use()]


def test_explains_itself():
    said = " ".join(row[0] for row in book_of()["Mode d’emploi"].iter_rows(values_only=True))

    assert "les familles" in said
    assert "Services de référence" in said
    assert "%(" not in said


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula_whatever_the_matrix_says(start):
    book = book_of([Entry(start, start, start, start, start)])

    for sheet in book:
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
            assert all(cell.value is None for cell in row if cell.data_type == "n")


def test_without_a_matrix_it_is_still_a_list_to_fill_in():
    book = book_of([])

    assert [cell.value for cell in book["Services"][1]][0] == "Titre"
