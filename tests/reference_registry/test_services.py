"""One service: declared, replaced, withdrawn, declared again."""

import re
import uuid

import pytest
from registry.jsontext import content_hash

from .town import a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes

STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]+"')


def test_a_service_is_stored_as_it_was_sent(town):
    body = a_service(title="Fête « 2024 » : 🏛\nSuite", location=None, audiences=[])
    created = town.create(new_id(), body)
    assert created.status_code == 201
    members = created.json()
    read = town.read(members["id"]).json()
    assert read == members
    assert {name: read[name] for name in body} == body


def test_a_representation_is_one_flat_object(town):
    service_id, key = new_id(), new_key()
    members = town.create(service_id, key=key).json()
    assert set(members) == {*a_service(), "id", "etag", "hash", "key", "sequence", "epoch"}
    assert members["id"] == service_id
    assert members["hash"] == content_hash(a_service())
    assert members["key"] == key.strip('"')
    assert members["sequence"] == 1
    assert uuid.UUID(members["epoch"])
    assert STRONG_TAG.fullmatch(members["etag"])


def test_the_tag_of_a_write_is_in_the_body_only(town):
    created = town.create(new_id())
    assert "ETag" not in created.headers
    read = town.read(created.json()["id"])
    assert read.headers["ETag"] == read.json()["etag"] == created.json()["etag"]


def test_a_replacement_takes_the_place_of_what_was_there(town):
    first = town.create(new_id()).json()
    replaced = town.replace(first["id"], first["etag"], a_service(title="Portail"))
    assert replaced.status_code == 200
    assert replaced.json()["title"] == "Portail"
    assert replaced.json()["sequence"] == 2
    assert town.read(first["id"]).json() == replaced.json()


def test_a_withdrawal_leaves_a_tombstone(town):
    first, key = town.create(new_id()).json(), new_key()
    withdrawn = town.withdraw(first["id"], first["etag"], key=key)
    assert withdrawn.status_code == 200
    tombstone = {
        "id": first["id"],
        "deleted": True,
        "sequence": 2,
        "key": key.strip('"'),
    }
    assert withdrawn.json() == {**tombstone, "epoch": first["epoch"]}

    read = town.read(first["id"])
    assert read.status_code == 410
    assert problem_type(read) == "/service-withdrawn"
    assert tombstone.items() <= read.json().items()
    assert read.json()["epoch"] == first["epoch"]
    assert "etag" not in read.json()


def test_withdrawing_twice_is_a_410_with_the_tombstone(town):
    first = town.create(new_id()).json()
    withdrawn = town.withdraw(first["id"], first["etag"]).json()
    again = town.withdraw(first["id"], first["etag"])
    assert again.status_code == 410
    assert problem_type(again) == "/service-withdrawn"
    assert withdrawn.items() <= again.json().items()


def test_what_never_was_is_unknown(town):
    service_id = new_id()
    for answer in (town.read(service_id), town.withdraw(service_id, '"a"')):
        assert answer.status_code == 404
        assert problem_type(answer) == "/service-unknown"
        assert answer.json()["epoch"] == town.epoch()


def test_a_withdrawn_service_is_declared_again_by_creating_it(town):
    first = town.create(new_id()).json()
    town.withdraw(first["id"], first["etag"])
    assert town.replace(first["id"], first["etag"]).status_code == 412
    again = town.create(first["id"])
    assert again.status_code == 201
    assert again.json()["sequence"] == 3
    assert town.read(first["id"]).status_code == 200


def test_no_tag_is_ever_used_twice(town):
    service_id, body, other = new_id(), a_service(), a_service(title="Autre")
    tags = [town.create(service_id, body).json()["etag"]]
    for content in (other, body, body):
        tags.append(town.replace(service_id, tags[-1], content).json()["etag"])
    town.withdraw(service_id, tags[-1])
    again = town.create(service_id, body).json()
    tags.append(again["etag"])
    assert len(set(tags)) == 5
    assert not any(again["hash"] in tag for tag in tags)


