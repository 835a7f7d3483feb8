"""What the association's staff changes, as towns see it."""

import pytest
from registry.jsontext import content_hash

from tests.processes import CommandFailed

from .town import a_service, new_id, problem_type

pytestmark = pytest.mark.processes


def test_an_edit_has_no_key_and_takes_a_sequence(registry, town):
    first = town.create(new_id()).json()
    registry.agent("edit", town.siren, first["id"], "--field", "title", "--value", "Corrigé")
    edited = town.read(first["id"]).json()
    assert edited["title"] == "Corrigé"
    assert edited["key"] is None
    assert edited["sequence"] == 2
    assert edited["etag"] != first["etag"]
    assert edited["hash"] == content_hash(a_service(title="Corrigé"))
    assert [item["title"] for item in town.feed(1, epoch=town.epoch()).json()["items"]] == [
        "Corrigé"
    ]
    assert town.replace(first["id"], first["etag"]).status_code == 412


def test_a_value_that_is_no_text_is_given_as_json(registry, town):
    first = town.create(new_id()).json()
    registry.agent(
        "edit", town.siren, first["id"], "--field", "audiences", "--value", '["elders"]', "--json"
    )
    assert town.read(first["id"]).json()["audiences"] == ["elders"]


def test_the_staff_follows_the_rules_of_the_contract_too(registry, town):
    first = town.create(new_id()).json()
    with pytest.raises(CommandFailed, match="/title required"):
        registry.agent("edit", town.siren, first["id"], "--field", "title", "--value", "")
    assert town.read(first["id"]).json() == first


def test_a_deletion_leaves_a_tombstone_without_key(registry, town):
    first = town.create(new_id()).json()
    registry.agent("delete", town.siren, first["id"])
    read = town.read(first["id"])
    assert problem_type(read) == "/service-withdrawn"
    assert (read.json()["key"], read.json()["sequence"]) == (None, 2)
    assert town.feed().json()["items"] == [
        {"id": first["id"], "deleted": True, "sequence": 2, "key": None}
    ]


def test_an_award_replaces_the_one_of_its_edition(registry, town):
    for level in (2, 3):
        registry.agent(
            "add-award", town.siren, 2023, "--level", level, "--source-url", "https://a.example/"
        )
    assert town.get("/awards").json()["items"] == [
        {
            "id": f"{town.siren}-2023",
            "edition": 2023,
            "standing": "labelled",
            "level": 3,
            "distinctions": [],
            "source_url": "https://a.example/",
        }
    ]


def test_an_award_may_have_no_level(registry, town):
    registry.agent("add-award", town.siren, 2021, "--standing", "level_unknown")
    [award] = town.get("/awards").json()["items"]
    assert (award["standing"], award["level"]) == ("level_unknown", None)
