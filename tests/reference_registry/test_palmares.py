"""The lists of past editions, page by page."""

import csv
import io
import json
from pathlib import Path

import pytest
import requests
from django.core.management import call_command
from django.test import override_settings

from tests.processes import MANAGE, RegistryProcess
from wagtail_villes_internet.labels.palmares.models import PalmaresRow
from wagtail_villes_internet.registry.errors import NotKnown
from wagtail_villes_internet.registry.http import HttpRegistry

from .town import TIMEOUT, problem_type

pytestmark = pytest.mark.processes
LISTED = MANAGE.parent / "data" / "palmares.csv"


def read(registry: RegistryProcess, year: object, **params: object) -> requests.Response:
    url = f"{registry.base_url}palmares/{year}"
    return requests.get(url, params=params, timeout=TIMEOUT)


def pages(registry: RegistryProcess, year: int, limit: int) -> list[dict]:
    found = [read(registry, year, limit=limit).json()]
    while cursor := found[-1]["next"]:
        found.append(read(registry, year, limit=limit, cursor=cursor).json())
    return found


@pytest.fixture
def own_registry(tmp_path: Path):
    """A registry whose lists a test may change."""
    with RegistryProcess(tmp_path) as registry:
        yield registry


def test_an_item_says_who_won_what(registry):
    page = read(registry, 2024).json()

    assert set(page) == {"items", "next", "total", "complete", "etag"}
    assert page["complete"] is False
    [lunel] = [item for item in page["items"] if item["authority"]["name"] == "Lunel"]
    assert lunel == {
        "id": "213401458-2024",
        "edition": 2024,
        "standing": "labelled",
        "level": 5,
        "distinctions": [],
        "source_url": "https://www.herault-tribune.com/articles/"
        "lunel-label-ville-internet-lunel-est-digitalisee-mais-soucieuse-de-rester-humanisee/",
        "authority": {
            "siren": "213401458", "insee": "34145", "name": "Lunel", "place": "Hérault",
        },
    }  # fmt: skip


def test_an_authority_without_number_is_listed_all_the_same(registry):
    items = read(registry, 2006).json()["items"]

    [bromont] = [item["authority"] for item in items if item["authority"]["name"] == "Bromont"]
    assert bromont == {"siren": None, "insee": None, "name": "Bromont", "place": "Québec (Canada)"}


@pytest.mark.parametrize("limit", [1, 7, 22, 500])
def test_pages_hold_each_line_once_in_order(registry, limit):
    found = pages(registry, 2023, limit)

    ids = [item["id"] for page in found for item in page["items"]]
    assert ids == sorted(set(ids))
    assert len(ids) == found[0]["total"] == 22
    assert all(len(page["items"]) == limit for page in found[:-1])


def test_the_lists_are_those_of_the_press_up_to_2024(registry):
    with LISTED.open(encoding="utf-8", newline="") as file:
        rows = [(int(row["edition"]), row["name"]) for row in csv.DictReader(file)]

    told = [
        (item["edition"], item["authority"]["name"])
        for year in {year for year, _name in rows}
        for item in read(registry, year, limit=500).json()["items"]
    ]
    assert sorted(told) == sorted(rows)
    assert max(rows)[0] == 2024


def test_an_edition_without_a_line_is_an_empty_list(registry):
    page = read(registry, 2010).json()

    assert (page["items"], page["next"], page["total"]) == ([], None, 0)


@pytest.mark.parametrize("year", [1999, 2009, "abcd", "20240", "२०२४"])
def test_an_edition_nobody_knows(registry, year):
    answer = read(registry, year)

    assert answer.status_code == 404
    assert problem_type(answer) == "/not-known"


@pytest.mark.parametrize("cursor", ["x", "YWZ0ZXIg", "bm90aGluZw=="])
def test_a_cursor_of_another_registry(registry, cursor):
    assert read(registry, 2024, cursor=cursor).status_code == 400


def test_an_award_that_is_published_or_withdrawn_is_in_its_list(own_registry):
    before = read(own_registry, 2024).json()

    own_registry.agent("add-award", own_registry.siren, 2021, "--level", 2)
    [added] = read(own_registry, 2021).json()["items"]
    own_registry.agent("add-award", own_registry.siren, 2024, "--level", 4)
    changed = read(own_registry, 2024).json()
    own_registry.agent("withdraw-award", own_registry.siren, f"{own_registry.siren}-2024")
    gone = read(own_registry, 2024).json()

    assert (added["level"], added["authority"]["name"]) == (2, "Lunel")
    assert changed["total"] == before["total"]
    assert [item["level"] for item in changed["items"] if item["id"].startswith("213401458")] == [4]
    assert gone["total"] == before["total"] - 1
    assert len({page["etag"] for page in (before, changed, gone)}) == 3


def test_what_has_not_changed_is_not_sent_again(registry):
    tag = read(registry, 2024).json()["etag"]
    url = f"{registry.base_url}palmares/2024"

    again = requests.get(url, headers={"If-None-Match": tag}, timeout=TIMEOUT)

    assert again.status_code == 304


def test_the_client_reads_it_to_the_end(registry):
    with HttpRegistry({"url": registry.base_url}) as client:
        client_pages = list(client.palmares(2023))
        with pytest.raises(NotKnown):
            list(client.palmares(1999))

    assert sum(len(page.items) for page in client_pages) == 22


@pytest.mark.django_db
def test_the_command_imports_it(registry):
    backend = {
        "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
        "OPTIONS": {"url": registry.base_url},
    }
    out = io.StringIO()
    arguments = ["--registry", "2024", "--format", "json"]
    # « CA de Lisieux » is in no table: it is reported, and kept as it was printed.
    with (
        override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY": backend}),
        pytest.raises(SystemExit),
    ):
        call_command("villes_internet_import_palmares", *arguments, stdout=out)

    said = json.loads(out.getvalue())
    assert (said["added"], said["unmatched"], PalmaresRow.objects.count()) == (16, 1, 16)
    assert PalmaresRow.objects.get(name="Lunel").siren == "213401458"
