"""A town, its editors, an agent of the registry and the network between: all that a history is
made of. What each does is plain code; what must hold is in `invariants`."""

import logging
import sys
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Expression, QuerySet
from django.test import override_settings
from django.utils import timezone
from wagtail.actions.unpublish import UnpublishAction

from tests.factories import AuthorityFactory, DigitalServiceFactory, UserFactory
from tests.sync.conftest import site_matrix
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import RemoteService, Tagged
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import clock, decisions
from wagtail_villes_internet.sync.declarations import State
from wagtail_villes_internet.sync.differences import Difference, Kind, difference
from wagtail_villes_internet.sync.errors import NotAsShown, NotSettled
from wagtail_villes_internet.sync.models import Declaration, Link, Registry
from wagtail_villes_internet.sync.runner import Result, run
from wagtail_villes_internet.sync.settling import (
    Choice,
    declare_again,
    settle,
    stop_counting,
    withdraw_as_well,
)
from wagtail_villes_internet.sync.wanted import bodies_of

from .far_side import ALL, FarSide
from .mortal import Killed, Process, new_pids, running
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
    """The token of the town, as the settings give it. `all` are those there ever were."""

    all: list[str] = []

    @classmethod
    def new(cls) -> str:
        token = f"s3cr3t-of-the-town-{len(cls.all)}-9f8e7d"
        cls.all.append(token)
        return token


def token_of(siren: str) -> str | None:
    """What `REGISTRY_TOKENS` names."""
    return Town.token


class Heard(logging.Handler):
    """All that the package logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Base:
    """What every history begins with: a town that has read its registry's matrix once."""

    def __init__(self) -> None:
        self.authority = AuthorityFactory(name="Lunel")
        self.user = UserFactory(is_superuser=True)
        self.matrix = site_matrix()
        town = Town(self)
        town.run()
        Link.objects.all().delete()
        assert Registry.objects.get().matrix_version
        town.close()


