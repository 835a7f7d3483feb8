"""What the editors of the town do and decide, and what the registry's people do."""

from collections.abc import Collection
from contextlib import suppress
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import transaction
from wagtail.actions.unpublish import UnpublishAction

from tests.factories import DigitalServiceFactory
from wagtail_villes_internet.dossiers.drafting import open_dossier
from wagtail_villes_internet.dossiers.errors import NothingToFile
from wagtail_villes_internet.dossiers.models import Dossier, Filing
from wagtail_villes_internet.registry.canonical import canonical_json
from wagtail_villes_internet.registry.types import DossierWrite, RemoteService
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import decisions, filing
from wagtail_villes_internet.sync.declarations import State
from wagtail_villes_internet.sync.differences import Difference, Kind, difference
from wagtail_villes_internet.sync.errors import NotAsShown, NotSettled
from wagtail_villes_internet.sync.models import Declaration, Registry, RemoteDossier
from wagtail_villes_internet.sync.settling import (
    Choice,
    declare_again,
    settle,
    stop_counting,
    withdraw_as_well,
)

from .far_side import ALL
from .scene import KEYS_ARE_KEPT, MOST_SERVICES, YEAR, Scene, Secrets


class Editors(Scene):
    """They work on the site, and are told what stands otherwise at the registry."""

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


class Filers(Scene):
    """They file the yearly dossier, from the site or with other tools, and settle what is left."""

    def file(self, *, anew: bool = True) -> None:
        """`anew`: with another statement than any before."""
        dossier = open_dossier(self.authority, YEAR)
        if anew:
            text = self.value("summary", "Dossier")
            Dossier.objects.filter(pk=dossier.pk).update(statement=text)
            dossier.refresh_from_db()
        draft = filing.draft_at(dossier, self.backend)
        with suppress(NothingToFile), transaction.atomic():
            made = filing.file(dossier, self.backend, self.user, shown=draft.content.digest)
            self.frozen[made.pk] = bytes(made.octets)

    def file_elsewhere(self) -> None:
        """Somebody files for the town, past its site."""
        if self.alone or self.closed:
            return
        self.others_wrote = True
        key = f"elsewhere-{self.value('summary', 'Ailleurs')}"
        self.far.elsewhere.add(key)
        there = self.far.stored(YEAR)
        octets = canonical_json(
            {
                "edition": YEAR,
                "authority": self.siren,
                "matrix_version": "2024",
                "services": [],
                "answers": "",
                "statement": key,
                "signed_off": [],
            }
        ).encode()
        self.far.file(self.siren, DossierWrite(key, YEAR, there.etag if there else None, octets))

    def close_campaign(self) -> None:
        self.closed = True
        self.far.campaign("closed")

    def reopen_campaign(self) -> None:
        self.closed = False
        self.far.campaign("open")

    def settle_filing(self, how: str) -> None:
        """« replace », « give up » or « again », where that can be decided on the last version."""
        last = self.last_version()
        if last is None:
            return
        decide = {
            "replace": filing.replace_there,
            "give up": filing.give_up,
            "again": filing.file_again,
        }[how]
        there = RemoteDossier.objects.filter(year=YEAR).first()
        with suppress(NotSettled), transaction.atomic():
            decide(last, self.user)
            if how == "replace" and there is not None:
                self.replaced.add(there.etag)
            self.filed_again[last.pk] += how == "again"

    @staticmethod
    def last_version() -> Filing | None:
        return Filing.objects.order_by("-number").first()


class Agents(Scene):
    """They work at the registry, which has its own misfortunes."""

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
        (Secrets.current,) = self.wire.tokens


def on_the_site(field: str, value: Any) -> Any:
    """A value of the contract as the site's model has it."""
    return date.fromisoformat(value) if value and field in ("started_on", "ended_on") else value
