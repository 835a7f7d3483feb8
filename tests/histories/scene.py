"""What a history takes place in: the site and its clock, the far side, the wire between them, and
what is noted of all that for `invariants`."""

import logging
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone

from wagtail_villes_internet.declared.bodies import bodies_of
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import RemoteEdition, Tagged
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import clock
from wagtail_villes_internet.sync.differences import Difference
from wagtail_villes_internet.sync.models import Declaration, Link, Registry
from wagtail_villes_internet.sync.runner import Result

from .far_side import FarSide
from .mortal import new_pids
from .wire import ADDRESS, Wire

logger = logging.getLogger("wagtail_villes_internet")

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BETWEEN_RUNS = timedelta(minutes=1)
# Longer than any back-off, and than any `Retry-After` that is kept.
PAST_BACK_OFF = timedelta(hours=25)
KEYS_ARE_KEPT = timedelta(days=30)
SERVICES = 3
MOST_SERVICES = 5
FIELDS = ("title", "summary", "public", "started_on", "ended_on")
YEAR = 2027
EDITION = RemoteEdition(YEAR, 28, None, None, None, None, None, "open")
SETTINGS = {"REGISTRY_TOKENS": f"{__name__}.token_of", "INSTANCE": "lunel"}
# Wagtail's own, which index what is published.
NO_WORKER = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


class Clock:
    """One time for the database, for Wagtail and for the test; it never stands still."""

    def __init__(self) -> None:
        self.time = BEGINNING

    def __call__(self) -> datetime:
        self.forward(timedelta(milliseconds=1))
        return self.time

    def forward(self, delay: timedelta) -> None:
        self.time += delay


class Secrets:
    """The token of the town, as the settings give it, and all there ever were."""

    current = ""
    all: list[str] = []

    @classmethod
    def new(cls) -> str:
        token = f"s3cr3t-of-the-town-{len(cls.all)}-9f8e7d"
        cls.all.append(token)
        return token


def token_of(siren: str) -> str | None:
    """What `REGISTRY_TOKENS` names."""
    return Secrets.current


