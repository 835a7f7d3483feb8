"""The registry is put back to a copy: a new epoch, and no tag that was ever used."""

import re
import sqlite3

import pytest

from tests.processes import MANAGE, CommandFailed, RegistryProcess

from .town import Town, a_service, new_id, new_key, problem_type

pytestmark = pytest.mark.processes
BACKUPS = MANAGE.parent / "backups.py"


@pytest.fixture
def registry(prepared_database, tmp_path):
    registry = RegistryProcess(tmp_path)
    registry.database.write_bytes(prepared_database.read_bytes())
    registry.start()
    yield registry
    registry.stop()


@pytest.fixture
def town(registry, session):
    return Town(registry, registry.siren, registry.token, session)


@pytest.fixture
def copy(registry, tmp_path):
    return tmp_path / "copy.sqlite3"


def tags(town: Town) -> dict[str, str]:
    """The tag of everything that has one."""
    summary = town.get().json()
    shared = {
        path: town.request("GET", town.registry.base_url + path).json()["etag"]
        for path in ("matrix", f"matrix/{summary['matrix_version']}", "editions", "palmares/2024")
    }
    services = {item["id"]: item["etag"] for item in town.feed().json()["items"]}
    filed = town.dossier(open_year(town)).json()
    services |= {"dossier": filed["etag"]} if "etag" in filed else {}
    lists = {path: town.get(path).json()["etag"] for path in ("", "/awards", "/services")}
    feed = {"feed": town.feed().json()["etag"]}
    said = {name: value for name, value in summary.items() if name.endswith("_etag")}
    return {**shared, **services, **lists, **feed, **said}


def open_year(town: Town) -> int:
    """The year of the demo's open edition."""
    items = town.request("GET", f"{town.registry.base_url}editions").json()["items"]
    return next(edition["year"] for edition in items if edition["state"] == "open")


def test_every_tag_that_is_kept_is_renewed():
    """Whoever adds a resource with a tag of its own adds it there too."""
    source = (MANAGE.parent / "models.py").read_text(encoding="utf-8")
    kept = set(re.findall(r"^    (\w*tag) = models", source, re.MULTILINE))
    renewed = re.search(r"^TAGS = \{(.*?)^\}", BACKUPS.read_text(encoding="utf-8"), re.M | re.S)[1]

    assert kept == set(re.findall(r'"(\w+)"', renewed))


def test_what_was_told_since_the_copy_is_untold(registry, town, copy):
    kept = town.create(new_id()).json()
    registry.backup(copy)
    changed = town.replace(kept["id"], kept["etag"], a_service(title="Autre")).json()
    lost = town.create(new_id()).json()
    epoch = registry.restore(copy)

    now = town.read(kept["id"]).json()
    assert (now["title"], now["hash"], now["sequence"]) == (
        kept["title"], kept["hash"], kept["sequence"],
    )  # fmt: skip
    assert now["epoch"] == epoch != kept["epoch"]
    assert problem_type(town.read(lost["id"])) == "/service-unknown"
    assert town.get().json()["sequence"] == kept["sequence"] < changed["sequence"]


def test_no_tag_is_used_twice(registry, town, copy):
    service = town.create(new_id()).json()
    before = tags(town)
    registry.backup(copy)
    town.replace(service["id"], service["etag"], a_service(title="Autre"))
    between = tags(town)
    registry.restore(copy)
    after = tags(town)

    assert set(after) == set(before)
    assert not set(after.values()) & {*before.values(), *between.values()}


def test_a_tag_from_before_opens_nothing(registry, town, copy):
    service = town.create(new_id()).json()
    registry.backup(copy)
    registry.restore(copy)

    assert town.replace(service["id"], service["etag"]).status_code == 412
    again = town.read(service["id"]).json()
    assert town.replace(service["id"], again["etag"]).status_code == 200


def test_the_feed_of_another_epoch_is_read_again(registry, town, copy):
    service = town.create(new_id()).json()
    registry.backup(copy)
    epoch = registry.restore(copy)

    gone = town.feed(service["sequence"], epoch=service["epoch"])
    assert problem_type(gone) == "/sequence-gone"
    assert gone.json()["epoch"] == epoch
    items = town.feed(0).json()["items"]
    assert [(item["id"], item["key"]) for item in items] == [(service["id"], service["key"])]


def test_a_key_of_before_the_copy_is_replayed_under_the_new_epoch(registry, town, copy):
    service_id, key = new_id(), new_key()
    first = town.create(service_id, key=key).json()
    registry.backup(copy)
    epoch = registry.restore(copy)

    again = town.create(service_id, key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == {**first, "epoch": epoch}


def test_a_key_since_the_copy_is_new_again(registry, town, copy):
    registry.backup(copy)
    service_id, key = new_id(), new_key()
    town.create(service_id, key=key)
    registry.restore(copy)

    again = town.create(service_id, key=key)
    assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, False)


def test_a_registry_is_restored_while_it_is_stopped(registry, town, copy):
    service = town.create(new_id()).json()
    registry.backup(copy)
    town.withdraw(service["id"], service["etag"])
    registry.stop()
    epoch = registry.restore(copy)
    registry.start()

    assert town.read(service["id"]).json()["epoch"] == epoch


def test_one_copy_serves_many_times_and_each_has_its_epoch(registry, town, copy):
    registry.backup(copy)
    octets = copy.read_bytes()
    epochs = {town.epoch(), registry.restore(copy), registry.restore(copy)}

    assert len(epochs) == 3
    assert copy.read_bytes() == octets


def test_a_copy_is_never_written_over(registry, copy):
    registry.backup(copy)
    with pytest.raises(CommandFailed, match="existe déjà"):
        registry.backup(copy)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100, "another"])
def test_what_is_no_copy_leaves_the_registry_alone(registry, town, copy, content):
    if content == "another":
        sqlite3.connect(copy).execute("CREATE TABLE t (a)").connection.close()
    elif content is not None:
        copy.write_bytes(content)
    before = town.get().json()
    with pytest.raises(CommandFailed, match="Retour impossible"):
        registry.restore(copy)

    assert town.get().json() == before


def test_dossiers_filed_since_the_copy_are_gone_and_may_be_filed_again(registry, town, copy):
    year = open_year(town)
    first = town.file(year, key='"k1"').json()
    registry.backup(copy)
    second = town.file(year, condition={"If-Match": first["etag"]}, key='"k2"').json()
    before = tags(town)
    registry.restore(copy)

    found = town.dossier(year).json()
    assert [receipt["key"] for receipt in found["receipts"]] == ["k1"]
    assert found["receipts"] == [first["receipt"]]
    assert found["etag"] not in (first["etag"], second["etag"])
    assert not set(before.values()) & set(tags(town).values())
    again = town.file(year, condition={"If-Match": found["etag"]}, key='"k2"').json()
    assert again["receipt"]["number"] not in (
        first["receipt"]["number"],
        second["receipt"]["number"],
    )
