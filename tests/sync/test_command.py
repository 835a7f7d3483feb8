"""`villes_internet_sync`: one line, and an exit code that a crontab or a monitor understands."""

import json
from functools import partial

import pytest
from django.utils import translation

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.sync import lease

from .conftest import everything, in_french

HTTP = "wagtail_villes_internet.registry.http.HttpRegistry"


@pytest.fixture
def sync(command):
    return partial(command, "villes_internet_sync")


def test_without_a_registry_transmission_is_by_hand(sync, db):
    authority = AuthorityFactory()
    for _n in range(38):
        DigitalServiceFactory(authority=authority)
    assert sync() == (0, "transmission à la main : 38 à recopier", "")


def test_several_towns_are_told_apart(sync, db):
    AuthorityFactory(name="Lunel", department_name="Hérault")
    AuthorityFactory(name="Massy", department_name="Essonne")
    code, said, complaint = sync()
    assert (code, complaint) == (0, "")
    assert [line.split(")")[0] for line in said.splitlines()] == [
        "Lunel (Hérault",
        "Massy (Essonne",
    ]


def test_a_town_without_a_siren_is_by_hand_even_with_a_registry(sync, town):
    AuthorityFactory(name="Sans numéro", siren=None)
    code, said, _err = sync()
    assert code == 0
    assert in_french("transmission by hand: %(n)d to copy", n=0) in said


def test_what_was_transmitted_is_said(sync, town):
    town.service()
    code, said, complaint = sync()
    assert (code, complaint) == (0, "")
    assert said == in_french(
        "%(declared)d transmitted, %(withdrawn)d withdrawn, nothing is left.",
        declared=1,
        withdrawn=0,
    )
    assert sync()[:2] == (0, in_french("nothing to transmit"))


def test_what_is_to_complete_is_said(sync, town):
    town.service(references=[])
    code, said, _err = sync()
    assert code == 0
    assert in_french("(to complete, declared to nobody: %(n)d)", n=1) in said


def test_a_registry_that_does_not_answer_is_one_line_and_exit_1(sync, town):
    town.service()
    town.registry.fail_next(errors.Unreachable())
    code, said, complaint = sync()
    assert (code, said) == (1, "")
    with translation.override("fr"):
        assert complaint == str(errors.Unreachable())

    assert sync("--now")[0] == 0
    assert len(town.there()) == 1


def test_what_waits_for_a_person_is_exit_1(sync, town):
    service = town.service()
    sync()
    town.registry.agent_delete(town.siren, service.remote_id)
    code, _said, complaint = sync()
    assert code == 1
    assert len(complaint.splitlines()) == 1
    assert "1" in complaint


def test_one_town_that_fails_does_not_stop_the_others(sync, town):
    AuthorityFactory(name="Abeilhan")  # before Lunel, and unknown to the registry
    town.service()
    code, said, complaint = sync()
    assert code == 1
    assert complaint.startswith("Abeilhan")
    assert said.startswith("Lunel")
    assert len(town.there()) == 1


def test_a_town_that_breaks_does_not_stop_the_others(sync, town, monkeypatch, caplog):
    broken = AuthorityFactory(name="Abeilhan")
    summary = MemoryRegistry.summary
    monkeypatch.setattr(
        MemoryRegistry,
        "summary",
        lambda self, siren: 1 / 0 if siren == broken.siren else summary(self, siren),
    )
    town.service()
    code, _said, complaint = sync()
    assert code == 1
    assert complaint.startswith("Abeilhan")
    assert len(town.there()) == 1
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("number", ["siren", "insee"])
def test_one_town_can_be_named(sync, town, number):
    AuthorityFactory()
    town.service()
    code, said, complaint = sync("--authority", getattr(town.authority, number))
    assert (code, complaint) == (0, "")
    assert len(said.splitlines()) == 1
    assert len(town.there()) == 1


def test_an_unknown_town_is_misconfigured(sync, town):
    code, said, complaint = sync("--authority", "999999999")
    assert (code, said) == (2, "")
    assert "999999999" in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (HTTP, {"url": "http://registre.example/api/v1/"}),
        (HTTP, {}),
        (HTTP, {"url": "https://registre.example/", "timeout": "long"}),
        ("nowhere.Registry", {}),
        ("pathlib.Path", {}),
        ("malformed", {}),
    ],
)
def test_bad_settings_are_one_line_and_exit_2(sync, configured, db, backend, options):
    DigitalServiceFactory()
    configured(backend, options=options)
    code, said, complaint = sync()
    assert (code, said) == (2, "")
    assert len(complaint.splitlines()) == 1


