"""`POST authorities/{siren}/services/batch`, over HTTP."""

import json

import pytest
import requests

from tests.processes import RegistryProcess

from .town import Town, a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes


def send(town: Town, operations: object, **options: object) -> requests.Response:
    return town.request(
        "POST", town.url("/services/batch"), json={"operations": operations}, **options
    )


def put(service_id: object, if_match: object = None, **changes: object) -> dict[str, object]:
    return {
        "op": "put",
        "key": new_key().strip('"'),
        "id": service_id,
        "if_match": if_match,
        "body": a_service(),
        **changes,
    }


def delete(service_id: object, if_match: object, **changes: object) -> dict[str, object]:
    return {
        "op": "delete",
        "key": new_key().strip('"'),
        "id": service_id,
        "if_match": if_match,
        **changes,
    }


def test_each_operation_is_answered_as_if_sent_alone(town):
    first, second = new_id(), new_id()
    here = town.create(first).json()
    answer = send(town, [put(first, here["etag"]), put(second), delete(new_id(), '"x"')])

    assert answer.status_code == 200
    assert answer.json()["epoch"] == here["epoch"]
    replaced, created, unknown = answer.json()["results"]
    now = town.read(first).json()
    assert replaced == {
        "id": first,
        "status": 200,
        "etag": now["etag"],
        "hash": now["hash"],
        "problem": None,
        "replayed": False,
    }
    assert (created["id"], created["status"]) == (second, 201)
    assert (unknown["status"], unknown["etag"], unknown["hash"]) == (404, None, None)
    assert unknown["problem"]["type"].endswith("/service-unknown")
    assert "retry_after" not in unknown


def test_a_key_is_one_key_alone_or_in_a_batch(town):
    service_id, key = new_id(), new_key()
    alone = town.create(service_id, key=key).json()
    operation = put(service_id, key=key.strip('"'))

    again = send(town, [operation]).json()["results"][0]
    other = send(town, [{**operation, "body": a_service(title="Autre")}]).json()["results"][0]

    assert again == {
        "id": service_id,
        "status": 201,
        "etag": alone["etag"],
        "hash": alone["hash"],
        "problem": None,
        "replayed": True,
    }
    assert other["status"] == 422
    assert other["problem"]["type"].endswith("/key-reused")


def test_what_went_in_a_batch_is_known_alone(town):
    made = put(new_id())
    result = send(town, [made]).json()["results"][0]
    gone = delete(made["id"], result["etag"])
    send(town, [gone])

    again = town.create(made["id"], made["body"], key=f'"{made["key"]}"')
    withdrawn = town.withdraw(gone["id"], gone["if_match"], key=f'"{gone["key"]}"')

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["etag"] == result["etag"]
    assert withdrawn.headers["Idempotency-Replayed"] == "true"
    assert withdrawn.json()["deleted"] is True


