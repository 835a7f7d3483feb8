"""Idempotency keys: a write sent again has its first answer, and no second effect."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .town import TIMEOUT, a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes


def state(town) -> tuple[int, list]:
    return town.get().json()["sequence"], town.feed().json()["items"]


def assert_replayed(first: requests.Response, again: requests.Response) -> None:
    assert again.status_code == first.status_code
    assert again.json() == first.json()
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_a_creation_sent_again_has_its_first_answer(town):
    service_id, key = new_id(), new_key()
    first = town.create(service_id, key=key)
    before = state(town)
    assert_replayed(first, town.create(service_id, key=key))
    assert state(town) == before


def test_a_replacement_sent_again_has_its_first_answer_even_after_other_writes(town):
    created, key, body = town.create(new_id()).json(), new_key(), a_service(title="B")
    first = town.replace(created["id"], created["etag"], body, key=key)
    town.replace(created["id"], first.json()["etag"], a_service(title="C"))
    before = state(town)
    assert_replayed(first, town.replace(created["id"], created["etag"], body, key=key))
    assert state(town) == before


def test_a_withdrawal_sent_again_has_its_first_answer_even_after_a_re_creation(town):
    created, key = town.create(new_id()).json(), new_key()
    first = town.withdraw(created["id"], created["etag"], key=key)
    town.create(created["id"])
    assert_replayed(first, town.withdraw(created["id"], created["etag"], key=key))
    assert town.read(created["id"]).status_code == 200


def test_a_late_copy_of_a_refused_creation_does_not_re_create_what_was_withdrawn(town):
    created, key = town.create(new_id()).json(), new_key()
    first = town.create(created["id"], key=key)
    assert first.status_code == 412
    town.withdraw(created["id"], created["etag"])
    assert_replayed(first, town.create(created["id"], key=key))
    assert town.read(created["id"]).status_code == 410


def test_the_same_json_value_is_the_same_request(town):
    service_id, key = new_id(), new_key()
    first = town.create(service_id, key=key)
    respelled = json.dumps(dict(reversed(a_service().items())), indent=2, ensure_ascii=False)
    again = town.request(
        "PUT",
        town.service_url(service_id),
        {"If-None-Match": "*", "Idempotency-Key": key, "Content-Type": "application/json"},
        data=respelled.encode("utf-8"),
    )
    assert_replayed(first, again)


def test_a_known_key_for_another_request_is_a_422(town):
    service_id, key = new_id(), new_key()
    created = town.create(service_id, key=key).json()
    before = state(town)
    others = [
        town.create(service_id, a_service(title="Autre"), key=key),
        town.create(new_id(), key=key),
        town.create("malformed", key=key),
        town.replace(service_id, created["etag"], key=key),
        town.withdraw(service_id, created["etag"], key=key),
        town.write("PUT", service_id, {}, key=key),
        town.write("PUT", service_id, {"If-Match": "*"}, key=key),
        town.write("PUT", service_id, {"If-None-Match": "*"}, {"not": "a service"}, key=key),
    ]
    for answer in others:
        assert answer.status_code == 422
        assert problem_type(answer) == "/key-reused"
        assert answer.json()["epoch"] == created["epoch"]
    assert state(town) == before


def test_what_changed_nothing_leaves_its_key_free(town):
    key = new_key()
    refusals = [
        (town.create(new_id(), a_service(title=""), key=key), 422),
        (town.create(new_id(), a_service(reference_services=["x"]), key=key), 422),
        (town.write("PUT", new_id(), {}, key=key), 428),
        (town.write("PUT", new_id(), {"If-Match": "*"}, key=key), 400),
        (town.replace(new_id(), '"a"', key=key), 412),
        (town.withdraw(new_id(), '"a"', key=key), 404),
    ]
    for answer, status in refusals:
        assert answer.status_code == status
        assert "Idempotency-Replayed" not in answer.headers
    assert town.create(new_id(), key=key).status_code == 201


def test_two_towns_may_use_one_key(new_town):
    service_id, key = new_id(), new_key()
    for town in (new_town(), new_town()):
        answer = town.create(service_id, key=key)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers


def test_every_one_of_the_last_fifty_keys_of_a_service_is_known(town):
    service_id, keys = new_id(), [new_key() for _ in range(51)]
    tags, answers = [None], []
    for number, key in enumerate(keys):
        body = a_service(title=f"Titre {number}")
        answer = (
            town.replace(service_id, tags[-1], body, key=key)
            if number
            else town.create(service_id, body, key=key)
        )
        answers.append(answer)
        tags.append(answer.json()["etag"])
    for number in range(1, 51):
        again = town.replace(
            service_id, tags[number], a_service(title=f"Titre {number}"), key=keys[number]
        )
        assert_replayed(answers[number], again)


def test_keys_are_kept_thirty_days_and_forgotten_after(registry, town):
    recent, old = (new_id(), new_key()), (new_id(), new_key())
    for service_id, key in (recent, old):
        assert town.create(service_id, key=key).status_code == 201
    age(registry, old[1], days=31)
    age(registry, recent[1], days=29)
    registry.agent("prune")
    assert "Idempotency-Replayed" in town.create(recent[0], key=recent[1]).headers
    forgotten = town.create(old[0], key=old[1])
    assert forgotten.status_code == 412
    assert "Idempotency-Replayed" not in forgotten.headers


def age(registry, key: str, *, days: int) -> None:
    """Time passes for one stored answer."""
    with sqlite3.connect(registry.database, timeout=TIMEOUT) as connection:
        connection.execute(
            "UPDATE registry_storedanswer SET stored_at = datetime(stored_at, ?) WHERE key = ?",
            [f"-{days} days", key.strip('"')],
        )
    connection.close()


def test_copies_of_one_write_that_arrive_together_have_one_effect(town):
    service_id, key = new_id(), new_key()
    answers = together(8, lambda _: town.create(service_id, key=key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert town.get().json()["sequence"] == 1


def test_of_writes_that_cross_one_wins_and_none_is_lost(town):
    created = town.create(new_id()).json()
    answers = together(
        8, lambda number: town.replace(created["id"], created["etag"], a_service(title=f"{number}"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert town.read(created["id"]).json() == winner
    assert {answer.json()["etag"] for answer in answers} == {winner["etag"]}


def together(count: int, send) -> list[requests.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))
