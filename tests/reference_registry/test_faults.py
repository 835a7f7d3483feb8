"""Faults on demand: what a test of a client may have the registry do."""

import time

import pytest
import requests

from tests.processes import RegistryProcess

from .town import Town, new_id, new_key

pytestmark = pytest.mark.processes

HTML = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>"}


@pytest.fixture(scope="module")
def faulty(prepared_database, tmp_path_factory):
    registry = RegistryProcess(tmp_path_factory.mktemp("faulty"), faulty=True)
    registry.database.write_bytes(prepared_database.read_bytes())
    registry.start()
    yield registry
    registry.stop()


@pytest.fixture
def town(faulty):
    with requests.Session() as session:
        yield Town(faulty, faulty.siren, faulty.token, session)
    faulty.fail()


def test_an_answer_lost_before_anything_was_done(faulty, town):
    faulty.fail({"when": "before"})
    service_id, key = new_id(), new_key()

    with pytest.raises(requests.ConnectionError):
        town.create(service_id, key=key)
    assert town.read(service_id).status_code == 404
    assert "Idempotency-Replayed" not in town.create(service_id, key=key).headers


def test_an_answer_lost_after_all_was_done(faulty, town):
    faulty.fail({"when": "after"})
    service_id, key = new_id(), new_key()

    with pytest.raises(requests.ConnectionError):
        town.create(service_id, key=key)
    assert town.create(service_id, key=key).headers["Idempotency-Replayed"] == "true"


def test_the_answer_to_a_filing_lost_is_given_again_after_the_closing(faulty, town):
    faulty.agent("open-edition", 2040)
    faulty.fail({"method": "PUT", "path": "/dossiers/", "when": "after"})
    key = new_key()

    with pytest.raises(requests.ConnectionError):
        town.file(2040, key=key)
    faulty.agent("close-edition", 2040)
    again = town.file(2040, key=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert town.dossier(2040).json()["receipts"] == [again.json()["receipt"]]


def test_an_answer_of_somebody_else(faulty, town):
    busy = {"status": 503, "headers": {"Retry-After": "7"}}
    faulty.fail({"answer": busy}, {"answer": HTML}, {"answer": {"status": 404, "body": {"a": 1}}})

    answers = [town.get() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [503, 200, 404, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[1].text == "<html>"
    assert answers[2].json() == {"a": 1}


def test_another_s_answer_to_what_was_done(faulty, town):
    faulty.fail({"when": "after", "answer": {"status": 500}})
    service_id = new_id()

    assert town.create(service_id).status_code == 500
    assert town.read(service_id).status_code == 200


def test_a_late_answer(faulty, town):
    faulty.fail({"seconds": 0.3, "answer": "pass"})
    started = time.monotonic()

    assert town.get().status_code == 200
    assert time.monotonic() - started >= 0.3


def test_a_fault_is_met_by_those_it_is_meant_for_and_as_often(faulty, town):
    faulty.fail({"method": "PUT", "path": "/services/", "times": 2, "answer": {"status": 429}})

    assert town.get().status_code == 200
    assert [town.create(new_id()).status_code for _ in range(3)] == [429, 429, 201]


def test_nothing_fails_where_no_faults_are_named(registry, new_town):
    registry.fail({"answer": {"status": 500}, "times": 99})

    assert new_town().get().status_code == 200
