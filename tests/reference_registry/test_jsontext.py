"""JSON as it is read, hashed and compared."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.jsontext import NotJson, content_hash, fingerprint, parse, read

from .town import a_service

calm = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{",
        b'{"a": 1,}',
        b'{"a": 1} {}',
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'[{"a": 1, "\\u0061": 1}]',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        '{"a": "é"}'.encode("latin-1"),
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'"a\nb"',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(octets):
    with pytest.raises(NotJson):
        parse(octets)


def test_any_number_is_read():
    assert parse(b"[1, 1.0, 10e-1, 1" + b"0" * 5000 + b"]") == [1.0, 1.0, 1.0, float("inf")]


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner)))
@calm
def test_a_json_text_is_read_back(value):
    assert parse(json.dumps(value).encode("utf-8")) == value


def test_the_hash_is_that_of_the_canonical_text():
    # RFC 8785: members by UTF-16 code unit, no space, only what must be escaped is.
    fields = a_service(title='« 5 » "@" \\ \n 🏛', summary="", started_on=None, location=None)
    text = (
        '{"audiences":["families","youth"],'
        '"description":"<p>Ouvert à <strong>toutes</strong> les familles.</p>",'
        '"ended_on":null,"interactions":["apply","pay"],"kind":"service","location":null,'
        '"offline_alternative":"À l’accueil de la mairie","provider":"authority","public":true,'
        '"reference_services":["p-portail-familles"],"started_on":null,"status":"active",'
        '"summary":"","title":"« 5 » \\"@\\" \\\\ \\n 🏛","url":"https://lunel.example/familles"}'
    )
    assert content_hash(fields) == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_the_hash_does_not_know_the_order_of_members():
    fields = a_service()
    assert content_hash(dict(reversed(fields.items()))) == content_hash(fields)


def test_the_same_value_is_the_same_request():
    one = b'{"a": [1, "\\u00e9"], "b": null}'
    other = '{ "b":null,\n"a":[1.0,"é"] }'.encode()
    assert fingerprint(["PUT", "id"], read(one)) == fingerprint(["PUT", "id"], read(other))


@pytest.mark.parametrize(
    ("operation", "octets"),
    [
        (["PUT", "id"], b'{"a": [2]}'),
        (["PUT", "id"], b'{"a": ["1"]}'),
        (["PUT", "id"], b'{"a": [true]}'),
        (["PUT", "id"], b'{"a": [1], "b": null}'),
        (["PUT", "other"], b'{"a": [1]}'),
        (["DELETE", "id"], b'{"a": [1]}'),
        (["PUT", None], b'{"a": [1]}'),
        (["PUT", "id"], b""),
        (["PUT", "id"], b'{"a": [1]'),
    ],
)
def test_another_value_is_another_request(operation, octets):
    assert fingerprint(operation, read(octets)) != fingerprint(["PUT", "id"], read(b'{"a": [1]}'))


def test_what_is_no_json_is_compared_as_octets():
    assert fingerprint(["PUT"], read(b"{ ")) == fingerprint(["PUT"], read(b"{ "))
    assert fingerprint(["PUT"], read(b"{ ")) != fingerprint(["PUT"], read(b"{"))
