"""A matrix comes as people keep it, or as registries publish it; a refusal names the place."""

import json

import pytest
from django.utils import translation
from openpyxl import Workbook

from tests.matrix.test_data import GOOD
from wagtail_villes_internet.matrix.data import MatrixError, parse_matrix
from wagtail_villes_internet.matrix.headers import MATRIX_COLUMNS
from wagtail_villes_internet.matrix.known import KnownCodes, codes_by_label
from wagtail_villes_internet.matrix.reading import read_matrix

FRENCH = [
    ["Axe", "Enjeu", "Code service", "Service de référence", "Remplace"],
    ["Vivre ensemble", "Solidarités", "s1", "Aide", "vieux-1, vieux-2;vieux-3"],
    ["Vivre ensemble", "Solidarités", "s2", "Repas", ""],
    ["Vivre ensemble", "Identité", "s3", "Titres", ""],
    ["Création de richesses", "Emploi", "s4", "Offres", ""],
]


@pytest.fixture
def written(tmp_path):
    """Write a file, by what it should hold; returns its path."""

    def write(content, name="matrice.csv"):
        path = tmp_path / name
        if name.endswith(".xlsx"):
            book = Workbook()
            for row in content:
                book.active.append(row)
            book.save(path)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        elif name.endswith(".json"):
            path.write_text(json.dumps(content), "utf-8")
        else:
            lines = "\n".join(";".join(f'"{cell}"' for cell in row) for row in content)
            path.write_text(lines, "utf-8")
        return path

    return write


def shape(data):
    """Axes, themes and services, by code."""
    return {
        axis.code: {theme.code: [one.code for one in theme.services] for theme in axis.themes}
        for axis in data.axes
    }


class TestLists:
    @pytest.mark.parametrize("name", ["matrice.csv", "matrice.xlsx"])
    def test_a_list_says_axes_themes_and_services_and_makes_the_codes_it_lacks(self, written, name):
        data = read_matrix(written(FRENCH, name), name="2027", official=True)

        assert (data.version, data.official) == ("2027", True)
        assert shape(data) == {
            "vivre-ensemble": {"solidarites": ["s1", "s2"], "identite": ["s3"]},
            "creation-de-richesses": {"emploi": ["s4"]},
        }
        assert next(data.services()).replaces == ("vieux-1", "vieux-2", "vieux-3")

    def test_what_has_a_code_already_keeps_it(self, written):
        rows = [FRENCH[0], ["Démocratie & services publics", "Élus", "s1", "Aide", ""]]
        axes = codes_by_label(
            [
                (1, "Démocratie & services publics", "ancien"),
                (2, "DÉMOCRATIE & Services publics", "democratie-et-services-publics"),
            ]
        )
        known = KnownCodes(axis=axes, theme={"elus": "e1"})

        data = read_matrix(written(rows), name="x", known=known)

        assert shape(data) == {"democratie-et-services-publics": {"e1": ["s1"]}}
        assert data.axes[0].label == "Démocratie & services publics"

    def test_a_label_of_two_codes_names_neither(self):
        codes = codes_by_label([(1, "Emploi", "a"), (1, "Emploi", "b")])

        assert KnownCodes(theme=codes).code("theme", "Emploi") == ""

    def test_english_headers_and_codes_of_their_own(self, written):
        data = read_matrix(
            written(
                [
                    ["axis code", "axis", "theme code", "theme", "code", "label", "replaces"],
                    ["A1", "Together", "T1", "Solidarity", "s1", "Help", ""],
                ]
            ),
            name="en",
        )

        assert shape(data) == {"A1": {"T1": ["s1"]}}
        assert data.axes[0].themes[0].label == "Solidarity"

    def test_a_column_beside_its_label_holds_the_code(self, written):
        data = read_matrix(
            written(
                [
                    ["Axe", "Libellé axe", "Enjeu", "Libellé enjeu", "Code", "Libellé"],
                    ["1", "Vivre ensemble", "1.2", "Identité", "101", "Titres"],
                ],
                "matrice.xlsx",
            ),
            name="x",
        )

        assert shape(data) == {"1": {"1.2": ["101"]}}
        assert data.axes[0].label == "Vivre ensemble"

    def test_merged_cells_hold_for_the_lines_under_them(self, written):
        rows = [
            ["Axe", "Enjeu", "Code", "Service"],
            ["Vivre ensemble", None, None, None],
            [None, "Solidarités", "s1", "Aide"],
            [None, None, "s2", "Repas"],
            ["Richesses", "Emploi", "s3", "Offres"],
        ]

        data = read_matrix(written(rows, "matrice.xlsx"), name="x")

        assert shape(data) == {
            "vivre-ensemble": {"solidarites": ["s1", "s2"]},
            "richesses": {"emploi": ["s3"]},
        }

    def test_a_json_list_is_read_as_any_list(self, written):
        items = [dict(zip(FRENCH[0], row, strict=True)) for row in FRENCH[1:]]

        data = read_matrix(written(items, "matrice.json"), name="x")

        assert [service.code for service in data.services()] == ["s1", "s2", "s3", "s4"]

    def test_a_column_is_named_where_its_header_says_nothing(self, written):
        rows = [["Grand domaine", *FRENCH[0][1:]], *FRENCH[1:]]
        chosen = MATRIX_COLUMNS.parse_options(["Grand domaine=axis"])

        assert len(list(read_matrix(written(rows), name="x", chosen=chosen).services())) == 4

    def test_136_139_or_400_services_in_16_or_20_themes_are_data(self, written):
        for services, themes in ((136, 16), (139, 16), (400, 20)):
            rows = [
                [f"Axe {n % 4}", f"Enjeu {n % themes}", f"s{n}", f"Service {n}", ""]
                for n in range(services)
            ]
            data = read_matrix(written([FRENCH[0], *rows], "m.xlsx"), name="x")
            assert sum(len(axis.themes) for axis in data.axes) == themes
            assert len(list(data.services())) == services


