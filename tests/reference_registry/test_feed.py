"""Many services at once: the plain list and the feed of changes."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .town import Town, a_service, new_id, problem_type

pytestmark = pytest.mark.processes
calm = settings(derandomize=True, deadline=None, max_examples=12)


def declare(town, count: int) -> list[dict]:
    return [town.create(new_id(), a_service(title=f"Titre {n}")).json() for n in range(count)]


def without_epoch(members: dict) -> dict:
    return {name: value for name, value in members.items() if name != "epoch"}


def test_an_empty_list(town):
    members = town.get("/services").json()
    assert members == {
        "items": [],
        "next": None,
        "total": 0,
        "epoch": town.epoch(),
        "etag": members["etag"],
    }


def test_the_list_holds_the_current_services_by_id(town):
    declared = declare(town, 5)
    gone = declared.pop()
    town.withdraw(gone["id"], gone["etag"])
    members = town.get("/services").json()
    assert members["items"] == sorted(map(without_epoch, declared), key=lambda item: item["id"])
    assert members["total"] == 4
    assert members["next"] is None


def test_a_page_has_a_hundred_items_at_first_and_a_limit_may_be_asked(town):
    declare(town, 103)
    first = town.get("/services").json()
    assert (len(first["items"]), first["total"]) == (100, 103)
    second = town.get("/services", cursor=first["next"]).json()
    assert (len(second["items"]), second["next"], second["total"]) == (3, None, 103)
    assert len(town.get("/services", limit=103).json()["items"]) == 103
    assert town.get("/services", limit=103).json()["next"] is None
    assert len(town.get("/services", limit=10_000_000).json()["items"]) == 103
    assert len(town.feed().json()["items"]) == 100
    assert len(town.feed(limit=2).json()["items"]) == 2


def test_five_hundred_is_the_most(town):
    template = town.create(new_id()).json()
    copy_rows(town, template["id"], 501)
    for limit in (500, 501, 10**30):
        assert len(town.get("/services", limit=limit).json()["items"]) == 500
        assert len(town.feed(limit=limit).json()["items"]) == 500
    assert town.get("/services").json()["total"] == 502


def copy_rows(town, service_id: str, count: int) -> None:
    """More services than a test could declare one by one, put into the database."""
    with sqlite3.connect(town.registry.database, timeout=30) as connection:
        connection.executemany(
            "INSERT INTO registry_service (authority_id, service_id, fields, content_hash, tag,"
            " key, sequence, changed_at) SELECT authority_id, ?, fields, content_hash, ?, NULL,"
            " ?, changed_at FROM registry_service WHERE service_id = ?",
            [(new_id(), f'"{new_id()}"', number + 2, service_id) for number in range(count)],
        )
        connection.execute(
            "UPDATE registry_authority SET sequence = ? WHERE siren = ?", [count + 1, town.siren]
        )
    connection.close()


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "ten", "", "+1", "１", "1 "])
def test_a_limit_that_is_no_whole_number_from_one_is_a_400(town, limit):
    assert town.get("/services", limit=limit).status_code == 400
    assert town.feed(limit=limit).status_code == 400


@pytest.mark.parametrize("cursor", ["x", "é", "YWZ0ZXIgMQ==", "====", "bm90aGluZw=="])
def test_a_cursor_of_nobody_is_a_400(town, cursor):
    answer = town.get("/services", cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["epoch"] == town.epoch()


@pytest.fixture(scope="module")
def emptied_town(registry, session):
    """Lunel, without any service: for Hypothesis, which asks once an example."""

    def take() -> Town:
        town = Town(registry, registry.siren, registry.token, session)
        for item in all_current(town):
            town.withdraw(item["id"], item["etag"])
        return town

    return take


def all_current(town) -> list[dict]:
    return town.get("/services", limit=500).json()["items"]


@given(data=st.data(), limit=st.integers(1, 4), count=st.integers(0, 9))
@calm
def test_what_is_present_throughout_is_listed_once(emptied_town, data, limit, count):
    town = emptied_town()
    present = {item["id"]: item["etag"] for item in declare(town, count)}
    seen, cursor = [], None
    while True:
        page = town.get("/services", limit=limit, cursor=cursor).json()
        assert len(page["items"]) <= limit
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        town.create(new_id())
        if present and data.draw(st.booleans(), "one goes"):
            gone = data.draw(st.sampled_from(sorted(present)), "which")
            town.withdraw(gone, present.pop(gone))
    assert seen == sorted(set(seen))
    assert set(present) <= set(seen)


def test_an_empty_feed(town):
    members = town.feed().json()
    assert members == {
        "epoch": town.epoch(),
        "items": [],
        "sequence": 0,
        "more": False,
        "etag": members["etag"],
    }


def test_the_feed_shows_each_service_once_where_it_changed_last(town):
    first, second, third = declare(town, 3)
    changed = town.replace(first["id"], first["etag"], a_service(title="Changé")).json()
    withdrawn = town.withdraw(second["id"], second["etag"]).json()
    members = town.feed().json()
    assert members["items"] == [
        without_epoch(third),
        without_epoch(changed),
        without_epoch(withdrawn),
    ]
    assert (members["sequence"], members["more"]) == (5, False)


def test_the_feed_goes_on_from_a_sequence(town):
    declared, epoch = declare(town, 4), town.epoch()
    page = town.feed(1, epoch=epoch, limit=2).json()
    assert [item["sequence"] for item in page["items"]] == [2, 3]
    assert (page["sequence"], page["more"]) == (3, True)
    rest = town.feed(3, epoch=epoch, limit=2).json()
    assert rest["items"] == [without_epoch(declared[3])]
    assert (rest["sequence"], rest["more"]) == (4, False)
    assert town.feed(limit=4).json()["more"] is False
    nothing = town.feed(4, epoch=epoch).json()
    assert (nothing["items"], nothing["sequence"], nothing["more"]) == ([], 4, False)


def test_the_feed_has_no_cursor(town):
    declare(town, 2)
    assert "next" not in town.feed(limit=1).json()
    assert town.feed(cursor="not one of ours").status_code == 200


def test_from_zero_the_epoch_is_not_looked_at(town):
    assert town.feed(0, epoch="another").status_code == 200
    assert town.feed("000", epoch="another").status_code == 200


def test_from_elsewhere_the_epoch_is_needed(town):
    declare(town, 1)
    answer = town.feed(1)
    assert answer.status_code == 400
    assert answer.json()["epoch"] == town.epoch()


def test_a_place_that_cannot_be_followed_is_gone(town):
    declare(town, 2)
    epoch = town.epoch()
    for since, asked in ((1, new_id()), (1, ""), (3, epoch), (10**30, epoch)):
        answer = town.feed(since, epoch=asked)
        assert answer.status_code == 410
        assert problem_type(answer) == "/sequence-gone"
        assert answer.json()["epoch"] == epoch


@pytest.mark.parametrize("since", ["-1", "x", "", "1.0"])
def test_a_sequence_is_a_whole_number(town, since):
    assert town.feed(since, epoch=town.epoch()).status_code == 400


def test_tombstones_are_kept_until_they_are_pruned_and_their_readers_start_again(registry, town):
    first, second = declare(town, 2)
    town.withdraw(first["id"], first["etag"])
    kept = town.create(new_id()).json()
    registry.agent("prune")
    assert [item["sequence"] for item in town.feed().json()["items"]] == [2, 3, 4]

    before = town.feed().json()["etag"]
    registry.agent("prune", "--tombstones-older-than-days", 0)
    assert town.feed().json()["etag"] != before
    epoch = town.epoch()
    assert town.feed().json()["items"] == [without_epoch(second), without_epoch(kept)]
    assert problem_type(town.feed(2, epoch=epoch)) == "/sequence-gone"
    assert town.feed(3, epoch=epoch).json()["items"] == [without_epoch(kept)]
    assert problem_type(town.read(first["id"])) == "/service-unknown"
    again = town.create(first["id"])
    assert again.status_code == 201
    assert again.json()["sequence"] == 5
    assert again.json()["etag"] != first["etag"]


def test_a_feed_that_has_nothing_left_stays_where_its_reader_is(registry, town):
    [service] = declare(town, 1)
    town.withdraw(service["id"], service["etag"])
    registry.agent("prune", "--tombstones-older-than-days", 0)
    members = town.feed().json()
    assert (members["items"], members["sequence"], members["more"]) == ([], 0, False)


def test_a_page_has_a_tag_that_changes_with_the_services(town):
    service = declare(town, 1)[0]
    for params in ({}, {"since": 0}, {"since": 1, "epoch": town.epoch()}, {"limit": 1}):
        page = town.get("/services", **params)
        tag = page.json()["etag"]
        assert page.headers["ETag"] == tag
        assert not tag.startswith("W/")
        assert town.get("/services", {"If-None-Match": tag}, **params).status_code == 304
        service = town.replace(service["id"], service["etag"]).json()
        changed = town.get("/services", {"If-None-Match": tag}, **params)
        assert changed.status_code == 200
        assert changed.json()["etag"] != tag


def test_the_tag_of_a_page_never_returns_with_its_content(town):
    empty = town.get("/services").json()
    [service] = declare(town, 1)
    town.withdraw(service["id"], service["etag"])
    emptied = town.get("/services").json()
    assert emptied["items"] == empty["items"]
    assert emptied["etag"] != empty["etag"]


operations = st.lists(
    st.tuples(st.sampled_from(["create", "replace", "withdraw", "read"]), st.integers(0, 5)),
    max_size=25,
)


@given(operations=operations, limit=st.integers(1, 3))
@calm
def test_who_follows_the_feed_knows_what_the_list_knows(emptied_town, operations, limit):
    town = emptied_town()
    ids = [new_id() for _ in range(6)]
    current: dict[str, str] = {}
    followed: dict[str, dict] = {}
    since, epoch = 0, town.epoch()

    def read() -> bool:
        nonlocal since
        page = town.feed(since, epoch=epoch, limit=limit).json()
        assert [item["sequence"] for item in page["items"]] == sorted(
            {item["sequence"] for item in page["items"]}
        )
        for item in page["items"]:
            assert item["sequence"] > since
            if item.get("deleted"):
                followed.pop(item["id"], None)
            else:
                followed[item["id"]] = item
        since = page["sequence"]
        return page["more"]

    for operation, which in operations:
        service_id = ids[which]
        if operation == "read":
            read()
        elif operation == "create" and service_id not in current:
            current[service_id] = town.create(service_id).json()["etag"]
        elif operation == "replace" and service_id in current:
            current[service_id] = town.replace(service_id, current[service_id]).json()["etag"]
        elif operation == "withdraw" and service_id in current:
            town.withdraw(service_id, current.pop(service_id))
    while read():
        pass
    assert sorted(followed.values(), key=lambda item: item["id"]) == all_current(town)


def test_once_a_sequence_was_seen_nothing_below_it_appears(town):
    epoch = town.epoch()

    def write(_: int) -> None:
        for _ in range(10):
            assert town.create(new_id()).status_code == 201

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        since, seen = 0, []
        while len(seen) < 40 and not any(w.done() and w.exception() for w in writers):
            page = town.feed(since, epoch=epoch, limit=7).json()
            seen += [item["sequence"] for item in page["items"]]
            since = page["sequence"]
    assert seen == list(range(1, 41))
