"""Files as people really have them, taken apart."""

import pytest
from openpyxl import Workbook

from wagtail_villes_internet.labels.palmares.entries import DEDUCED, STATED
from wagtail_villes_internet.labels.palmares.errors import LineError
from wagtail_villes_internet.labels.palmares.headers import COLUMNS
from wagtail_villes_internet.labels.palmares.parsing import parse
from wagtail_villes_internet.labels.palmares.reading import read
from wagtail_villes_internet.tables.columns import Line
from wagtail_villes_internet.tables.errors import TableError


def lines(path, chosen=None, **options) -> list[tuple[int, dict]]:
    table = read(path, chosen or {}, **options)
    return [(line.number, dict(line.cells)) for line in table]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("année", "year"), ("ÉDITION", "year"), ("Millésime", "year"), ("year", "year"),
        ("commune", "name"), ("Ville", "name"), ("Collectivités", "name"),
        ("Nom de la commune", "name"), ("town", "name"),
        ("département", "place"), ("Dép.", "place"), ("dept", "place"), ("Région", "place"),
        ("N° département", "place"), ("departement_ou_region", "place"),
        ("niveau", "level"), ("Label", "level"), ("arobases", "level"), ("@", "level"),
        ("Nombre d'arobases", "level"), ("nb_arobases", "level"),
        ("mention", "mentions"), ("Distinctions", "mentions"),
        ("statut", "standing"), ("source_url", "source"), ("Code INSEE", "insee"),
        ("SIREN", "siren"), ("ceremony_date", None), ("", None), ("%", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_usual_names(header, field):
    assert COLUMNS.recognised(header) == field


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_separator_and_any_usual_encoding(written, separator, encoding):
    text = "édition|commune|niveau\r\n2024|Hœrdt|3@\r\n".replace("|", separator)

    path = written(text, encoding=encoding)

    assert lines(path) == [(2, {"year": "2024", "name": "Hœrdt", "level": "3@"})]


def test_a_separator_inside_headers_does_not_mislead(written):
    path = written("collectivité, nom;année;niveau\nLunel;2024;5\n")

    [(_number, cells)] = lines(path, {"collectivité, nom": "name"})

    assert cells == {"year": "2024", "name": "Lunel", "level": "5"}


def test_quoted_cells_hold_separators_and_line_breaks(written):
    path = written('année,ville,note\n2024,"Lunel","a, b\nc"\n2023,Agen,\n')

    assert lines(path) == [
        (2, {"year": "2024", "name": "Lunel", "note": "a, b\nc"}),
        (4, {"year": "2023", "name": "Agen", "note": ""}),
    ]


def test_titles_above_the_headers_and_empty_lines_are_passed_over(written):
    path = written("Palmarès 2024\n\nédition;ville;label\n;;\n2024;Lunel;5\n")

    assert [number for number, _cells in lines(path)] == [5]


def test_a_department_is_preferred_to_a_region(written):
    path = written("an,ville,région,département\n2024,Lunel,Occitanie,Hérault\n2024,Agen,NA,\n")

    assert [cells["place"] for _number, cells in lines(path)] == ["Hérault", "NA"]


def test_a_workbook_is_read_as_it_is_seen(tmp_path):
    book = Workbook()
    book.active.append(["Année", "Ville", "Niveau"])
    book.active.append([2024.0, "Lunel", 5])
    book.create_sheet("Autre").append(["x"])
    book.save(tmp_path / "liste.xlsx")

    assert lines(tmp_path / "liste.xlsx") == [(2, {"year": "2024", "name": "Lunel", "level": "5"})]


def test_json_is_a_list_of_objects_even_as_a_registry_says_them(written):
    path = written(
        '{"items": [{"edition": 2024, "level": 5, "standing": "labelled", "distinctions": '
        '[{"name": "A", "valid_until": null}, {"name": "B"}], "source_url": "", '
        '"authority": {"siren": "213401458", "insee": null, "name": "Lunel", "place": "34"}}]}'
    )

    [(number, cells)] = lines(path)

    assert number == 1
    assert (cells["name"], cells["siren"], cells["insee"]) == ("Lunel", "213401458", "")
    assert (cells["mentions"], cells["place"], cells["level"]) == ("A ; B", "34", "5")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "aucune ligne|no line"),
        ("a,b\n1,2\n", "Aucune colonne|No column"),
        ("ville,niveau\nLunel,5\n", "édition|edition"),
        ("année,niveau\n2024,5\n", "collectivité|authority"),
        ("[1, 2]", "JSON"),
        ('{"a": 1}', "JSON"),
        ("[{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("ville\0,niveau", "CSV"),
    ],
)
def test_what_is_no_list_is_said_plainly(written, text, why):
    with pytest.raises(TableError, match=why):
        lines(written(text))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TableError):
        read(tmp_path / "absent.csv", {})


