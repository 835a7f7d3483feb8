"""A town that transmits to the reference registry through a gateway that does its worst."""

import json
import logging
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.test import override_settings

from tests.blocks.pages import fetch, publish
from tests.factories import Town
from tests.processes import RegistryProcess
from tests.registry.hostile import HostileServer, answer, hostile
from tests.registry.worlds import sirens
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link, SyncRun
from wagtail_villes_internet.sync.runner import Result, run

from .gateway import Gateway, gateway_to

TOKEN = "token-{}"
# What an honest exchange may take on a busy machine.
ENOUGH = 20
MOST_OCTETS = 2_000_000
untouched = iter(sirens())


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    towns = [{"siren": siren, "name": siren, "token": TOKEN.format(siren)} for siren in sirens()]
    (folder / "towns.json").write_text(json.dumps(towns), encoding="utf-8")
    with RegistryProcess(folder) as registry:
        registry.agent("add-authorities", folder / "towns.json")
        yield registry


@dataclass
class Site:
    """A town that transmits through a gateway, the page it shows, and what was logged."""

    town: Town
    gateway: Gateway
    elsewhere: HostileServer
    page: object
    caplog: pytest.LogCaptureFixture

    @property
    def authority(self):
        return self.town.authority

    @property
    def token(self) -> str:
        return TOKEN.format(self.authority.siren)

    def run(self, *, deadline: float = ENOUGH) -> Result:
        """One run, whatever the back-off says."""
        options = {"url": self.gateway.url, "deadline": deadline, "max_bytes": MOST_OCTETS}
        with HttpRegistry(options) as backend:
            return run(self.authority, backend, now=True)

    def seen(self) -> str:
        """The public page, as a resident gets it."""
        return fetch(self.town, self.page)

    def declaration(self, service) -> Declaration:
        return Declaration.objects.get(authority=self.authority, remote_id=service.remote_id)

    @property
    def link(self) -> Link:
        return Link.objects.get(authority=self.authority)

    @property
    def journal(self):
        return SyncRun.objects.filter(authority=self.authority)

    def attempts(self) -> list[tuple]:
        """What must not change until it is answered."""
        rows = Attempt.objects.filter(declaration__authority=self.authority).order_by("pk")
        return list(rows.values_list("key", "operation", "body", "if_match", "answered_at"))

    def there(self) -> list[str]:
        """The titles that the registry itself holds, one a service."""
        answered = self.gateway.ask(
            "GET",
            f"authorities/{self.authority.siren}/services",
            {"Authorization": f"Bearer {self.token}"},
        )
        document = answered.json()
        return sorted(item["title"] for item in document["items"])

    def assert_no_token_is_anywhere(self) -> None:
        kept = [
            str(row)
            for model in apps.get_app_config("wagtail_villes_internet").get_models()
            for row in model.objects.values()
        ]
        assert not [row for row in kept if self.token in row]
        assert self.token not in self.caplog.text
        assert self.token not in self.seen()
        assert self.elsewhere.exchanges == [], "the token was sent to another host"


@pytest.fixture
def site(process, caplog):
    caplog.set_level(logging.DEBUG)
    town = Town(siren=next(untouched))
    page = publish(
        town,
        ("label_badge", {}),
        ("label_history", {}),
        ("services_by_theme", {}),
    )
    tokens = {town.authority.siren: TOKEN.format(town.authority.siren)}
    with (
        gateway_to(process.base_url) as gateway,
        hostile(answer(200, {})) as elsewhere,
        override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY_TOKENS": tokens}),
    ):
        site = Site(town, gateway, elsewhere, page, caplog)
        # What the registry knows of the label is read, so that pages have no reason to change.
        assert site.run().is_done
        gateway.asked.clear()
        yield site
