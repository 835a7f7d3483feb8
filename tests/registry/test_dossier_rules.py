"""What a registry would refuse of a dossier, judged here before anything is sent.

The reference registry's judge was written from the contract alone: both say the same.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.dossier_judge import judge_dossier
from registry.jsontext import parse

from wagtail_villes_internet.registry.dossier_rules import validate_dossier

from .values import HASH, ID, SIREN, a_dossier, calm

YEAR = 2026
LINE = {"id": ID, "hash": HASH, "title": "x", "reference_services": ["a", "b"]}
SIGNATURE = {"role": "technical", "on": "2026-09-15"}


def verdict(dossier: object) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in validate_dossier(dossier, SIREN, YEAR)]


def test_a_whole_dossier_is_accepted():
    assert verdict(a_dossier()) == []
    assert verdict(a_dossier(services=[], statement="", signed_off=[])) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"edition": 2027}, "/edition", "bad_choice"),
        ({"edition": True}, "/edition", "bad_type"),
        ({"authority": "000000000"}, "/authority", "bad_choice"),
        ({"matrix_version": ""}, "/matrix_version", "required"),
        ({"answers": "a\r\nb"}, "/answers", "not_canonical"),
        ({"statement": None}, "/statement", "required"),
        ({"e/mail": "x"}, "/e~1mail", "unknown_field"),
        ({"services": {}}, "/services", "bad_type"),
        ({"services": [LINE, LINE]}, "/services", "not_canonical"),
        ({"services": [{**LINE, "id": ID.upper()}]}, "/services/0/id", "not_canonical"),
        ({"services": [{**LINE, "hash": ""}]}, "/services/0/hash", "required"),
        ({"services": [{**LINE, "title": "x" * 256}]}, "/services/0/title", "too_long"),
        (
            {"services": [{**LINE, "reference_services": ["b", "a"]}]},
            "/services/0/reference_services",
            "not_canonical",
        ),
        ({"signed_off": [{**SIGNATURE, "role": "x"}]}, "/signed_off/0/role", "bad_choice"),
        ({"signed_off": [{**SIGNATURE, "on": "2026-02-30"}]}, "/signed_off/0/on", "bad_date"),
        ({"signed_off": [{**SIGNATURE, "name": "x"}]}, "/signed_off/0/name", "unknown_field"),
    ],
)
def test_a_fault_is_pointed_at(changes, pointer, code):
    assert verdict(a_dossier(**changes)) == [(pointer, code)]


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3000),
    st.sampled_from(["", "x", "a\rb", "e\u0301", "2026-02-29", "2024-02-29", "elected", ID, HASH]),
    st.text(max_size=5),
    st.lists(st.sampled_from(["", "a", "b", "e\u0301", 1, None]), max_size=3),
    st.just([f"{number:02}" for number in range(51)]),
    st.just({}),
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, object]:
    """A dossier of some lines, with some members changed for something odd, gone or added."""
    lines = [{**LINE, "id": draw(st.sampled_from([ID, ID[:-1] + "1"]))} for _ in range(2)]
    dossier = a_dossier(services=lines, signed_off=[dict(SIGNATURE)])
    parts = [dossier, *lines, *dossier["signed_off"]]
    for _ in range(draw(st.integers(0, 4))):
        part = draw(st.sampled_from(parts))
        name = draw(st.sampled_from([*part, "extra", "a/b~"]))
        if draw(st.booleans()):
            part[name] = draw(odd)
        else:
            part.pop(name, None)
    return dossier


@settings(calm, max_examples=2000)
@given(spoilt())
def test_two_judges_who_never_met_say_the_same(dossier):
    theirs = judge_dossier(parse(json.dumps(dossier).encode()), SIREN, YEAR)

    assert sorted(verdict(dossier)) == sorted((fault.pointer, fault.code) for fault in theirs)


@calm
@given(odd)
def test_they_agree_on_what_is_no_dossier(value):
    theirs = judge_dossier(parse(json.dumps(value).encode()), SIREN, YEAR)

    assert sorted(verdict(value)) == sorted((fault.pointer, fault.code) for fault in theirs)