def refused(path, **kwargs):
    with translation.override("en"), pytest.raises(MatrixError) as caught:
        read_matrix(path, **{"name": "x", **kwargs})
    return str(caught.value)


class TestRefusals:
    @pytest.mark.parametrize(
        ("line", "cells", "said"),
        [
            (3, ["Vivre ensemble", "Solidarités", "", "Repas", ""], "Code service"),
            (3, ["Vivre ensemble", "Solidarités", "s2", "", ""], "Service de référence"),
            (3, ["Vivre ensemble", "Solidarités", "s1", "Repas", ""], "s1"),
            (3, ["Vivre ensemble", "Solidarités", "s" * 101, "Repas", ""], "100"),
            (3, ["Vivre ensemble", "Solidarités", "s2", "R" * 256, ""], "255"),
            (5, ["Création de richesses", "Solidarités", "s4", "Offres", ""], "solidarites"),
            (5, ["Création de richesses", "", "s4", "Offres", ""], "Enjeu"),
        ],
    )
    def test_the_line_and_the_column_are_named(self, written, line, cells, said):
        rows = [*FRENCH[: line - 1], cells, *FRENCH[line:]]

        message = refused(written(rows))

        assert message.startswith(f"Line {line},")
        assert said in message

    def test_a_code_that_bears_two_labels_is_refused(self, written):
        rows = [
            ["Code axe", "Axe", "Enjeu", "Code", "Service"],
            ["1", "Vivre ensemble", "Identité", "s1", "Titres"],
            ["1", "Richesses", "Emploi", "s2", "Offres"],
        ]

        assert "Richesses" in refused(written(rows))

    def test_a_missing_column_is_named(self, written):
        rows = [[*row[:2], *row[3:]] for row in FRENCH]

        assert "service_code" in refused(written(rows))

    def test_a_list_has_to_be_named(self, written):
        assert "--name" in refused(written(FRENCH), name="")

    def test_more_lines_than_any_referential(self, written):
        rows = [["Axe", "Enjeu", f"s{n}", f"Service {n}", ""] for n in range(6_000)]

        assert refused(written([FRENCH[0], *rows])).startswith("Line 5000,")

    def test_json_cut_short_names_its_line_and_column(self, written):
        half = json.dumps(GOOD, indent=1)[:200]

        message = refused(written(half.encode(), "m.json"))

        assert message.startswith(f"Line {half.count(chr(10)) + 1}, column ")

    @pytest.mark.parametrize(
        "content",
        [
            *(b"", b"\0\1\2", b"PK\3\4 and no more", b"{\xff}", b"[" * 100_000, b'{"a":' * 100_000),
            *(b'{"a":' + b"9" * 5_000, b"[" + b"9" * 5_000),
        ],
        ids=[
            *("empty", "binary", "half-xlsx", "not-utf8", "deep-list", "deep-object"),
            *("long-number", "long-number-in-a-list"),
        ],
    )
    def test_what_is_no_matrix_at_all_is_refused_in_words(self, written, content):
        assert refused(written(content, "m.dat"))

    def test_a_spreadsheet_cut_short_is_refused_in_words(self, written):
        whole = written(FRENCH, "m.xlsx").read_bytes()

        for cut in range(1, len(whole), len(whole) // 20):
            assert refused(written(whole[:cut], "cut.dat"))

    def test_a_file_that_is_not_there(self, tmp_path):
        assert "absent.csv" in refused(tmp_path / "absent.csv")

    def test_a_text_that_no_database_keeps(self, written):
        document = json.loads(json.dumps(GOOD).replace("Repas", r"\u0000"))

        assert "/axes/0/themes/0/services/1/label" in refused(written(document, "m.json"))

    def test_a_former_code_that_no_database_keeps(self, written):
        rows = [{"Axe": "A", "Enjeu": "T", "Code": "s1", "Service": "Aide", "Remplace": "\ud800"}]

        assert refused(written(rows, "m.json")).startswith("Line 1, column ")


def test_json_as_registries_publish_it_may_be_renamed_and_marked_official(written):
    path = written({**GOOD, "official": False}, "m.json")

    data = read_matrix(path, name="2028", official=True)

    assert (data.version, data.official) == ("2028", True)
    assert data.axes == parse_matrix(GOOD).axes
