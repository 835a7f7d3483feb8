"""What anybody may read, and what the demonstration knows at its first start."""

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from registry import campaign

from tests.processes import MANAGE, CommandFailed, RegistryProcess

from .town import TIMEOUT, Town, a_service, new_id, problem_type

pytestmark = pytest.mark.processes
PARIS = ZoneInfo("Europe/Paris")
MATRIX = MANAGE.parent / "data" / "matrix.json"


def read(registry: RegistryProcess, path: str, **headers: str) -> requests.Response:
    return requests.get(registry.base_url + path, headers=headers, timeout=TIMEOUT)


@pytest.fixture
def own_registry(tmp_path: Path):
    """A registry whose shared data a test may change."""
    with RegistryProcess(tmp_path) as registry:
        yield registry


@pytest.fixture
def lunel(registry, session) -> Town:
    return Town(registry, registry.siren, registry.token, session)


def test_the_matrix_has_the_shape_of_the_contract_and_no_note(registry):
    members = read(registry, "matrix").json()
    assert set(members) == {"version", "official", "axes", "etag"}
    assert (members["version"], members["official"]) == ("provisoire-1", False)
    source = json.loads(MATRIX.read_text(encoding="utf-8"))
    assert len(members["axes"]) == len(source["axes"]) == 4
    for axis, source_axis in zip(members["axes"], source["axes"], strict=True):
        assert set(axis) == {"code", "label", "themes"}
        for theme, source_theme in zip(axis["themes"], source_axis["themes"], strict=True):
            assert set(theme) == {"code", "label", "services"}
            assert theme["services"] == [
                {"code": service["code"], "label": service["label"], "replaces": []}
                for service in source_theme["services"]
            ]


def test_a_version_of_the_matrix_may_be_read(registry):
    current = read(registry, "matrix").json()
    version = read(registry, "matrix/provisoire-1").json()
    assert {**version, "etag": ""} == {**current, "etag": ""}


def test_a_version_that_is_not_known(registry):
    answer = read(registry, "matrix/2031")
    assert answer.status_code == 404
    assert problem_type(answer) == "/not-known"


@pytest.mark.parametrize("path", ["matrix", "matrix/provisoire-1", "editions"])
def test_what_is_shared_has_a_tag(registry, path):
    answer = read(registry, path)
    tag = answer.json()["etag"]
    assert answer.headers["ETag"] == tag
    assert read(registry, path, **{"If-None-Match": tag}).status_code == 304


def test_the_editions_are_those_that_are_established_up_to_2024(registry):
    items = read(registry, "editions").json()["items"]
    published = {item["year"]: item for item in items if item["state"] == "published"}
    assert sorted(published) == [2000, *range(2006, 2009), *range(2010, 2025)]
    assert published[2024] == {
        "year": 2024,
        "ordinal": 25,
        "opens_at": None,
        "closes_at": None,
        "ceremony_on": "2024-02-08",
        "place": "Paris, Assemblée nationale",
        "labelled_count": 241,
        "state": "published",
    }
    # Two sources, two days: none is kept. An ordinal that none states is not computed.
    assert (published[2014]["ceremony_on"], published[2013]["ordinal"]) == (None, None)
    # The ceremony of 2010 was held in 2009.
    assert published[2010]["ceremony_on"] == "2009-12-15"


def test_one_edition_is_open_and_says_that_its_dates_are_invented(registry):
    [item] = [i for i in read(registry, "editions").json()["items"] if i["state"] != "published"]
    today = datetime.now(PARIS).date()
    assert item["year"] == today.year + 1
    assert item["state"] == "open"
    assert item["place"] == "dates fictives (démonstration)"
    opens, closes = map(datetime.fromisoformat, (item["opens_at"], item["closes_at"]))
    assert opens.utcoffset() == opens.astimezone(PARIS).utcoffset()
    assert closes.astimezone(PARIS).time().isoformat() == "23:59:59"
    assert days_from(today, opens) in (-31, -30)
    assert days_from(today, closes) in (59, 60)
    assert (item["ceremony_on"], item["labelled_count"], item["ordinal"]) == (None, None, None)


def days_from(today: date, instant: datetime) -> int:
    return (instant.astimezone(PARIS).date() - today).days


