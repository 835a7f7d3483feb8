"""What is refused, how it is said, and which reason comes first."""

import json
import socket
from http.client import HTTPConnection

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from .town import TIMEOUT, a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes


def put(town, service_id=None, *, data=None, headers=None, without=()):
    """A creation, right in everything but what is given."""
    sent = {
        **town.authorization,
        "Content-Type": "application/json",
        "Idempotency-Key": new_key(),
        "If-None-Match": "*",
        **(headers or {}),
    }
    return requests.put(
        town.service_url(service_id or new_id()),
        data=json.dumps(a_service()).encode() if data is None else data,
        headers={name: value for name, value in sent.items() if name not in without},
        timeout=TIMEOUT,
    )


def test_faults_are_pointed_at(town):
    answer = put(town, data=json.dumps(a_service(title="", extra=1)).encode())
    assert answer.status_code == 422
    assert problem_type(answer) == ""
    errors = answer.json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/title", "required"),
        ("/extra", "unknown_field"),
    ]
    assert all(error["detail"] for error in errors)
    assert answer.json()["epoch"] == town.epoch()


def test_an_unknown_code_has_a_type_of_its_own_when_nothing_else_is_wrong(town):
    body = a_service(reference_services=["p-portail-familles", "x-nouveau"])
    alone = put(town, data=json.dumps(body).encode())
    assert alone.status_code == 422
    assert problem_type(alone) == "/unknown-code"
    assert alone.json()["matrix_version"] == "provisoire-1"
    assert [error["pointer"] for error in alone.json()["errors"]] == ["/reference_services/1"]

    with_another = put(town, data=json.dumps({**body, "title": ""}).encode())
    assert with_another.status_code == 422
    assert problem_type(with_another) == ""


def test_faults_beyond_counting_are_cut_short(town):
    body = {f"member-{number}": 1 for number in range(1000)}
    answer = put(town, data=json.dumps(body).encode())
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize(
    "data", [b"{", b"", b'{"kind": "service", "kind": "service"}', b'"\xff"', b'{"a": NaN}']
)
def test_a_body_that_is_no_json_is_a_400(town, data):
    assert put(town, data=data).status_code == 400


@pytest.mark.parametrize("data", [b"[]", b"null", b"1", b'"text"'])
def test_json_that_is_no_object_is_a_422(town, data):
    answer = put(town, data=data)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("", "bad_type")
    ]


def test_a_lone_surrogate_is_refused_wherever_it_stands(town):
    for body in (a_service(title="\ud800"), a_service(reference_services=["\udfff"])):
        answer = put(town, data=json.dumps(body).encode())
        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["errors"]] == ["not_canonical"]
    named = put(town, data=json.dumps({**a_service(), "\ud800": 1}).encode())
    assert named.status_code == 422
    assert [error["code"] for error in named.json()["errors"]] == ["unknown_field"]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/merge-patch+json", "application/json; charset=latin-1", ""],
)
def test_another_type_of_body_is_a_415(town, content_type):
    assert put(town, headers={"Content-Type": content_type}).status_code == 415


def test_a_body_without_type_is_a_415(town):
    assert put(town, without=["Content-Type"]).status_code == 415


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; Charset=UTF-8", "application/json "]
)
def test_json_may_say_that_it_is_utf8(town, content_type):
    assert put(town, headers={"Content-Type": content_type.rstrip()}).status_code == 201


@pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
def test_a_coded_body_is_a_415(town, coding):
    assert put(town, headers={"Content-Encoding": coding}).status_code == 415


def test_one_mebibyte_is_the_most(town):
    most = 1024 * 1024
    text = json.dumps(a_service()).encode()
    assert put(town, data=text + b" " * (most - len(text))).status_code == 201
    answer = put(town, data=text + b" " * (most - len(text) + 1))
    assert answer.status_code == 413
    assert answer.json()["epoch"] == town.epoch()


