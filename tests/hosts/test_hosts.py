"""Beside hosts that are not the demo: no migration of ours appears, public pages stay public."""

import pytest

from .host import ROOT, Host

MIGRATIONS = ROOT / "wagtail_villes_internet" / "migrations"


@pytest.fixture(scope="module", params=["own_pictures", "members_only"])
def host(request, tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("hosts") / request.param, request.param)
    before = sorted(MIGRATIONS.iterdir())
    host.open()
    assert sorted(MIGRATIONS.iterdir()) == before, "a host wrote a migration into the package"
    return host


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


class TestMembersOnly:
    @pytest.fixture(scope="class")
    def host(self, tmp_path_factory):
        host = Host(tmp_path_factory.mktemp("hosts") / "members", "members_only")
        host.open()
        return host

    def test_what_the_host_did_not_open_asks_for_an_account(self, host):
        answer = host.visit("/fr/minutes/")["/fr/minutes/"]

        assert answer["status"] == 302
        assert answer["location"].startswith("/admin/login/")

    def test_speaks_the_language_of_the_address(self, host):
        answers = host.visit("/fr/", "/en/")

        assert "5 arobases sur 5" in answers["/fr/"]["body"]
        assert "5 arobases sur 5" not in answers["/en/"]["body"]
