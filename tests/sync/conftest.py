"""A town, and a registry in memory that it transmits to."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.models import Locale

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import (
    RemoteAxis,
    RemoteMatrix,
    RemoteReferenceService,
    RemoteTheme,
)
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import clock
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link, SyncRun
from wagtail_villes_internet.sync.runner import run

MEMORY = "wagtail_villes_internet.registry.memory.MemoryRegistry"


class Clock:
    """The database's clock, as the test says."""

    def __init__(self):
        self.now = timezone.now()

    def __call__(self):
        return self.now

    def forward(self, **delta):
        self.now += timedelta(**delta)


def site_matrix() -> RemoteMatrix:
    """The matrix bundled with the site, as a registry that knows it would publish it."""
    matrix = Matrix.objects.get(is_current=True)
    return RemoteMatrix(
        version=matrix.version,
        official=matrix.official,
        axes=tuple(
            RemoteAxis(
                axis.code,
                axis.label,
                tuple(
                    RemoteTheme(
                        theme.code,
                        theme.label,
                        tuple(
                            RemoteReferenceService(place.service.code, place.service.label, ())
                            for place in theme.placements.select_related("service")
                        ),
                    )
                    for theme in axis.themes.all()
                ),
            )
            for axis in matrix.axes.prefetch_related("themes")
        ),
    )


class Engine:
    """One town and its registry, with the words that tests need."""

    def __init__(self, registry: MemoryRegistry):
        self.authority = AuthorityFactory(name="Lunel")
        self.registry = registry
        self.registry.add_authority(self.siren)
        self.registry.set_matrix(site_matrix())

    @property
    def siren(self):
        return self.authority.siren

    def service(self, **fields):
        return DigitalServiceFactory(authority=self.authority, **fields)

    def services(self, count):
        """Many at once, which no search index has to be told of one by one."""
        locale = Locale.get_default()
        rows = DigitalService.objects.bulk_create(
            DigitalService(authority=self.authority, title=f"Parmi {count}", locale=locale)
            for _ in range(count)
        )
        placed = ReferenceService.objects.get(code="p-rdv-titres")
        attached = DigitalService.reference_services.through
        attached.objects.bulk_create(
            attached(digitalservice_id=row.pk, referenceservice_id=placed.pk) for row in rows
        )
        return rows

    def run(self, **kwargs):
        return run(self.authority, self.registry, **{"now": True, **kwargs})

    def requests(self):
        """The calls since the last time this was asked, without those that only read."""
        calls, self.registry.store.calls[:] = list(self.registry.store.calls), []
        return calls

    def there(self):
        """Titles at the registry, by id."""
        return {id: item.body.title for id, item in self.registry.services(self.siren).items()}

    def declaration(self, service) -> Declaration:
        return Declaration.objects.get(authority=self.authority, remote_id=service.remote_id)

    def state(self, service) -> str:
        return self.declaration(service).state

    @property
    def link(self) -> Link:
        return Link.objects.get(authority=self.authority)

    @property
    def attempts(self):
        return Attempt.objects.filter(declaration__authority=self.authority)

    @property
    def journal(self):
        return SyncRun.objects.filter(authority=self.authority)


def retitle(service, title: str) -> None:
    service.title = title
    service.save()


def body_of(service_at_registry) -> dict:
    return json.loads(json.dumps(service_at_registry.body.as_json()))


def in_french(text, **values):
    """A line as it is printed: with plain spaces, that a search in a log finds."""
    with translation.override("fr"):
        return (_(text) % values).replace("\N{NO-BREAK SPACE}", " ")


def everything():
    """Every row of every table of the package."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("wagtail_villes_internet").get_models()
    }


@pytest.fixture
def fixed_clock(monkeypatch):
    replaced = Clock()
    monkeypatch.setattr(clock, "now", replaced)
    return replaced


@pytest.fixture
def engine(db):
    MemoryRegistry.forget_all()
    yield Engine(MemoryRegistry())
    MemoryRegistry.forget_all()


@pytest.fixture
def configured(settings):
    def configure(backend=MEMORY, **settings_and_options):
        options = settings_and_options.pop("options", {})
        settings.WAGTAIL_VILLES_INTERNET = {
            "REGISTRY": {"BACKEND": backend, "OPTIONS": options},
            **settings_and_options,
        }

    return configure


@pytest.fixture
def town(engine, configured):
    configured()
    return engine


@pytest.fixture
def command(capsys):
    """Run a command of ours; returns its exit code, and what it said on each stream."""

    def call(name, *arguments):
        try:
            call_command(name, *arguments)
            code = 0
        except SystemExit as stopped:
            code = stopped.code
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return call