@pytest.mark.parametrize(
    "key", ["unquoted", '""', '"' + "a" * 256 + '"', '"a', '"a"b"', '"a\\b"', '"é"', '"\t"', ""]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_malformed_key_is_a_400(town, method, key):
    headers = {
        **town.authorization,
        "Idempotency-Key": key.encode("utf-8"),
        "If-Match": '"a"',
        "Content-Type": "application/json",
    }
    answer = requests.request(
        method, town.service_url(new_id()), headers=headers, data=b"{}", timeout=TIMEOUT
    )
    assert answer.status_code == 400


def test_a_missing_key_is_a_400(town):
    assert put(town, without=["Idempotency-Key"]).status_code == 400


@pytest.mark.parametrize(
    ("header", "key"),
    [('"' + "a" * 255 + '"', "a" * 255), ('" "', " "), (r'"a\"b\\c"', r'a"b\c')],
)
def test_the_key_is_the_string_inside_the_quotes(town, header, key):
    assert put(town, headers={"Idempotency-Key": header}).json()["key"] == key


# One fault a step of the contract's order, from the first judged to the last.
STEPS = {
    "nobody": 401,
    "other town": 403,
    "too large": 413,
    "coded": 415,
    "no key": 400,
    "reused key": 422,
    "no condition": 428,
    "bad condition": 400,
    "stale": 412,
    "no json": 400,
    "bad field": 422,
}


@given(st.sets(st.sampled_from(sorted(STEPS))))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_of_several_faults_the_first_in_the_order_is_said(towns_in_order, faults):
    town, other_siren, tag = towns_in_order
    headers = {
        **town.authorization,
        "Content-Type": "application/json",
        "Idempotency-Key": new_key(),
        "If-None-Match": "*",
    }
    siren, service_id, data = town.siren, new_id(), json.dumps(a_service()).encode()
    if "nobody" in faults:
        del headers["Authorization"]
    if "other town" in faults:
        siren = other_siren
    if "bad field" in faults:
        data = json.dumps(a_service(title="")).encode()
    if "no json" in faults:
        data = b"{"
    if "too large" in faults:
        data += b" " * 1024 * 1024
    if "coded" in faults:
        headers["Content-Encoding"] = "gzip"
    if "reused key" in faults:
        headers["Idempotency-Key"] = '"used before"'
    if "stale" in faults:
        del headers["If-None-Match"]
        headers["If-Match"] = tag
    if "bad condition" in faults:
        headers["If-Match"] = "*"
    if "no condition" in faults:
        headers.pop("If-None-Match", None)
        headers.pop("If-Match", None)
    if "no key" in faults:
        del headers["Idempotency-Key"]
    answer = town.session.put(
        f"{town.registry.base_url}authorities/{siren}/services/{service_id}",
        data=data,
        headers=headers,
        timeout=TIMEOUT,
    )
    first = next((status for fault, status in STEPS.items() if fault in faults), 201)
    assert answer.status_code == first
    if first == 422:
        assert problem_type(answer) == ("/key-reused" if "reused key" in faults else "")


@pytest.fixture(scope="module")
def towns_in_order(new_town):
    town, other = new_town(), new_town()
    tag = town.create(new_id(), key='"used before"').json()["etag"]
    return town, other.siren, tag


@pytest.mark.parametrize("path", ["", "nothing", "authorities", "authorities/900000001/nothing"])
def test_an_address_that_leads_nowhere_says_nothing_about_any_service(registry, path):
    answer = requests.get(registry.base_url + path, timeout=TIMEOUT)
    assert answer.status_code == 404
    assert problem_type(answer) == ""


def test_another_host_is_refused(registry):
    answer = requests.get(
        registry.base_url + "editions", headers={"Host": "example.org"}, timeout=TIMEOUT
    )
    assert answer.status_code == 400


def raw(registry, *chunks: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", registry.port), timeout=TIMEOUT) as connection:
        for chunk in chunks:
            connection.sendall(chunk)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while block := connection.recv(65536):
            received += block
    return received


def test_a_body_cut_on_its_way_is_not_judged_and_its_key_stays_free(town):
    service_id = town.create(new_id()).json()["id"]
    body = json.dumps(a_service()).encode()
    head = (
        f"PUT /api/v1/authorities/{town.siren}/services/{service_id} HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: Bearer {town.token}\r\n"
        'Idempotency-Key: "cut"\r\nIf-None-Match: *\r\nContent-Type: application/json\r\n'
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    assert raw(town.registry, head, body[:100]).startswith(b"HTTP/1.1 400")
    # Were the cut request stored with its 412, this one would be a reuse of its key.
    whole = town.create(service_id, key='"cut"')
    assert whole.status_code == 412
    assert "Idempotency-Replayed" not in whole.headers


def test_a_body_of_unknown_length_is_refused_and_the_connection_closed(town):
    head = (
        f"PUT /api/v1/authorities/{town.siren}/services/{new_id()} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ).encode()
    answer = raw(town.registry, head)
    assert answer.startswith(b"HTTP/1.1 411")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("lengths", [["-1"], ["a"], ["2", "3"]])
def test_a_length_that_is_none_is_refused_and_the_connection_closed(registry, lengths):
    head = "GET /api/v1/editions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += "".join(f"Content-Length: {length}\r\n" for length in lengths)
    answer = raw(registry, (head + "\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_connection_is_kept_after_a_refusal_and_a_head(town):
    connection = HTTPConnection("127.0.0.1", town.registry.port, timeout=TIMEOUT)
    first_socket, path = None, f"/api/v1/authorities/{town.siren}"
    for method, target, body, status in [
        ("PUT", f"{path}/services/{new_id()}", b"x" * 2_000_000, 413),
        ("HEAD", path, None, 200),
        ("GET", f"{path}/nothing", None, 404),
        ("GET", path, None, 200),
    ]:
        connection.request(method, target, body, town.authorization)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        assert connection.sock is not None
        first_socket = first_socket or connection.sock
        assert connection.sock is first_socket
    connection.close()