class Town:
    """`batches`: whether the registry takes many writes at once; `many`: how many withdrawals
    need nobody's confirmation; `alone`: nobody else writes, nor is anything restored."""

    token = ""

    def __init__(
        self, base: Base, *, batches: bool = True, many: int = 10, alone: bool = False
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
        store.editions = Tagged((), '"editions"')
        town.awards = Tagged((), '"awards"')

        self.settings = override_settings(WAGTAIL_VILLES_INTERNET=SETTINGS, TASKS=NO_WORKER)
        self.settings.enable()
        Secrets.all.clear()
        Town.token = Secrets.new()
        self.wire = Wire(self.far, {Town.token})
        self.backend = HttpRegistry({"url": ADDRESS})
        self.backend.transport.close()
        self.backend.transport = self.wire
        self.backend.supports_batch = batches
        self.pids = new_pids()

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

    # What editors do.

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

    def edit(self, number: int, field: str, *, how: str = "publish") -> None:
        """`how`: « publish », « draft » (kept for later), « bulk » (a script, past all signals)."""
        with self.edits():
            value = on_the_site(field, self.value(field, "Site"))
            if (service := self.service(number)) is None:
                service = self._new(number)
            if how == "bulk":
                DigitalService.objects.filter(pk=service.pk).update(**{field: value})
                return
            setattr(service, field, value)
            revision = service.save_revision(user=self.user)
            if how == "publish":
                revision.publish(user=self.user)

    def publish(self, number: int) -> None:
        """The draft as it is; what was taken away is put back under its id."""
        with self.edits():
            service = self.service(number) or self._new(number)
            service.go_live_at = service.expire_at = None
            service.save_revision(user=self.user).publish(user=self.user)

    def unpublish(self, number: int, *, by_a_person: bool = True) -> None:
        with self.edits():
            service = DigitalService.objects.filter(translation_key=self.key(number)).first()
            if service is not None and service.live:
                # As the views do it, having asked for the permission.
                action = UnpublishAction(service, user=self.user if by_a_person else None)
                action.execute(skip_permission_checks=True)

    def delete(self, number: int) -> None:
        with self.edits():
            DigitalService.objects.filter(translation_key=self.key(number)).delete()

    def count(self, number: int) -> None:
        """« Compter dans le dossier », on or off."""
        with self.edits():
            if service := self.service(number):
                service.counted = not service.counted
                service.save_revision(user=self.user).publish(user=self.user)

    def schedule(self, number: int, *, end: bool = False) -> None:
        """A publication, or the end of one, in an hour."""
        with self.edits():
            service = self.service(number) or self._new(number, live=False)
            when = self.clock() + timedelta(hours=1)
            service.title = self.value("title", "Site")
            service.go_live_at, service.expire_at = (None, when) if end else (when, None)
            service.save_revision(user=self.user).publish(user=self.user)

    def copy(self, number: int) -> None:
        """A copy has an id of its own."""
        new = max(self.slots(), default=0) + 1
        source = self.service(number)
        if source is None or new >= MOST_SERVICES:
            return
        with self.edits():
            copied = self._new(new, live=False, title=source.title, summary=source.summary)
            copied.save_revision(user=self.user).publish(user=self.user)

    def _new(self, number: int, **fields: Any) -> DigitalService:
        return DigitalServiceFactory(
            authority=self.authority,
            translation_key=self.key(number),
            **{"title": self.value("title", "Site"), **fields},
        )

    def wait(self, delay: timedelta) -> None:
        """Time passes, and what was scheduled happens."""
        self.clock.forward(delay)
        if delay > KEYS_ARE_KEPT:
            self.far.forget_keys()
            self.wire.late.clear()
        with self.edits():
            call_command("publish_scheduled", stdout=StringIO())

    # What editors decide on.

    def look(self, number: int) -> None:
        """Open the screen of what the two sides say differently, and decide later."""
        found = difference(self.authority, self.registry, self.id(number))
        if found is not None:
            self.looked_at[found.remote_id] = found

    def decide(self, number: int, fields: Collection[str], side: str) -> None:
        """For `side` in `fields`, for the other one where both changed the rest."""
        id = self.id(number)
        found = self.looked_at.pop(id, None) or difference(self.authority, self.registry, id)
        if found is None:
            return
        try:
            with self.edits(), transaction.atomic():
                self._decide(found, number, fields, side)
        except (NotSettled, NotAsShown):
            # Said to the editor, who looks again.
            return

    def _decide(self, found: Difference, number: int, fields: Collection[str], side: str) -> None:
        names = [field.name for field in found.fields]
        if found.kind is Kind.WITHDRAWN_THERE:
            decision = declare_again if side == Choice.MINE else stop_counting
            decision(*self._which(found), self.user, shown=found.shown)
            names = [ALL]
        elif found.kind is Kind.NOT_DECLARED_HERE:
            if side == Choice.THEIRS:
                return self.publish(number)
            withdraw_as_well(*self._which(found), self.user, shown=found.shown)
        else:
            chosen = {name: Choice(side) for name in names if name in fields}
            other = Choice.MINE if side == Choice.THEIRS else Choice.THEIRS
            chosen = {field.name: other for field in found.conflicts} | chosen
            settle(*self._which(found), chosen, self.user, shown=found.shown)
            names = list(chosen)
        theirs = found.theirs or {}
        self.decided |= {(found.remote_id, name, repr(theirs.get(name))) for name in names}

    def _which(self, found: Difference) -> tuple[Any, Registry, str]:
        return self.authority, self.registry, found.remote_id

    def confirm(self) -> None:
        """« The registry went back: send N again », and the withdrawals that were held."""
        for row in Declaration.objects.filter(decisions.WENT_BACK, state=State.HELD):
            shown = {ALL: None, **(row.remote or {})}
            self.decided |= {(row.remote_id, name, repr(value)) for name, value in shown.items()}
        decisions.send_again(self.authority, self.registry)
        decisions.confirm_withdrawals(self.authority, self.registry)

    def try_again(self) -> None:
        """What was refused or given up."""
        ids = [self.id(number) for number in range(MOST_SERVICES)]
        decisions.try_again(self.authority, self.registry)
        decisions.resume(self.authority, self.registry, ids)

    def give_up(self, number: int) -> None:
        decisions.give_up(self.authority, self.registry, [self.id(number)])

    # What the registry's people do, and what befalls it.

    def agent_edits(self, number: int, fields: Collection[str]) -> None:
        if (there := self._for_an_agent(number)) is None:
            return
        changes = {field: self.value(field, "Agent") for field in fields}
        start = changes.get("started_on", there.body.started_on)
        end = changes.get("ended_on", there.body.ended_on)
        if start and end and end < start:
            # The registry's own form refuses it.
            changes["ended_on"] = None
        self.far.agent_edit(self.siren, there.id, **changes)

    def agent_puts_back(self, number: int) -> None:
        """Somebody tries something, and undoes it: the content is the same, the tag is not."""
        if (there := self._for_an_agent(number)) is None:
            return
        authors = dict(self.far.authors[there.id])
        self.far.agent_edit(self.siren, there.id, title=self.value("title", "Agent"))
        self.far.agent_edit(self.siren, there.id, title=there.body.title)
        self.far.authors[there.id] = authors

    def agent_deletes(self, number: int) -> None:
        if (there := self._for_an_agent(number)) is None:
            return
        self.decided.discard((there.id, ALL, repr(None)))
        self.far.agent_delete(self.siren, there.id)

    def _for_an_agent(self, number: int) -> RemoteService | None:
        """What an agent is about to change; None where nothing is there, or no agent."""
        there = self.far.services(self.siren).get(self.id(number))
        if there is None or self.alone:
            return None
        self.others_wrote = True
        return there

    def back_up(self) -> None:
        self.backups.append(self.far.backup())

    def restore(self) -> None:
        if self.backups and not self.alone:
            self.others_wrote = True
            self.backups[-1]()

    def arrive_late(self, number: int) -> None:
        """A copy of an earlier request arrives."""
        if self.wire.late:
            self.wire.arrive(number)

    def revoke(self) -> None:
        """The registry takes a new token only."""
        self.wire.tokens = {Secrets.new()}

    def change_token(self) -> None:
        """The webmaster puts it into the settings."""
        (Town.token,) = self.wire.tokens

    # What a run does.

    def run(
        self,
        meet: Any = None,
        *,
        dies_at: int | None = None,
        elsewhere: bool = False,
        now: bool = False,
    ) -> None:
        """One run of the command. `meet` says what befalls each exchange; `dies_at`: before which
        statement the process is killed, on this machine or `elsewhere`, where nobody can tell."""
        self._agreed()
        self.clock.forward(BETWEEN_RUNS)
        process = Process(dies_at)
        self.wire.exchanges = 0
        meets, self.is_running = self.wire.meet, True
        self.wire.meet = lambda request: meet and meet(process, request)
        try:
            with running(process, self.patches, self.pids):
                self.result = run(self.authority, self.backend, now=now)
        except Killed as killed:
            self.died += 1
            self.result = None
            self._overhear(killed)
            if elsewhere:
                Link.objects.update(holder="another-machine 1")
        finally:
            self.wire.meet, self.is_running = meets, False
        if self.result is not None and self.result.error is not None:
            self._overhear(self.result.error)
        self._agreed()
        self._look_for_changes()

    def _agreed(self) -> None:
        wanted = self.wanted()
        for number in self.slots():
            self.far.agree(self.id(number), wanted.get(self.id(number)))

    def _look_for_changes(self) -> None:
        if (now := self.contents()) != self.content:
            self.changed.append(f"{self.content} → {now}")
            self.content, self._wanted = now, None

    def _overhear(self, error: BaseException | None) -> None:
        """All that a log or an error page would show of an error, the values of its frames
        included."""
        while error is not None:
            said = [str(error), repr(error), repr(vars(error))]
            trace = error.__traceback__
            while trace is not None:
                frame, trace = trace.tb_frame, trace.tb_next
                if f"{sys.modules[__package__].__path__[0]}" not in frame.f_code.co_filename:
                    said += map(shown, frame.f_locals.values())
            self._note_leaks("\n".join(said))
            error = error.__cause__ or error.__context__

    def _note_leaks(self, text: str) -> None:
        self.leaks += [text for token in Secrets.all if token in text]


class Editing:
    """What an editor does changes the content; whatever else changed it before did not do so in
    an editor's name."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def __enter__(self) -> None:
        if self.town.is_running:
            self.town._look_for_changes()

    def __exit__(self, *failure: object) -> None:
        self.town.content, self.town._wanted = self.town.contents(), None


def on_the_site(field: str, value: Any) -> Any:
    """A value of the contract as the site's model has it."""
    return date.fromisoformat(value) if value and field in ("started_on", "ended_on") else value


def shown(value: object) -> str:
    """As an error page would show it; nothing, where that takes a query."""
    return "" if isinstance(value, QuerySet | Expression) else repr(value)
