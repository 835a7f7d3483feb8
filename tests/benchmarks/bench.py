"""A town's site and the reference registry, with what is counted between them."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.factories import AuthorityFactory
from tests.processes import RegistryProcess
from wagtail_villes_internet.authorities.models import LocalAuthority, VillesInternetSettings
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import models as sync
from wagtail_villes_internet.sync.runner import Result, run

CHUNK = 2_000
# As an editor writes: two paragraphs, a list, something bold, a link.
DESCRIPTION = (
    '<p data-block-key="a1b2c">Le service {n} se demande <b>en ligne</b>, à toute heure, et se suit'
    ' depuis <a href="https://www.ville.example/compte/">son compte</a>.</p>'
    '<ul><li data-block-key="d3e4f">au guichet de la mairie, du lundi au vendredi</li>'
    '<li data-block-key="g5h6i">par courrier &amp; par téléphone</li></ul>'
    '<p data-block-key="j7k8l">La réponse arrive <i>sous dix jours</i>.</p>'
)


def offer(authority: LocalAuthority, number: int) -> None:
    """Give `authority` that many live services, each with texts of the usual length."""
    references = list(ReferenceService.objects.order_by("pk"))
    attachments = DigitalService.reference_services.through
    locale = Locale.get_default()
    for start in range(0, number, CHUNK):
        services = DigitalService.objects.bulk_create(
            DigitalService(
                authority=authority,
                locale=locale,
                title=f"Service numérique {n} de la collectivité",
                summary=f"Ce que le service {n} permet aux habitants, en une phrase ou deux.",
                description=DESCRIPTION.format(n=n),
                url=f"https://www.ville.example/services/{n}",
                offline_alternative=f"au guichet {n % 7} de la mairie, du lundi au vendredi",
                audiences=["families", "youth"],
                interactions=["apply", "pay"],
            )
            for n in range(start, min(start + CHUNK, number))
        )
        attachments.objects.bulk_create(
            attachments(
                digitalservice_id=service.pk,
                referenceservice_id=references[service.pk % len(references)].pk,
            )
            for service in services
        )


def forget_everything_sent() -> None:
    """As if the site had never spoken to a registry."""
    for model in (sync.SyncRun, sync.Attempt, sync.Declaration, sync.Link, sync.Backoff):
        model.objects.all()._raw_delete(model.objects.db)
    sync.Registry.objects.all().delete()


def start_again() -> None:
    """No town, no service, nothing sent."""
    forget_everything_sent()
    DigitalService.reference_services.through.objects.all().delete()
    DigitalService.objects.all()._raw_delete(DigitalService.objects.db)
    VillesInternetSettings.objects.all().delete()
    LocalAuthority.objects.all().delete()


@dataclass
class Cost:
    """What one run cost here and at the registry; seconds, and counts."""

    result: Result
    seconds: float
    registry_seconds: float
    requests: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    @property
    def writes(self) -> int:
        return sum(not line.startswith("GET ") for line in self.requests)

    @property
    def transactions(self) -> int:
        return self.queries.count("COMMIT")


class Bench:
    """A site whose database is in a file, and a registry in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "registry"
        self.folder.mkdir()
        self.registry = RegistryProcess(self.folder)
        self.registry.prepare()
        self.empty = self.registry.database.read_bytes()
        call_command("migrate", verbosity=0)
        self.tokens: dict[str, str] = {RegistryProcess.siren: RegistryProcess.token}

    def town(self, name: str, number: int, *, siren: str = RegistryProcess.siren) -> LocalAuthority:
        authority = AuthorityFactory(name=name, siren=siren)
        offer(authority, number)
        return authority

    @contextmanager
    def fresh_registry(self) -> Iterator[RegistryProcess]:
        """The registry as it was at first, on the same address."""
        self.registry.stop()
        for leftover in self.folder.glob("registry.sqlite3*"):
            leftover.unlink()
        self.registry.database.write_bytes(self.empty)
        self.registry.log.unlink(missing_ok=True)
        self.registry.start()
        try:
            yield self.registry
        finally:
            self.registry.stop()

    def run(self, authority: LocalAuthority, *, counting: bool = False) -> Cost:
        """One run; `counting` its queries takes time, and is left out of what is timed."""
        told = len(self._lines())
        token_of = {"REGISTRY_TOKENS": self.tokens}
        with (
            override_settings(WAGTAIL_VILLES_INTERNET=token_of),
            HttpRegistry({"url": self.registry.base_url}) as backend,
        ):
            before, started = self.cpu_seconds(), time.perf_counter()
            if counting:
                with CaptureQueriesContext(connection) as captured:
                    result = run(authority, backend)
                queries = [query["sql"] for query in captured.captured_queries]
            else:
                result, queries = run(authority, backend), []
            seconds = time.perf_counter() - started
        return Cost(result, seconds, self.cpu_seconds() - before, self._lines()[told:], queries)

    def cpu_seconds(self) -> float:
        """What the registry's process has computed so far."""
        fields = Path(f"/proc/{self.registry.process.pid}/stat").read_text().rpartition(")")[2]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _lines(self) -> list[str]:
        """The requests in the registry's own log: method, path, status."""
        return [line.rsplit(" ", 2)[0] for line in self.registry.log.read_text().splitlines()]


def say(what: str, value: object, bar: str = "", *, holds: bool | None = None) -> bool:
    """One line of the report; returns whether the bar holds."""
    mark = {None: " ", True: "✓", False: "✗"}[holds]
    print(f"{mark} {what:<62} {value!s:>24}  {bar}".rstrip(), flush=True)
    return holds is not False


def median(values: list[float]) -> float:
    return statistics.median(values)
