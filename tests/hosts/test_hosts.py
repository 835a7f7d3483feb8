"""Beside hosts that are not the demo: no migration of ours appears, public pages stay public."""

import pytest

from .host import ROOT, Host

MIGRATIONS = ROOT / "wagtail_villes_internet" / "migrations"


def opened(settings: str, factory) -> Host:
    host = Host(factory.mktemp("hosts") / settings, settings)
    before = sorted(MIGRATIONS.iterdir())
    host.open()
    assert sorted(MIGRATIONS.iterdir()) == before, "a host wrote a migration into the package"
    return host


@pytest.fixture(scope="module")
def own_pictures(tmp_path_factory) -> Host:
    return opened("own_pictures", tmp_path_factory)


@pytest.fixture(scope="module")
def members_only(tmp_path_factory) -> Host:
    return opened("members_only", tmp_path_factory)


@pytest.fixture(params=["own_pictures", "members_only"])
def host(request) -> Host:
    return request.getfixturevalue(request.param)


def test_the_host_has_nothing_to_migrate_that_is_not_its_own(host):
    assert host.manage("makemigrations", "--check", "--dry-run") == "No changes detected\n"


def test_the_host_is_told_of_no_fault(host):
    assert "no issues" in host.manage("check", "--fail-level=WARNING")


def test_residents_read_its_pages_without_an_account(host):
    language = "/fr" if host.settings == "members_only" else ""
    home = f"{language}/"

    page = host.visit(home)[home]

    assert page["status"] == 200
    assert 'data-vi-level="5"' in page["body"]
    assert "data-vi-history" in page["body"]


def test_what_the_host_keeps_to_its_members_asks_for_an_account(members_only):
    answer = members_only.visit("/fr/minutes/")["/fr/minutes/"]

    assert answer["status"] == 302
    assert answer["location"].startswith("/admin/login/")


def test_the_badge_speaks_the_language_of_the_address(members_only):
    answers = members_only.visit("/fr/", "/en/")

    assert "5 arobases sur 5" in answers["/fr/"]["body"]
    assert "5 arobases sur 5" not in answers["/en/"]["body"]
    assert "out of 5" in answers["/en/"]["body"]


def test_the_drawing_of_the_badge_is_for_everybody_and_depends_on_its_address_alone(host):
    languages = ["/fr", "/en"] if host.settings == "members_only" else [""]
    addresses = [f"{prefix}/villes-internet/badge.svg" for prefix in languages]

    answers = host.visit(*addresses)

    assert [answers[address]["status"] for address in addresses] == [200] * len(addresses)
    assert "5 arobases sur 5" in answers[addresses[0]]["body"]
    if host.settings == "own_pictures":  # Django 5.2 reads the session before it asks who may pass
        assert all("Cookie" not in answer["vary"] for answer in answers.values())
    if len(addresses) == 2:
        assert "out of 5" in answers[addresses[1]]["body"]