@pytest.mark.parametrize(
    "malformed", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "1", "batch", "{uuid}", "a" * 36]
)
def test_an_id_in_another_form_is_refused_on_writes_and_unknown_on_reads(town, malformed):
    without_condition = town.write("PUT", malformed, {})
    for answer in (town.create(malformed), town.withdraw(malformed, '"a"'), without_condition):
        assert answer.status_code == 400
        assert answer.json()["epoch"] == town.epoch()
    assert town.read(malformed).status_code == 404
    assert problem_type(town.read(malformed)) == "/service-unknown"


def test_two_towns_may_use_one_id(new_town):
    service_id, one, other = new_id(), new_town(), new_town()
    one.create(service_id, a_service(title="Un"))
    assert other.read(service_id).status_code == 404
    assert other.create(service_id, a_service(title="Deux")).status_code == 201
    assert one.read(service_id).json()["title"] == "Un"


def test_a_stale_write_changes_nothing_and_says_the_current_tag(town):
    first = town.create(new_id()).json()
    second = town.replace(first["id"], first["etag"], a_service(title="B")).json()
    for stale in (
        town.replace(first["id"], first["etag"], a_service(title="C")),
        town.withdraw(first["id"], first["etag"]),
        town.create(first["id"], a_service(title="C")),
    ):
        assert stale.status_code == 412
        assert problem_type(stale) == ""
        assert stale.json()["etag"] == second["etag"]
    assert town.read(first["id"]).json() == second
    assert town.get().json()["sequence"] == 2


def test_replacing_what_is_not_there_is_a_412_without_tag(town):
    answer = town.replace(new_id(), '"a"')
    assert answer.status_code == 412
    assert "etag" not in answer.json()


def test_a_write_without_condition_is_a_428(town):
    first = town.create(new_id()).json()
    assert town.write("PUT", first["id"], {}).status_code == 428
    assert town.write("DELETE", first["id"], {}).status_code == 428
    # A withdrawal creates nothing: this is no condition for it.
    assert town.write("DELETE", first["id"], {"If-None-Match": "*"}).status_code == 428


@pytest.mark.parametrize(
    "condition",
    [
        {"If-Match": "*"},
        {"If-Match": 'W/"a"'},
        {"If-Match": '"a", "b"'},
        {"If-Match": '"a","b"'},
        {"If-Match": "a"},
        {"If-Match": '"a'},
        {"If-Match": ""},
        {"If-Match": '"a"x'},
        {"If-Match": '"a"', "If-None-Match": "*"},
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_malformed_condition_is_a_400(town, method, condition):
    first = town.create(new_id()).json()
    assert town.write(method, first["id"], condition).status_code == 400
    assert town.read(first["id"]).json() == first


@pytest.mark.parametrize("given", ['"a"', "", 'W/"a"', "*, *"])
def test_creating_has_one_form(town, given):
    assert town.write("PUT", new_id(), {"If-None-Match": given}).status_code == 400


def test_a_tag_with_a_comma_is_one_tag(town):
    first = town.create(new_id()).json()
    assert town.replace(first["id"], '"a,b"').status_code == 412


def test_if_none_match_spares_the_body(town):
    first = town.create(new_id()).json()
    for known in (first["etag"], f"W/{first['etag']}", f'"other", {first["etag"]}', "*"):
        answer = town.get(f"/services/{first['id']}", {"If-None-Match": known})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["ETag"] == first["etag"]
    assert town.get(f"/services/{first['id']}", {"If-None-Match": '"other"'}).status_code == 200


def test_head_says_what_get_says_without_the_body(town):
    first = town.create(new_id()).json()
    answer = town.request("HEAD", town.service_url(first["id"]))
    assert answer.status_code == 200
    assert answer.headers["ETag"] == first["etag"]
    assert answer.content == b""


@pytest.mark.parametrize("method", ["POST", "PATCH", "OPTIONS"])
def test_another_method_is_a_405(town, method):
    answer = town.request(method, town.service_url(new_id()))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, PUT, DELETE"
    assert answer.json()["epoch"] == town.epoch()
