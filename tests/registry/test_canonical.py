"""Canonical JSON, content hashes, and a service's values made canonical."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.canonical import (
    body_text,
    canonical_body,
    canonical_json,
    canonical_location,
    content_hash,
)
from wagtail_villes_internet.registry.types import SERVICE_FIELDS, Location, ServiceBody

from .values import a_body, calm


def test_members_are_sorted_by_utf_16_code_units():
    """RFC 8785, 3.2.3: the example of the standard, whose order no code-point sort gives."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }

    assert list(json.loads(canonical_json(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_texts_are_escaped_as_the_standard_says():
    """RFC 8785, 3.2.2.2 and its example."""
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"

    assert canonical_json(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical_json("\b\t\n\f\r\x00\x1f\x7f\u2028") == (
        '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\u2028"'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-1, "-1"),
        (2**53 - 1, "9007199254740991"),
        ([], "[]"),
        ({}, "{}"),
        ([56, {"d": True, "10": None, "1": []}], '[56,{"1":[],"10":null,"d":true}]'),
        ({"b": {"z": 1, "a": 2}, "a": ("x", "y")}, '{"a":["x","y"],"b":{"a":2,"z":1}}'),
    ],
)
def test_canonical_json(value, expected):
    assert canonical_json(value) == expected


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.0, TypeError),
        (Decimal(1), TypeError),
        ({1: "x"}, TypeError),
        ({"a": {1, 2}}, TypeError),
        (2**53, ValueError),
        (-(2**53), ValueError),
        ("\ud800", ValueError),
        ({"\udfff": 1}, ValueError),
    ],
)
def test_what_canonical_json_cannot_write(value, error):
    with pytest.raises(error):
        canonical_json(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@calm
@given(json_values)
def test_canonical_json_says_the_same_value_and_says_it_once(value):
    text = canonical_json(value)

    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_the_content_hash_is_over_exactly_the_fields_of_a_service():
    body = a_body()
    plain = json.dumps(
        body.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()

    assert content_hash(body) == hashlib.sha256(plain).hexdigest()
    assert body_text(body).encode() == plain
    assert set(json.loads(plain)) == set(SERVICE_FIELDS)


@pytest.mark.parametrize("name", SERVICE_FIELDS)
def test_every_field_counts_in_the_hash(name):
    body = a_body()
    other = {
        "public": False,
        "location": None,
        "started_on": "2024-01-01",
        "ended_on": "2024-01-01",
        "reference_services": ("other",),
        "audiences": (),
        "interactions": (),
    }.get(name, "other")

    assert content_hash(a_body(**{name: other})) != content_hash(body)


def test_a_body_survives_its_json():
    for body in (a_body(started_on="2020-09-01"), a_body(location=None, audiences=())):
        assert ServiceBody.from_json(json.loads(body_text(body))) == body


@pytest.mark.parametrize(
    "change",
    [
        {"title": None},
        {"title": 3},
        {"public": "true"},
        {"public": None},
        {"reference_services": "p-1"},
        {"reference_services": [1]},
        {"audiences": None},
        {"started_on": 2020},
        {"location": {"lat": "1.000000"}},
        {"location": {"lat": 1.0, "lon": "1.000000"}},
        {"location": {"lat": "1.000000", "lon": "1.000000", "alt": "0"}},
        {"location": []},
        {"more": 1},
    ],
)
def test_json_of_another_shape_is_no_body(change):
    with pytest.raises(ValueError, match="type|fields"):
        ServiceBody.from_json({**a_body().as_json(), **change})


def test_a_missing_field_is_no_body():
    value = a_body().as_json()
    del value["url"]

    with pytest.raises(ValueError, match="fields"):
        ServiceBody.from_json(value)


def test_a_services_values_are_made_canonical():
    body = canonical_body(
        kind="project",
        title=" Portail\nfamilles ",
        summary="un\r\ndeux",
        description="<p data-block-key='k'><b>x</b> <a href='/y'>y</a></p>",
        url="HTTPS://ville.example/é",
        public=1,
        reference_services=["b", "a", "b", ""],
        status="planned",
        started_on=date(2024, 9, 1),
        ended_on=datetime(2025, 6, 30, 23, 0, tzinfo=UTC),
        provider="association",
        audiences={"youth", "elders"},
        interactions=iter(["pay", "book"]),
        offline_alternative="  à l’accueil ",
        location=(Decimal("43.6740004"), 4.13),
        base_url="https://ville.example/",
    )

    assert body == ServiceBody(
        kind="project",
        title="Portail familles",
        summary="un\ndeux",
        description='<p><strong>x</strong> <a href="https://ville.example/y">y</a></p>',
        url="https://ville.example/%C3%A9",
        public=True,
        reference_services=("a", "b"),
        status="planned",
        started_on="2024-09-01",
        ended_on="2025-06-30",
        provider="association",
        audiences=("elders", "youth"),
        interactions=("book", "pay"),
        offline_alternative="à l’accueil",
        location=Location("43.674000", "4.130000"),
    )


def test_nothing_said_is_a_whole_body_too():
    body = canonical_body()

    assert (body.title, body.reference_services, body.location) == ("", (), None)
    assert (body.started_on, body.ended_on) == (None, None)


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (43.674, "4.1353", Location("43.674000", "4.135300")),
        (Decimal("-0.0000001"), -0.0, Location("0.000000", "0.000000")),
        (0, 180, Location("0.000000", "180.000000")),
        ("-12.3456785", "1e1", Location("-12.345678", "10.000000")),
        (None, 4, None),
        (43, None, None),
    ],
)
def test_a_point_has_six_decimals(lat, lon, expected):
    assert canonical_location(lat, lon) == expected


def test_a_point_that_is_none_is_left_for_the_rules_to_name():
    assert canonical_location("nord", float("nan")) == Location("nord", "NaN")


@pytest.mark.parametrize(
    "given_location",
    [Location("43.674", "4"), {"lat": "43.674", "lon": 4}, ("43.674", 4.0)],
)
def test_a_point_may_be_given_in_several_ways(given_location):
    body = canonical_body(location=given_location)

    assert body.location == Location("43.674000", "4.000000")


def test_what_is_not_given_is_empty():
    assert canonical_body().as_json() == {
        "kind": "service",
        "title": "",
        "summary": "",
        "description": "",
        "url": "",
        "public": True,
        "reference_services": [],
        "status": "active",
        "started_on": None,
        "ended_on": None,
        "provider": "authority",
        "audiences": [],
        "interactions": [],
        "offline_alternative": "",
        "location": None,
    }
