"""A matrix is checked whole before anything is written, and a refusal names the place."""

import contextlib
import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.matrix.data import MatrixError, parse_matrix

GOOD = {
    "version": "2027",
    "official": True,
    "axes": [
        {
            "code": "a",
            "label": "Vivre ensemble",
            "themes": [
                {
                    "code": "t",
                    "label": "Solidarités",
                    "services": [
                        {"code": "s1", "label": "Aide", "replaces": ["old"]},
                        {"code": "s2", "label": "Repas"},
                    ],
                }
            ],
        }
    ],
}


def without(path):
    document = copy.deepcopy(GOOD)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return document


def replaced(path, value):
    document = copy.deepcopy(GOOD)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


def test_a_good_matrix_keeps_its_order_and_its_replacements():
    matrix = parse_matrix(GOOD)

    assert [service.code for service in matrix.services()] == ["s1", "s2"]
    assert next(matrix.services()).replaces == ("old",)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "/"),
        (without(["version"]), "/version"),
        (replaced(["version"], " "), "/version"),
        (replaced(["official"], "yes"), "/official"),
        (without(["axes"]), "/axes"),
        (without(["axes", 0, "label"]), "/axes/0/label"),
        (replaced(["axes", 0, "themes"], {}), "/axes/0/themes"),
        (replaced(["axes", 0, "themes", 0, "services", 1], "s2"), "/services/1"),
        (replaced(["axes", 0, "themes", 0, "services", 1, "code"], "x" * 101), "/1/code"),
        (replaced(["axes", 0, "themes", 0, "services", 0, "replaces"], [1]), "/0/replaces"),
        (replaced(["axes", 0, "themes", 0, "services", 0, "replaces"], ["\0"]), "/0/replaces"),
        (replaced(["axes", 0, "themes", 0, "services", 0, "replaces"], ["\ud800"]), "/0/replaces"),
        (replaced(["axes", 0, "themes", 0, "services", 0, "replaces"], ["x" * 101]), "/0/replaces"),
        (
            replaced(
                ["axes", 0, "themes", 0, "services", 0, "replaces"], [f"s{n}" for n in range(5_001)]
            ),
            "/0/replaces",
        ),
        (replaced(["axes", 0, "themes", 0, "services", 1, "code"], "s1"), "s1"),
    ],
)
def test_a_refusal_names_the_place(document, place):
    with pytest.raises(MatrixError, match=place):
        parse_matrix(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(json_values)
def test_whatever_json_comes_it_is_read_or_refused(document):
    with contextlib.suppress(MatrixError):
        parse_matrix(document)


@pytest.mark.parametrize(("number", "is_taken"), [(4_998, True), (4_999, False)])
def test_more_than_any_referential_is_refused(number, is_taken):
    document = copy.deepcopy(GOOD)
    services = [{"code": f"s{n}", "label": "Service"} for n in range(number)]
    document["axes"][0]["themes"][0]["services"] = services

    with contextlib.nullcontext() if is_taken else pytest.raises(MatrixError, match="5000"):
        assert len(list(parse_matrix(document).services())) == number