def test_lunel_as_anybody_sees_it(lunel):
    members = requests.get(lunel.url(), timeout=TIMEOUT).json()
    assert members == {
        "siren": "213401458",
        "insee": "34145",
        "name": "Lunel",
        "kind": "commune",
        "url": "",
        "etag": members["etag"],
    }


def test_the_awards_of_lunel(lunel):
    members = lunel.get("/awards").json()
    assert [
        (item["edition"], item["standing"], item["level"], item["distinctions"])
        for item in members["items"]
    ] == [(2022, "labelled", 3, []), (2023, "labelled", 4, []), (2024, "labelled", 5, [])]
    sources = [item["source_url"] for item in members["items"]]
    assert sources[:2] == ["", ""]
    assert sources[2].startswith("https://www.herault-tribune.com/")
    assert len({item["id"] for item in members["items"]}) == 3
    assert set(members) == {"items", "etag"}


def test_a_town_without_award(town):
    assert town.get("/awards").json()["items"] == []


def test_a_token_is_told_what_may_have_changed(lunel):
    members = lunel.get().json()
    assert set(members) == {
        *("siren", "insee", "name", "kind", "url", "etag", "epoch", "sequence", "awards_etag"),
        *("dossiers_etag", "matrix_version", "matrix_etag", "editions_etag"),
    }
    assert members["matrix_version"] == "provisoire-1"
    assert members["matrix_etag"] == read(lunel.registry, "matrix").json()["etag"]
    assert members["editions_etag"] == read(lunel.registry, "editions").json()["etag"]
    assert members["awards_etag"] == lunel.get("/awards").json()["etag"]
    assert members["epoch"] == lunel.feed().json()["epoch"]
    assert members["sequence"] == lunel.feed().json()["sequence"]


def test_nothing_changed_costs_one_request_without_body(town):
    tag = town.get().json()["etag"]
    assert town.get(headers={"If-None-Match": tag}).status_code == 304
    town.create(new_id())
    assert town.get(headers={"If-None-Match": tag}).status_code == 200


def test_with_and_without_token_the_tag_is_another(lunel):
    answer = requests.get(lunel.url(), timeout=TIMEOUT)
    assert answer.headers["Vary"] == "Authorization"
    assert answer.json()["etag"] != lunel.get().json()["etag"]


def test_the_summary_changes_with_what_it_sums_up(own_registry, session, tmp_path):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)

    def change(*arguments: object) -> set[str]:
        before = town.get().json()
        own_registry.agent(*arguments)
        after = town.get().json()
        return {name for name in after if after[name] != before[name]}

    assert change("add-award", town.siren, 2019, "--level", 1) == {"awards_etag", "etag"}
    assert change("withdraw-award", town.siren, f"{town.siren}-2019") == {"awards_etag", "etag"}
    assert [item["edition"] for item in town.get("/awards").json()["items"]] == [2022, 2023, 2024]

    service = town.create(new_id()).json()
    edit = ("edit", town.siren, service["id"], "--field", "title", "--value", "Autre")
    assert change(*edit) == {"sequence", "etag"}

    corrected = json.loads(MATRIX.read_text(encoding="utf-8"))
    corrected["axes"][0]["label"] = "Démocratie"
    (tmp_path / "corrected.json").write_text(json.dumps(corrected), encoding="utf-8")
    assert change("publish-matrix", tmp_path / "corrected.json") == {"matrix_etag", "etag"}

    (tmp_path / "next.json").write_text(json.dumps({**corrected, "version": "2"}), encoding="utf-8")
    changed = change("publish-matrix", tmp_path / "next.json")
    assert changed == {"matrix_version", "matrix_etag", "etag"}
    assert read(own_registry, "matrix").json()["version"] == "2"
    assert read(own_registry, "matrix/provisoire-1").status_code == 200


def test_the_tag_of_the_matrix_never_returns_with_its_content(own_registry):
    tags = {"matrix": [], "matrix/provisoire-1": []}
    for _ in range(3):
        for path, seen in tags.items():
            seen.append(read(own_registry, path).json()["etag"])
        own_registry.agent("publish-matrix", MATRIX)
    for seen in tags.values():
        assert len(set(seen)) == 3


