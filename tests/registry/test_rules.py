"""What a registry would refuse of a service, field by field."""

import pytest
from django.utils.translation import override

from wagtail_villes_internet.registry.canonical import validate
from wagtail_villes_internet.registry.problems import CODES, FieldProblem
from wagtail_villes_internet.registry.types import Location

from .values import a_body


def faults(**changes):
    return [(problem.pointer, problem.code) for problem in validate(a_body(**changes))]


def test_a_good_service_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "robot"}, [("/kind", "bad_choice")]),
        ({"kind": ""}, [("/kind", "required")]),
        ({"status": "later"}, [("/status", "bad_choice")]),
        ({"provider": "state"}, [("/provider", "bad_choice")]),
        ({"title": ""}, [("/title", "required")]),
        ({"title": "x" * 256}, [("/title", "too_long")]),
        ({"title": "e\u0301"}, [("/title", "not_canonical")]),
        ({"title": "e\u0301" * 200}, [("/title", "not_canonical"), ("/title", "too_long")]),
        ({"summary": "x" * 501}, [("/summary", "too_long")]),
        ({"summary": "a\r\nb"}, [("/summary", "not_canonical")]),
        ({"offline_alternative": "x" * 501}, [("/offline_alternative", "too_long")]),
        ({"description": "x" * 20_001}, [("/description", "too_long")]),
        ({"description": "<b>x</b>"}, [("/description", "bad_html")]),
        ({"description": "\t"}, [("/description", "not_canonical")]),
        ({"url": "ville.example"}, [("/url", "bad_url")]),
        ({"url": "https://ville.example/\x85"}, [("/url", "not_canonical")]),
        ({"reference_services": ()}, [("/reference_services", "required")]),
        ({"reference_services": ("b", "a")}, [("/reference_services", "not_canonical")]),
        ({"reference_services": ("a", "a")}, [("/reference_services", "not_canonical")]),
        ({"reference_services": ("", "a")}, [("/reference_services/0", "required")]),
        ({"reference_services": ("a", "e\u0301")}, [("/reference_services/1", "not_canonical")]),
        (
            {"reference_services": tuple(f"p-{n:03}" for n in range(51))},
            [("/reference_services", "too_many")],
        ),
        ({"audiences": ("families", "martians")}, [("/audiences/1", "bad_choice")]),
        ({"interactions": ("pay", "book")}, [("/interactions", "not_canonical")]),
        ({"started_on": "2024-02-30"}, [("/started_on", "bad_date")]),
        ({"started_on": "20240201"}, [("/started_on", "bad_date")]),
        ({"started_on": "2024-W05-4"}, [("/started_on", "bad_date")]),
        ({"started_on": ""}, [("/started_on", "required")]),
        ({"started_on": "2024-02-02", "ended_on": "2024-02-01"}, [("/ended_on", "bad_order")]),
        ({"ended_on": "٢٠٢٤-01-01"}, [("/ended_on", "bad_date")]),
        ({"location": Location("90.000001", "0.000000")}, [("/location/lat", "bad_location")]),
        ({"location": Location("0.000000", "-180.000001")}, [("/location/lon", "bad_location")]),
        ({"location": Location("-0.000000", "0.000000")}, [("/location/lat", "bad_location")]),
        ({"location": Location("01.000000", "1.00000")},
         [("/location/lat", "bad_location"), ("/location/lon", "bad_location")]),
        ({"location": Location("NaN", "0.000000")}, [("/location/lat", "bad_location")]),
    ],
)  # fmt: skip
def test_a_fault_has_its_place_and_its_code(changes, expected):
    assert faults(**changes) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 255},
        {"summary": "", "description": "", "url": "", "offline_alternative": ""},
        {"summary": "x" * 500},
        {"description": "é" * 20_000},
        {"reference_services": tuple(f"p-{n:03}" for n in range(50))},
        {"audiences": (), "interactions": ()},
        {"started_on": "2024-02-01", "ended_on": "2024-02-01"},
        {"location": Location("90.000000", "-180.000000")},
        {"location": Location("-90.000000", "180.000000")},
        {"location": None},
    ],
)
def test_what_lies_just_inside_is_taken(changes):
    assert faults(**changes) == []


def test_every_fault_is_said_at_once():
    assert faults(title="", kind="robot", location=Location("x", "y")) == [
        ("/kind", "bad_choice"),
        ("/title", "required"),
        ("/location/lat", "bad_location"),
        ("/location/lon", "bad_location"),
    ]


@pytest.mark.parametrize(
    ("pointer", "field"),
    [("/title", "title"), ("/reference_services/3", "reference_services"), ("", "")],
)
def test_a_fault_knows_its_field(pointer, field):
    assert FieldProblem(pointer, "required").field == field


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence(code):
    with override("en"):
        assert FieldProblem("/title", code).message.endswith(".")


def test_a_code_nobody_knows_still_has_a_sentence_of_ours():
    with override("en"):
        problem = FieldProblem("/title", "bad_karma", "<b>their words</b>")

        assert problem.message == "The registry does not accept this value."
