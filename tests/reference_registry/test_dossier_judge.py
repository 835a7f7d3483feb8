"""What the registry accepts as a dossier, member by member of the contract."""

import json
import subprocess
import sys

import pytest
from registry.dossier_judge import judge_dossier
from registry.jsontext import parse

from tests.processes import MANAGE

from .town import a_dossier

SIREN, YEAR = "213401458", 2026
ID = "0b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d90"


def verdict(dossier: object) -> list[tuple[str, str]]:
    value = parse(json.dumps(dossier).encode())
    return [(fault.pointer, fault.code) for fault in judge_dossier(value, SIREN, YEAR)]


def verdict_on(**changes: object) -> list[tuple[str, str]]:
    return verdict(a_dossier(SIREN, YEAR, **changes))


def a_line(**changes: object) -> dict[str, object]:
    return {"id": ID, "hash": "ab" * 32, "title": "x", "reference_services": ["a", "b"], **changes}


def line_verdict(**changes: object) -> list[tuple[str, str]]:
    return verdict_on(services=[a_line(**changes)])


def test_a_whole_dossier_is_accepted():
    assert verdict_on() == []


def test_a_dossier_may_be_as_bare_as_the_contract_lets_it():
    assert verdict_on(services=[], answers="", statement="", signed_off=[]) == []


@pytest.mark.parametrize("value", [None, "x", 1, [], True])
def test_a_dossier_is_an_object(value):
    assert verdict(value) == [("", "bad_type")]


@pytest.mark.parametrize("name", list(a_dossier(SIREN, YEAR)))
def test_every_member_is_there_and_never_null(name):
    without = {key: value for key, value in a_dossier(SIREN, YEAR).items() if key != name}
    assert verdict(without) == [(f"/{name}", "required")]
    assert verdict_on(**{name: None}) == [(f"/{name}", "required")]


@pytest.mark.parametrize("name", list(a_dossier(SIREN, YEAR)))
def test_every_member_is_of_its_kind(name):
    for value in ({}, True, 1.5 if name == "edition" else 1):
        assert verdict_on(**{name: value}) in (
            [(f"/{name}", "bad_type")],
            [(f"/{name}", "bad_choice")],
        )


def test_another_member_is_refused_and_its_name_escaped():
    assert verdict_on(**{"a/b~c": 1}) == [("/a~1b~0c", "unknown_field")]
    assert verdict_on(email="maire@lunel.example") == [("/email", "unknown_field")]


def test_the_edition_and_the_authority_are_those_of_the_address():
    assert verdict_on(edition=2027) == [("/edition", "bad_choice")]
    assert verdict_on(edition="2026") == [("/edition", "bad_type")]
    assert verdict_on(edition=2026.0) == []
    assert verdict_on(authority="213401459") == [("/authority", "bad_choice")]
    assert verdict_on(authority="") == [("/authority", "required")]
    assert verdict_on(matrix_version="") == [("/matrix_version", "required")]


@pytest.mark.parametrize("name", ["matrix_version", "answers", "statement"])
@pytest.mark.parametrize("text", ["a\r\nb", "a\tb", "e\u0301", "\x00", "\ud800"])
def test_texts_are_in_the_form_of_the_contract(name, text):
    assert verdict_on(**{name: text}) == [(f"/{name}", "not_canonical")]


def test_texts_are_as_long_as_the_body_holds():
    assert verdict_on(answers="a" * 500_000, statement="\n") == []


def test_services_come_in_any_order_and_any_number():
    many = [a_line(id=f"0b6f3c0e-4f0a-4b58-9d4c-{number:012}") for number in range(300)]
    assert verdict_on(services=many) == verdict_on(services=many[::-1]) == []


def test_a_service_comes_once():
    assert verdict_on(services=[a_line(), a_line(title="y")]) == [("/services", "not_canonical")]


@pytest.mark.parametrize("name", list(a_line()))
def test_every_member_of_a_service_is_there(name):
    line = {key: value for key, value in a_line().items() if key != name}
    assert verdict_on(services=[a_line(id=ID[:-1] + "1"), line]) == [
        (f"/services/1/{name}", "required")
    ]
    assert line_verdict(**{name: None}) == [(f"/services/0/{name}", "required")]
    assert line_verdict(**{name: 1}) == [(f"/services/0/{name}", "bad_type")]


def test_a_service_is_named_as_it_is_declared():
    assert verdict_on(services=["x"]) == [("/services/0", "bad_type")]
    assert line_verdict(url="https://x.example/") == [("/services/0/url", "unknown_field")]
    for name, value, code in (
        ("id", ID.upper(), "not_canonical"),
        ("id", "1", "not_canonical"),
        ("hash", "AB" * 32, "not_canonical"),
        ("hash", "ab" * 31, "not_canonical"),
        ("hash", "ab" * 32 + "\n", "not_canonical"),
        ("title", "", "required"),
        ("title", "x" * 256, "too_long"),
        ("reference_services", [], "required"),
        ("reference_services", ["b", "a"], "not_canonical"),
        ("reference_services", ["a", "a"], "not_canonical"),
        ("reference_services", [f"{n:02}" for n in range(51)], "too_many"),
    ):
        assert line_verdict(**{name: value}) == [(f"/services/0/{name}", code)]
    assert line_verdict(title="x" * 255, reference_services=["nowhere"]) == []
    assert line_verdict(reference_services=["a", ""])[0] == (
        "/services/0/reference_services/1",
        "required",
    )


@pytest.mark.parametrize(
    ("signature", "faults"),
    [
        ({"role": "elected", "on": "2026-02-28"}, []),
        ({"role": "technical", "on": "2024-02-29"}, []),
        ({"role": "mayor", "on": "2026-02-28"}, [("/role", "bad_choice")]),
        ({"role": "", "on": "2026-02-28"}, [("/role", "required")]),
        ({"role": "elected", "on": "2026-02-29"}, [("/on", "bad_date")]),
        ({"role": "elected", "on": "20260228"}, [("/on", "bad_date")]),
        ({"role": "elected", "on": 20260228}, [("/on", "bad_type")]),
        ({"role": "elected", "on": ""}, [("/on", "required")]),
        ({"role": "elected", "on": None}, [("/on", "required")]),
        ({"role": "elected"}, [("/on", "required")]),
        (
            {"role": "elected", "on": "2026-02-28", "name": "Mme X"},
            [("/name", "unknown_field")],
        ),
        ("elected", [("", "bad_type")]),
    ],
)
def test_an_agreement_is_a_role_and_a_day_and_names_nobody(signature, faults):
    assert verdict_on(signed_off=[signature]) == [
        (f"/signed_off/0{pointer}", code) for pointer, code in faults
    ]


def test_the_judge_needs_no_django():
    code = "import sys, registry.dossier_judge; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=MANAGE.parent.parent, check=False)
    assert done.returncode == 0