def test_a_missing_token_is_misconfigured_and_asks_nobody(sync, configured, db):
    authority = AuthorityFactory()
    configured(HTTP, options={"url": "https://registre.invalid/api/v1/"})
    code, _said, complaint = sync()
    assert code == 2
    assert authority.siren in complaint
    assert "REGISTRY_TOKENS" in complaint


def test_a_refused_token_is_tried_once_for_all_that_share_it(sync, town, configured):
    neighbour = AuthorityFactory()
    town.registry.add_authority(neighbour.siren)
    configured(REGISTRY_TOKENS={town.siren: "same", neighbour.siren: "same"})
    town.registry.fail_next(errors.Unauthorized())
    code, said, complaint = sync()
    assert (code, said) == (1, "")
    assert len(complaint.splitlines()) == 2
    assert [call[0] for call in town.requests()] == ["summary"]


def test_another_run_under_way_is_said(sync, town, monkeypatch):
    town.service()
    sync()
    monkeypatch.setattr(lease, "PATIENCE", lease.DURATION * 0)
    lease.take(town.link.pk)
    code, _said, complaint = sync()
    assert code == 1
    assert complaint


def test_a_dry_run_writes_nothing_and_asks_nobody(sync, town):
    new, changed, gone = (town.service(title=title) for title in ("Ancien", "Changé", "Parti"))
    sync()
    town.requests()
    gone.unpublish()
    changed.title = "Changé depuis"
    changed.save()
    new = town.service(title="Nouveau")
    before = everything()

    code, said, complaint = sync("--dry-run")

    assert everything() == before
    assert town.requests() == []
    assert code == 1
    assert sorted(line.split(" ", 2)[::2] for line in said.splitlines()) == [
        ["*", "Changé depuis"],
        ["+", "Nouveau"],
        ["-", "Parti"],
    ]
    assert new.remote_id in said
    assert len(complaint.splitlines()) == 1


def test_a_dry_run_before_the_first_run_writes_nothing(sync, town):
    town.service()
    before = everything()
    code, said, _complaint = sync("--dry-run")
    assert everything() == before
    assert code == 1
    assert said.startswith("+ ")


def test_a_dry_run_of_what_is_done_is_exit_0(sync, town):
    town.service()
    sync()
    assert sync("--dry-run")[0] == 0


def test_figures_for_a_monitor(sync, town):
    town.service()
    code, said, complaint = sync("--format", "json")
    document = json.loads(said)
    (lunel,) = document["authorities"]
    assert (code, complaint, document["exit_code"]) == (0, "", 0)
    assert (lunel["siren"], lunel["name"]) == (town.siren, "Lunel")
    did = {"declared": 1, "withdrawn": 0, "filed": 0, "read": lunel["did"]["read"]}
    assert lunel["did"] == did
    assert (lunel["declared"], lunel["to_send"], lunel["conflicts"]) == (1, 0, 0)
    assert lunel["last_success_at"]

    town.registry.fail_next(errors.Unreachable())
    document = json.loads(sync("--format", "json")[1])
    assert document["exit_code"] == 1
    assert document["authorities"][0]["error"]
    assert document["authorities"][0]["failures"] == 1


def test_figures_of_a_misconfigured_site(sync, town):
    code, said, complaint = sync("--authority", "999999999", "--format", "json")
    assert code == json.loads(said)["exit_code"] == 2
    assert "999999999" in complaint


def test_a_site_without_any_town_has_nothing_to_do(sync, db):
    code, said, complaint = sync()
    assert (code, complaint) == (0, "")
    assert said


def test_what_is_said_is_in_the_language_of_the_site(sync, db, settings):
    AuthorityFactory()
    settings.LANGUAGE_CODE = "en"
    with translation.override("fr"):
        assert sync()[1] == "transmission by hand: 0 to copy"


def test_a_copy_of_the_database_is_misconfigured_until_it_is_adopted(sync, town, configured):
    configured(INSTANCE="production")
    sync()
    configured(INSTANCE="staging")
    town.service()
    code, said, complaint = sync()
    assert (code, said) == (2, "")
    assert "--adopt" in complaint
    assert sync("--adopt")[0] == 0
    assert len(town.there()) == 1


def test_many_withdrawals_wait_until_they_are_forced(sync, town):
    services = [town.service() for _ in range(15)]
    sync()
    for service in services:
        service.delete()
    code, _said, complaint = sync()
    assert code == 1
    assert "15" in complaint
    assert len(town.there()) == 15
    assert sync("--dry-run")[1].count("!") == 15

    assert sync("--force-withdraw")[0] == 0
    assert not town.there()