def test_codes_of_every_version_ever_published_are_known(own_registry, session, tmp_path):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)
    replacing = {"code": "s-1", "label": "Familles", "replaces": ["p-portail-familles"]}
    theme = {"code": "t", "label": "T", "services": [replacing]}
    matrix = {
        "version": "2030",
        "official": True,
        "axes": [{"code": "a", "label": "A", "themes": [theme]}],
    }
    (tmp_path / "new.json").write_text(json.dumps(matrix), encoding="utf-8")
    own_registry.agent("publish-matrix", tmp_path / "new.json")
    assert read(own_registry, "matrix").json()["axes"] == matrix["axes"]

    old_and_new = {"reference_services": ["p-portail-familles", "s-1"]}
    assert town.create(new_id(), a_service(**old_and_new)).status_code == 201
    unknown = town.create(new_id(), a_service(reference_services=["p-nothing"]))
    assert unknown.json()["matrix_version"] == "2030"


def test_loading_again_keeps_what_was_changed_since(own_registry, session):
    town = Town(own_registry, own_registry.siren, own_registry.token, session)
    own_registry.agent("withdraw-award", town.siren, f"{town.siren}-2022")
    own_registry.agent("add-award", town.siren, 2023, "--level", 2)
    town.create(new_id())
    before = [town.get().json(), town.get("/awards").json(), town.feed().json()]
    own_registry.manage("load_demo")
    own_registry.restart()
    assert [town.get().json(), town.get("/awards").json(), town.feed().json()] == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("add-award", "213401458", 2024, "--level", 6),
        ("add-award", "213401458", 2009, "--level", 1),
        ("add-award", "999999999", 2024, "--level", 1),
        ("withdraw-award", "213401458", "nothing"),
        ("edit", "213401458", "nothing", "--field", "title", "--value", "a"),
        ("delete", "213401458", "nothing"),
        ("publish-matrix", MANAGE),
        ("publish-matrix", "/nowhere.json"),
        ("issue-token", "again", "demo-token-lunel", "213401458"),
        ("retire-token", "nobody"),
    ],
)
def test_what_the_staff_may_not_do_is_said_in_one_line(registry, lunel, arguments):
    before = lunel.get().json()
    with pytest.raises(CommandFailed) as failed:
        registry.agent(*arguments)
    assert str(failed.value).strip().count("\n") == 0
    assert lunel.get().json() == before


def test_an_edition_goes_through_its_states_with_the_clock(own_registry):
    [item] = [i for i in read(own_registry, "editions").json()["items"] if i["state"] == "open"]
    first = read(own_registry, "editions").json()["etag"]
    now = datetime.now(PARIS).replace(microsecond=0)
    states = {}
    for state, opens, closes in [
        ("upcoming", now + timedelta(days=1), now + timedelta(days=2)),
        ("open", now - timedelta(days=1), now + timedelta(days=2)),
        ("closed", now - timedelta(days=2), now - timedelta(days=1)),
    ]:
        set_dates(own_registry, item["year"], opens, closes)
        answer = read(own_registry, "editions").json()
        [found] = [i for i in answer["items"] if i["year"] == item["year"]]
        assert found["state"] == state
        states[state] = answer["etag"]
    assert states["open"] == first
    assert len(set(states.values())) == 3


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-03-03T23:59:59.999999+01:00", "upcoming"),
        ("2026-03-04T00:00:00+01:00", "open"),
        ("2026-11-12T23:59:59+01:00", "open"),
        ("2026-11-12T22:59:59.999999+00:00", "open"),
        ("2026-11-13T00:00:00+01:00", "closed"),
    ],
)
def test_what_arrives_within_the_closing_second_is_in_time(now, state):
    opens, closes = "2026-03-04T00:00:00+01:00", "2026-11-12T23:59:59+01:00"
    now, opens, closes = map(datetime.fromisoformat, (now, opens, closes))
    assert campaign.state(now, opens, closes, published=False) == state
    assert campaign.state(now, opens, closes, published=True) == "published"


def test_an_edition_without_dates_is_to_come_and_one_without_end_stays_open():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert campaign.state(now, None, None, published=False) == "upcoming"
    assert campaign.state(now, now, None, published=False) == "open"


def set_dates(registry: RegistryProcess, year: int, opens: datetime, closes: datetime) -> None:
    """As if the clock had moved: only the dates, not the tag, which an editor would renew."""
    written = [when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") for when in (opens, closes)]
    with sqlite3.connect(registry.database, timeout=TIMEOUT) as connection:
        connection.execute(
            "UPDATE registry_edition SET opens_at = ?, closes_at = ? WHERE year = ?",
            [*written, year],
        )
    connection.close()