def test_numbers_beyond_any_computer_are_judged_as_they_are_alone(town):
    """`1e400` is JSON; that it is no title is the judge's word, alone and in a batch."""
    body = json.dumps(a_service(title="@")).replace('"@"', "1e400")
    alone = town.request(
        "PUT",
        town.service_url(new_id()),
        {"If-None-Match": "*", "Idempotency-Key": new_key(), "Content-Type": "application/json"},
        data=body,
    )
    operation = json.dumps(put(new_id(), body="@")).replace('"@"', body)
    batch = town.request(
        "POST",
        town.url("/services/batch"),
        {"Content-Type": "application/json"},
        data=f'{{"operations": [{operation}]}}',
    )

    assert alone.status_code == 422
    result = batch.json()["results"][0]
    assert result["status"] == 422
    assert result["problem"]["errors"] == alone.json()["errors"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (put(new_id(), key=""), 400),
        (put(new_id(), key="é"), 400),
        (put(new_id(), key="x" * 256), 400),
        (put(new_id(), key=None), 400),
        (put(new_id(), key=7), 400),
        (put("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), 400),
        (put(None), 400),
        (put(7), 400),
        (put([]), 400),
        (put(new_id(), "*"), 400),
        (put(new_id(), 'W/"a"'), 400),
        (put(new_id(), '"a", "b"'), 400),
        (put(new_id(), 7), 400),
        (delete(new_id(), {}), 400),
        (delete(new_id(), None), 428),
        (put(new_id(), '"a"'), 412),
        (put(new_id(), body=None), 422),
        (put(new_id(), body=[]), 422),
    ],
)
def test_a_fault_of_one_operation_is_its_own(town, operation, status):
    good = put(new_id())
    refused, done = send(town, [operation, good]).json()["results"]

    assert refused["id"] == operation["id"]
    assert (refused["status"], refused["problem"]["status"]) == (status, status)
    assert (refused["etag"], refused["hash"], refused["replayed"]) == (None, None, False)
    assert done["status"] == 201


SHARED = new_id()


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        [],
        {"operations": None},
        {"operations": {}},
        {"operations": [], "more": 1},
        {"operations": [put(new_id()), None]},
        {"operations": [put(new_id()), {}]},
        {"operations": [put(new_id()), put(new_id(), op="post")]},
        {"operations": [put(new_id()), put(new_id(), op=["put"])]},
        {"operations": [put(new_id()), put(new_id(), more=1)]},
        {"operations": [put(new_id()), delete(new_id(), '"a"', body=None)]},
        {"operations": [put(new_id()), {**delete(new_id(), '"a"'), "op": "put"}]},
        {"operations": [put(SHARED), put(SHARED)]},
        {"operations": [put(7), put(7.0)]},
    ],
)
def test_an_envelope_of_another_shape_does_nothing(town, envelope):
    answer = town.request("POST", town.url("/services/batch"), json=envelope)

    assert answer.status_code == 400
    assert problem_type(answer) == ""
    assert town.get().json()["sequence"] == 0
    assert answer.json()["epoch"] == town.epoch()


@pytest.mark.parametrize("octets", [b"", b"{", b'{"operations": [], "operations": []}', b"\xff"])
def test_what_is_not_json_does_nothing(town, octets):
    answer = town.request(
        "POST", town.url("/services/batch"), {"Content-Type": "application/json"}, data=octets
    )

    assert answer.status_code == 400


def test_a_hundred_operations_and_no_more(town):
    most = [delete(new_id(), '"a"') for _ in range(100)]
    assert len(send(town, most).json()["results"]) == 100

    more = send(town, [*most, put(new_id())])
    assert more.status_code == 413
    assert town.get().json()["sequence"] == 0


def test_a_mebibyte_and_no_more(town):
    operations = [put(new_id())]
    text = json.dumps({"operations": operations}).encode()
    headers = {"Content-Type": "application/json"}
    url = town.url("/services/batch")

    full = town.request("POST", url, headers, data=text.ljust(1024 * 1024))
    too_large = town.request("POST", url, headers, data=text.ljust(1024 * 1024 + 1))

    assert full.json()["results"][0]["status"] == 201
    assert too_large.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}],
)
def test_another_type_or_coding_is_refused(town, headers):
    given = {"Content-Type": "application/json", **headers}
    answer = town.request("POST", town.url("/services/batch"), given, data=b'{"operations":[]}')

    assert answer.status_code == 415


def test_no_operation_no_result(town):
    answer = send(town, [])
    assert answer.status_code == 200
    assert answer.json() == {"results": [], "epoch": town.epoch()}


def test_a_batch_needs_its_town_s_token(town, registry, session):
    stranger = Town(registry, RegistryProcess.siren, town.token, session)
    nobody = Town(registry, town.siren, "not-a-token", session)

    assert send(stranger, [put(new_id())]).status_code == 403
    assert send(nobody, [put(new_id())]).status_code == 401


def test_precondition_and_key_headers_are_not_looked_at(town):
    headers = {"If-Match": '"x"', "Idempotency-Key": "no quotes"}
    answer = send(town, [put(new_id())], headers=headers)

    assert answer.json()["results"][0]["status"] == 201
