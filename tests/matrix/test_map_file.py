"""A map of codes comes before what a version says of itself."""

import json

import pytest
from django.utils import translation
from openpyxl import Workbook

from wagtail_villes_internet.matrix.data import MatrixError
from wagtail_villes_internet.matrix.map_file import read_map, with_map

from .test_data import GOOD, parse_matrix

MATRIX = parse_matrix(GOOD)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "map"


def refused(path):
    with translation.override("en"), pytest.raises(MatrixError) as caught:
        read_map(path, MATRIX)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "Ancien code;Nouveaux codes\np-1;s1 s2\np-2;s1\np-3;\n",
        "Ancien code;Nouveaux codes\np-1;s1\np-1;s2\np-2;s1\np-3;\n",
        json.dumps({"p-1": ["s1", "s2"], "p-2": "s1", "p-3": []}),
        json.dumps(
            [{"old": "p-1", "new": ["s1", "s2"]}, {"old": "p-2", "new": "s1"}, {"old": "p-3"}]
        ),
    ],
)
def test_every_usual_form_says_the_same(path, content):
    path.write_text(content, "utf-8")

    assert read_map(path, MATRIX) == {"p-1": ("s1", "s2"), "p-2": ("s1",), "p-3": ()}


def test_a_spreadsheet(tmp_path):
    path = tmp_path / "map.xlsx"
    book = Workbook()
    for row in (["Code provisoire", "Code officiel"], ["p-1", "s1"]):
        book.active.append(row)
    book.save(path)

    assert read_map(path, MATRIX) == {"p-1": ("s1",)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ancien;nouveau\np-1;s1\np-2;s9\n", "Line 3: "),
        ("ancien;nouveau\n;s1\n", "Line 2: "),
        ("ancien;autre\np-1;s1\n", "“nouveau”"),
        ("ancien;nouveau\n", "no code"),
        ('{"p-1": 3}', "/p-1: "),
        ('{"p-1": ["s9"]}', "/p-1: "),
        ('{"p-1": ', "Line 1, column "),
        ('{"p-\\ud800": "s1"}', "cannot be kept"),
    ],
)
def test_a_refusal_names_the_place(path, content, said):
    path.write_text(content, "utf-8")

    assert said in refused(path)


def test_it_adds_to_what_the_version_says_and_corrects_it():
    mapped = with_map(MATRIX, {"old": ("s2",), "p-1": ("s1", "s2")})

    assert [service.replaces for service in mapped.services()] == [("p-1",), ("old", "p-1")]