@pytest.mark.parametrize("octets", [b"PK\x03\x04not a zip", b"PK"])
def test_a_workbook_that_is_none(tmp_path, octets):
    (tmp_path / "liste.xlsx").write_bytes(octets)

    with pytest.raises(TableError):
        lines(tmp_path / "liste.xlsx")


def test_an_octet_that_is_no_letter_spoils_one_name_only(tmp_path):
    (tmp_path / "liste.csv").write_bytes(b"an,ville\n2024,Lun\x81el\n2024,Agen\xe9\n")

    assert [cells["name"] for _n, cells in lines(tmp_path / "liste.csv")] == ["Lun�el", "Agené"]


def test_a_cell_without_end_is_one_bad_line(written):
    path = written("an,ville\n2024," + "x" * 200_000 + "\n2024,Lunel\n")

    found = list(read(path, {}))

    assert [bool(line.fault) for line in found] == [True, False]
    assert (found[1].number, found[1].cells["name"]) == (3, "Lunel")


def test_columns_may_be_named():
    assert COLUMNS.parse_options(["Où ça = là ?=place", " Qui=name"]) == {
        "Où ça = là ?": "place",
        "Qui": "name",
    }


@pytest.mark.parametrize("option", ["Qui", "=name", "Qui=nom", "Qui="])
def test_a_column_that_says_no_field_is_refused(option):
    with pytest.raises(TableError):
        COLUMNS.parse_options([option])


def test_a_column_that_is_not_there_is_said(written):
    with pytest.raises(TableError, match="Qui"):
        read(written("année,ville\n2024,Lunel\n"), {"Qui": "name"})


def test_what_is_chosen_for_a_field_stands_alone(written):
    path = written("année,ville,ancien nom\n2024,Lunel,Lunel-Viel\n")

    [(_number, cells)] = lines(path, {"ANCIEN NOM": "name"})

    assert cells["name"] == "Lunel-Viel"


class TestWhatALineSays:
    def entry(self, **cells):
        return parse(Line(7, {"year": "2024", "name": "Lunel", "level": "5"} | cells))

    @pytest.mark.parametrize("year", ["2024", "Label 2024", "2024 (25e)", "édition 2024-2024"])
    def test_names_one_edition(self, year):
        assert self.entry(year=year).year == 2024

    @pytest.mark.parametrize("year", ["", "24", "2023-2024", "1998", "12024", "deux mille"])
    def test_or_none_that_can_be_kept(self, year):
        with pytest.raises(LineError):
            self.entry(year=year)

    def test_2009_was_never_an_edition(self):
        with pytest.raises(LineError, match="2010"):
            self.entry(year="2009")

    def test_may_be_told_its_edition(self):
        assert parse(Line(1, {"name": "Lunel", "level": "5"}), year=2024).year == 2024

    def test_lists_its_mentions_in_one_order(self):
        entry = self.entry(mentions="médiation ; démocratie locale|médiation\n")

        assert entry.mentions == ("démocratie locale", "médiation")

    @pytest.mark.parametrize(("basis", "expected"), [("", STATED), ("Déduit", DEDUCED)])
    def test_says_whether_it_is_deduced(self, basis, expected):
        assert self.entry(basis=basis).basis == expected

    @pytest.mark.parametrize(
        "cells",
        [
            {"basis": "rumeur"},
            {"name": "Lunel @@@@@"},
            {"name": ""},
            {"name": "Lunel\n2024,Agen"},
            {"name": "L" * 256},
            {"source": "h" * 501},
        ],
    )
    def test_is_refused_where_it_cannot_be_kept(self, cells):
        with pytest.raises(LineError):
            self.entry(**cells)

    def test_numbers_get_back_what_a_spreadsheet_took(self):
        assert self.entry(insee="1004", siren="213 401 458").insee == "01004"
        assert self.entry(siren="213 401 458").siren == "213401458"
