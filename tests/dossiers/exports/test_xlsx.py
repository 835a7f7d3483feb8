"""The workbook: to copy from, with cells that are texts whatever they begin with."""

import re
import xml.etree.ElementTree as ElementTree
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tests.dossiers.contents import content, matrix, service
from wagtail_villes_internet.dossiers.exports.sheets import LONGEST, pieces

from .reading import sheets
from .towns import version, written

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(export):
    return load_workbook(BytesIO(written(export, "xlsx")))


def parts(export) -> dict[str, bytes]:
    with ZipFile(BytesIO(written(export, "xlsx"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("title", ["=1+1", "+33", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "1.50"])
def test_a_text_is_a_text_that_no_program_runs(title):
    book = workbook(version(content(service("1", title))))

    cell = book.worksheets[1]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (title, "s", True)
    markup = parts(version(content(service("1", title))))
    assert not any(b"<f>" in part or b"<f " in part for part in markup.values())


def test_every_cell_is_marked_as_a_text():
    book = workbook(version())

    cells = [cell for sheet in book for row in sheet.rows for cell in row if cell.value]
    assert cells
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_headers_stay_in_sight_and_every_line_can_be_filtered():
    for sheet in workbook(version()):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        assert all(sheet.column_dimensions[cell.column_letter].width >= 14 for cell in sheet[1])


def test_one_line_a_service_with_its_themes_and_its_reference_services():
    header, family, wifi = list(sheets(written(version(), "xlsx")).values())[1]

    said = dict(zip(header, family, strict=True))
    assert list(said.values())[:4] == [
        "Portail famille",
        "Aide\nCulture",
        "Vivre ensemble",
        "a1 – Label a1\nc1 – Label c1",
    ]
    assert "Voir l’aide (https://lunel.example/aide?a=1&b=2).\n- cantine\n- étude" in family
    assert "a1 – Label a1\nhors-matrice" in wifi
    assert "Ouverture en juin" in wifi


def test_theme_by_theme_what_is_offered_and_what_the_matrix_does_not_place():
    _header, *rows = list(sheets(written(version(), "xlsx")).values())[2]

    assert rows == [
        ["Vivre ensemble", "Aide", "a1", "Label a1", "Portail famille"],
        ["Vivre ensemble", "Aide", "a1", "Label a1", "Bornes wifi"],
        ["Vivre ensemble", "Culture", "c1", "Label c1", "Portail famille"],
        ["", "", "hors-matrice", "", "Bornes wifi"],
    ]


def test_a_theme_without_a_service_is_one_line_however_many_reference_services_it_has():
    offered = matrix(aide=["a1"], culture=["c1", "c2", "c3"])

    book = written(version(content(service("1", "Aide à domicile"), matrix=offered)), "xlsx")

    _header, *rows = list(sheets(book).values())[2]
    assert rows == [
        ["Vivre ensemble", "Aide", "a1", "Label a1", "Aide à domicile"],
        ["Vivre ensemble", "Culture", "", "", "aucun service"],
    ]


def test_a_text_that_no_cell_holds_goes_on_in_the_next_line():
    answers = "é" * LONGEST + "😀" * 20_000

    rows = list(sheets(written(version(content(service("1"), answers=answers)), "xlsx")).values())

    found = [row[1] for row in rows[0]][-3:]
    assert "".join(found) == answers
    assert all(len(text.encode("utf-16-le")) // 2 <= LONGEST for text in found)


def test_pieces_never_cut_a_character_in_two():
    text = "a" + "😀" * LONGEST

    assert "".join(pieces(text)) == text
    assert {len(piece.encode("utf-16-le")) // 2 for piece in pieces(text)} <= set(
        range(LONGEST + 1)
    )


def test_what_looks_like_an_escape_is_written_so_that_excel_shows_it():
    xml = parts(version(content(service("1", "_x0041_"))))["xl/worksheets/sheet2.xml"]

    assert b"_x005F_x0041_" in xml


def test_the_parts_are_those_that_the_manifest_names_and_their_xml_can_be_read():
    found = parts(version())

    manifest = ElementTree.fromstring(found["[Content_Types].xml"])
    named = {one.get("PartName", "").lstrip("/") for one in manifest} - {""}
    assert named == set(found) - {"[Content_Types].xml"} - {
        name for name in found if name.endswith(".rels")
    }
    for name, part in found.items():
        assert ElementTree.fromstring(part) is not None, name
    book = ElementTree.fromstring(found["xl/workbook.xml"])
    assert len(book.find(f"{MAIN}sheets")) == 4


def test_cells_stand_in_order_and_styles_exist():
    """What openpyxl forgives, and LibreOffice and Excel call damage."""
    found = parts(version())
    styles = ElementTree.fromstring(found["xl/styles.xml"])
    known = len(styles.find(f"{MAIN}cellXfs"))
    for number in range(1, 5):
        sheet = ElementTree.fromstring(found[f"xl/worksheets/sheet{number}.xml"])
        order = [one.tag.removeprefix(MAIN) for one in sheet]
        # ISO/IEC 29500-1, 18.3.1.99.
        expected = ["sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter"]
        assert [name for name in expected if name in order] == [
            name for name in order if name in expected
        ]
        for at, row in enumerate(sheet.find(f"{MAIN}sheetData"), start=1):
            assert row.get("r") == str(at)
            for cell in row:
                assert re.fullmatch(f"[A-Z]{at}", cell.get("r"))
                assert cell.get("t") == "inlineStr"
                assert int(cell.get("s")) < known