class Heard(logging.Handler):
    """All that the package logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Scene:
    """`batches`: whether the registry takes many writes at once; `many`: how many withdrawals
    need nobody's confirmation; `alone`: nobody else writes, nor is anything restored."""

    def __init__(
        self, base: Any, *, batches: bool = True, many: int = 10, alone: bool = False
    ) -> None:
        self.alone = alone
        self.authority, self.user = base.authority, base.user
        self.patches = pytest.MonkeyPatch()
        self.clock = Clock()
        self.patches.setattr(clock, "now", self.clock)
        self.patches.setattr(timezone, "now", self.clock)
        self.patches.setattr("wagtail_villes_internet.sync.guard.MANY", many)
        self.guarded = many < SERVICES
        self.heard = Heard()
        self.heard.setFormatter(logging.Formatter("%(name)s %(message)s"))
        logger.addHandler(self.heard)
        self.level = logger.level
        logger.setLevel(logging.DEBUG)

        MemoryRegistry.forget_all()
        self.far = FarSide(self.is_settled)
        self.far.add_authority(self.siren)
        store, town = self.far.store, self.far.store.towns[self.siren]
        # The tags of what `Base` has read already.
        store.matrices[base.matrix.version] = Tagged(base.matrix, '"matrix"')
        store.matrix_version = base.matrix.version
        store.editions = Tagged((EDITION,), '"editions"')
        town.awards = Tagged((), '"awards"')

        self.settings = override_settings(WAGTAIL_VILLES_INTERNET=SETTINGS, TASKS=NO_WORKER)
        self.settings.enable()
        Secrets.all.clear()
        Secrets.current = Secrets.new()
        self.wire = Wire(self.far, {Secrets.current})
        self.backend = HttpRegistry({"url": ADDRESS})
        self.backend.transport.close()
        self.backend.transport = self.wire
        self.backend.supports_batch = batches
        self.pids = new_pids()

        # What was frozen, and the receipts there ever were: by version, and never less.
        self.frozen: dict[int, bytes] = {}
        self.received: dict[int, str] = {}
        # The tags of somebody else's dossiers that a person decided to replace.
        self.replaced: set[str] = set()
        # By version: how many times somebody had it filed again.
        self.filed_again: Counter[int] = Counter()
        self.closed = False
        self.backups: list[Any] = []
        # (id, field, value) on which an editor decided, having seen them.
        self.decided: set[tuple[str, str, str]] = set()
        self.looked_at: dict[str, Difference] = {}
        self.written = 0
        # Whether somebody else than the site wrote, or the registry went back.
        self.others_wrote = False
        self.result: Result | None = None
        self.died = 0
        self.leaks: list[str] = []
        self.content = self.contents()
        self._wanted: dict[str, dict[str, Any]] | None = None
        self.is_running = False
        # What changed the site's content, and was no editor.
        self.changed: list[str] = []

    def close(self) -> None:
        self.backend.close()
        self.settings.disable()
        self.patches.undo()
        logger.removeHandler(self.heard)
        logger.setLevel(self.level)
        MemoryRegistry.forget_all()

    # What there is.

    @property
    def siren(self) -> str:
        return self.authority.siren

    @property
    def registry(self) -> Registry:
        return Registry.objects.get()

    @property
    def link(self) -> Link | None:
        return Link.objects.filter(authority=self.authority).first()

    def slots(self) -> list[int]:
        """The numbers of the services there ever were."""
        known = {self.number(service.translation_key) for service in DigitalService.objects.all()}
        known |= {self.number(UUID(id)) for id in self.far.store.towns[self.siren].resources}
        return sorted(known)

    @staticmethod
    def key(number: int) -> UUID:
        return UUID(int=number + 1)

    @staticmethod
    def number(key: UUID) -> int:
        return key.int - 1

    def id(self, number: int) -> str:
        return str(self.key(number))

    def service(self, number: int) -> DigitalService | None:
        """The live row's service with its latest draft, as an editor opens it."""
        service = DigitalService.objects.filter(translation_key=self.key(number)).first()
        if service is None or service.latest_revision is None:
            return service
        return service.get_latest_revision_as_object()

    def wanted(self) -> dict[str, dict[str, Any]]:
        """What the site says, by id."""
        if self._wanted is None:
            ids = [self.id(number) for number in range(MOST_SERVICES)]
            bodies = bodies_of(self.authority, ids)
            self._wanted = {id: body.as_json() for id, body in bodies.items()}
        return self._wanted

    def there(self) -> dict[str, dict[str, Any]]:
        """What the registry says, by id."""
        return {id: item.body.as_json() for id, item in self.far.services(self.siren).items()}

    def rows(self) -> dict[str, Declaration]:
        return {row.remote_id: row for row in Declaration.objects.all()}

    def contents(self) -> list[Any]:
        """Everything that the site says, drafts included."""
        services = DigitalService.objects.order_by("pk")
        references = DigitalService.reference_services.through.objects.order_by("pk")
        return [list(services.values()), list(references.values())]

    def is_settled(self, id: str, field: str, value: Any) -> bool:
        return (id, field, repr(value)) in self.decided

    def edits(self) -> "Editing":
        """Around whatever an editor does."""
        return Editing(self)

    def value(self, field: str, who: str) -> Any:
        """A value that nobody wrote before, as far as the field allows. Some ends come before
        some beginnings."""
        self.written += 1
        n = self.written
        return {
            "title": f"{who} {n}",
            "summary": f"{who}, {n}",
            "public": bool(n % 2),
            "started_on": str(date(2024, 1, 1) + timedelta(days=n)),
            "ended_on": str(date(2023 + n % 3, 6, 1) + timedelta(days=n)),
        }[field]

    def _look_for_changes(self) -> None:
        if (now := self.contents()) != self.content:
            self.changed.append(f"{self.content} → {now}")
            self.content, self._wanted = now, None

    def _note_leaks(self, text: str) -> None:
        self.leaks += [text for token in Secrets.all if token in text]


class Editing:
    """What an editor does changes the content; whatever else changed it before did not do so in
    an editor's name."""

    def __init__(self, scene: "Scene") -> None:
        self.scene = scene

    def __enter__(self) -> None:
        if self.scene.is_running:
            self.scene._look_for_changes()

    def __exit__(self, *failure: object) -> None:
        self.scene.content, self.scene._wanted = self.scene.contents(), None
