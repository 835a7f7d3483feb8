"""What is one authority's is neither said, sent nor touched by a run for another.

The views have their own in `tests/desk/test_isolation`.
"""

import json
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.management import commands
from wagtail_villes_internet.management.by_authority import CommandByAuthority
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.sync import tasks
from wagtail_villes_internet.sync.models import Declaration, SyncRun
from wagtail_villes_internet.sync.runner import run

from .conftest import retitle

MEMORY = "wagtail_villes_internet.registry.memory.MemoryRegistry"
SECRET = "Ce que Béziers cache"
TOKEN = "token-of-beziers"
CALLS = [
    ["villes_internet_sync"],
    ["villes_internet_sync", "--dry-run"],
    ["villes_internet_sync", "--force-withdraw"],
    ["villes_internet_sync", "--adopt"],
    ["villes_internet_sync", "--now"],
    ["villes_internet_reconcile"],
    ["villes_internet_reconcile", "--repair"],
]
State = Declaration.State


@pytest.fixture
def beziers(engine, settings):
    """Another town at the same registry, with one of everything that is its own affair."""
    town = AuthorityFactory(name="Béziers")
    engine.registry.add_authority(town.siren)
    settings.WAGTAIL_VILLES_INTERNET = {
        "REGISTRY": {"BACKEND": MEMORY},
        "REGISTRY_TOKENS": {engine.siren: "token-of-lunel", town.siren: TOKEN},
    }
    conflict, proposal, gone, refused = (
        DigitalServiceFactory(authority=town, title=f"{SECRET} {n}") for n in range(4)
    )
    run(town, engine.registry)
    engine.registry.agent_edit(town.siren, conflict.remote_id, title=f"{SECRET}, là-bas")
    engine.registry.agent_edit(town.siren, proposal.remote_id, summary=SECRET)
    retitle(conflict, f"{SECRET}, ici")
    gone.delete()
    run(town, engine.registry)
    Declaration.objects.filter(remote_id=refused.remote_id).update(
        state=State.REJECTED, message=SECRET
    )
    refused.title = f"{SECRET}, brouillon"
    refused.save_revision()
    SyncRun.objects.create(
        authority=town,
        registry=Declaration.objects.first().registry,
        started_at=timezone.now(),
        outcome=SyncRun.Outcome.FAILED,
        message=SECRET,
    )
    states = Declaration.objects.filter(authority=town).values_list("state", flat=True)
    assert {State.CONFLICT, State.REJECTED, State.WITHDRAWN} <= set(states)
    return town


@pytest.fixture
def call(capsys):
    """Run a command; returns all that it said."""

    def call(*arguments: str) -> str:
        with suppress(SystemExit):
            call_command(*arguments)
        said = capsys.readouterr()
        return said.out + said.err

    return call


def rows_of(town) -> dict[str, list]:
    """Every row of the package that belongs to a town."""
    found = {}
    for model in apps.get_app_config("wagtail_villes_internet").get_models():
        fields = {field.name for field in model._meta.get_fields()}
        if "authority" in fields:
            found[model.__name__] = list(
                model.objects.filter(authority=town).order_by("pk").values()
            )
        elif "declaration" in fields:
            rows = model.objects.filter(declaration__authority=town)
            found[model.__name__] = list(rows.order_by("pk").values())
    return found


def test_every_command_that_goes_by_authority_is_tried_below():
    by_authority = {
        name
        for _finder, name, _is_package in iter_modules(commands.__path__)
        if issubclass(import_module(f"{commands.__name__}.{name}").Command, CommandByAuthority)
    }

    assert by_authority == {arguments[0] for arguments in CALLS}


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_a_command_for_one_town_says_and_does_nothing_of_another(
    engine, beziers, call, arguments, format
):
    engine.service(title="À Lunel")
    before = rows_of(beziers)
    assert before["Declaration"]
    assert before["Attempt"]
    engine.requests()

    said = call(*arguments, "--authority", engine.siren, "--format", format)

    assert SECRET not in said
    assert "Béziers" not in said
    assert beziers.siren not in said
    assert TOKEN not in said
    assert rows_of(beziers) == before
    assert not [asked for asked in engine.requests() if beziers.siren in asked]


def test_figures_of_all_towns_name_no_service(engine, beziers, call):
    engine.service(title="À Lunel")

    for arguments in (["villes_internet_sync"], ["villes_internet_sync", "--dry-run"]):
        said = call(*arguments, "--format", "json")

        assert len(json.loads(said)["authorities"]) == 2
        assert SECRET not in said
        assert "À Lunel" not in said


def test_a_worker_given_one_town_asks_for_no_other(engine, beziers):
    engine.service()
    before = rows_of(beziers)
    engine.requests()

    tasks.synchronise.call(engine.authority.pk)

    asked = engine.requests()
    assert engine.there()
    assert asked
    assert not [call for call in asked if beziers.siren in call]
    assert rows_of(beziers) == before


def test_a_town_that_is_refused_its_token_stops_no_other(engine, beziers, call):
    engine.service(title="À Lunel")
    engine.registry.fail_next(errors.Unauthorized())

    call("villes_internet_sync", "--authority", beziers.siren)
    call("villes_internet_sync", "--authority", engine.siren)

    assert list(engine.there().values()) == ["À Lunel"]
