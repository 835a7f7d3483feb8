"""Proposals and conflicts: what a person is asked, what each answer does, and what is sent then."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale

from tests.factories import Town
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import Location
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import push, settling
from wagtail_villes_internet.sync.differences import Kind, compare, difference, differences
from wagtail_villes_internet.sync.errors import (
    AnswerAwaited,
    NotAsShown,
    TakeRefused,
    Undecided,
)
from wagtail_villes_internet.sync.models import Attempt, Declaration, Registry
from wagtail_villes_internet.sync.settling import (
    DECLARED_AGAIN,
    NO_LONGER_COUNTED,
    SETTLED,
    WITHDRAWN_AS_WELL,
    Choice,
    declare_again,
    settle,
    stop_counting,
    withdraw_as_well,
)

from .conftest import Engine, body_of, retitle, site_matrix

pytestmark = pytest.mark.django_db

State = Declaration.State
MINE, THEIRS = Choice.MINE, Choice.THEIRS


class TwoSides(Engine):
    """A town with people, and the words of whoever settles."""

    def __init__(self, registry):
        self.town = Town("Lunel")
        self.authority = self.town.authority
        self.registry = registry
        self.registry.add_authority(self.siren)
        self.registry.set_matrix(site_matrix())

    def declared(self, **fields):
        service = self.service(**{"title": "Cantine", "summary": "Au guichet", **fields})
        self.run()
        assert self.state(service) == State.SENT
        return service

    @property
    def address(self) -> Registry:
        return Registry.objects.get(address=self.registry.address)

    def agent_edit(self, service, **changes):
        self.registry.agent_edit(self.siren, service.remote_id, **changes)
        self.run()

    def edit(self, service, **fields):
        for name, value in fields.items():
            setattr(service, name, value)
        service.save()

    def at_stake(self, service):
        return difference(self.authority, self.address, service.remote_id)

    def names(self, service) -> tuple[list[str], list[str]]:
        """What is proposed, and what is in conflict."""
        found = self.at_stake(service)
        if found is None:
            return [], []
        return [f.name for f in found.proposals], [f.name for f in found.conflicts]

    def settle(self, service, shown=None, **choices):
        return settle(
            self.authority,
            self.address,
            service.remote_id,
            choices,
            self.town.webmestre,
            shown=shown or self.at_stake(service).shown,
        )

    def decide(self, decision, service):
        shown = self.at_stake(service).shown
        return decision(
            self.authority, self.address, service.remote_id, self.town.webmestre, shown=shown
        )

    def stored(self, service) -> dict:
        return body_of(self.registry.services(self.siren)[service.remote_id])

    def live(self, service) -> DigitalService:
        return DigitalService.objects.get(pk=service.pk)

    def history(self, service, action) -> list[AuthorityLogEntry]:
        return list(AuthorityLogEntry.objects.for_instance(service).filter(action=action))


@pytest.fixture
def sides(db):
    MemoryRegistry.forget_all()
    yield TwoSides(MemoryRegistry())
    MemoryRegistry.forget_all()


@pytest.fixture
def rows_of(sides):
    """What must not have changed after a refusal: the service, its revisions, its declaration."""

    def read(service):
        return json.dumps(
            [
                DigitalService.objects.filter(pk=service.pk).values().get(),
                list(Declaration.objects.filter(remote_id=service.remote_id).values()),
                service.revisions.count(),
                AuthorityLogEntry.objects.count(),
            ],
            default=str,
        )

    return read


class TestWhatIsAsked:
    def test_nothing_where_both_sides_say_the_same(self, sides):
        service = sides.declared()

        assert sides.at_stake(service) is None
        assert differences(sides.authority, sides.address) == []

    def test_a_field_changed_there_only_is_a_proposal(self, sides):
        service = sides.declared()
        sides.agent_edit(service, summary="En ligne")

        [field] = sides.at_stake(service).fields

        assert (field.name, field.is_conflict) == ("summary", False)
        assert (field.base, field.mine, field.theirs) == ("Au guichet", "Au guichet", "En ligne")

    def test_a_field_changed_on_both_sides_is_a_conflict(self, sides):
        service = sides.declared()
        sides.edit(service, summary="Par téléphone")
        sides.agent_edit(service, summary="En ligne", title="La cantine")

        assert sides.names(service) == (["title"], ["summary"])

    def test_a_field_changed_here_only_is_not_asked_about(self, sides):
        service = sides.declared()
        sides.edit(service, title="La cantine")

        assert sides.at_stake(service) is None

    def test_what_the_registry_went_back_on_is_not_asked_about(self, sides):
        restore = sides.registry.backup()
        service = sides.declared()
        older = sides.declared(title="Piscine")
        restore()
        sides.run()

        assert sides.state(service) == sides.state(older) == State.HELD
        assert differences(sides.authority, sides.address) == []

    def test_another_towns_differences_are_not_among_them(self, sides):
        service = sides.declared()
        sides.agent_edit(service, summary="En ligne")

        assert differences(Town("Béziers").authority, sides.address) == []

    def test_they_come_by_title(self, sides):
        for title in ("Piscine", "bibliothèque", "Cantine"):
            sides.declared(title=title)
        for service in DigitalService.objects.all():
            sides.agent_edit(service, summary="En ligne")

        found = differences(sides.authority, sides.address)

        assert [one.title for one in found] == ["bibliothèque", "Cantine", "Piscine"]

    def test_without_a_base_every_field_that_differs_is_a_conflict(self, sides):
        other = sides.declared(title="La cantine")
        service = sides.service(title="Cantine", summary="Au guichet")
        body = sides.registry.services(sides.siren)[other.remote_id].body
        sides.registry.agent_create(sides.siren, service.remote_id, body)
        sides.run()

        found = sides.at_stake(service)

        assert found.base is None
        assert [field.name for field in found.conflicts] == ["title"]
        assert found.proposals == ()

    def test_two_bodies_of_nothing_are_no_difference(self):
        assert compare("id", "", None, None, None) is None


class TestKeepingAndTaking:
    def test_keeping_mine_sends_mine_with_the_next_run(self, sides):
        service = sides.declared()
        sides.agent_edit(service, summary="En ligne")

        settled = sides.settle(service, summary=MINE)

        assert (settled.kept, settled.taken, settled.to_send) == (("summary",), (), True)
        assert sides.at_stake(service) is None
        assert sides.stored(service)["summary"] == "En ligne", "nothing is sent from here"
        sides.requests()
        sides.run()
        assert sides.stored(service)["summary"] == "Au guichet"
        assert sides.state(service) == State.SENT

    def test_taking_theirs_publishes_it_and_leaves_nothing_to_send(self, sides):
        service = sides.declared()
        sides.agent_edit(service, summary="En ligne")

        settled = sides.settle(service, summary=THEIRS)

        assert (settled.kept, settled.taken, settled.to_send) == ((), ("summary",), False)
        live = sides.live(service)
        assert live.summary == "En ligne"
        assert live.live_revision.user == sides.town.webmestre
        before = sides.stored(service)
        assert sides.run().is_done
        assert sides.stored(service) == before
        assert sides.attempts.count() == 1

    def test_taking_puts_the_value_into_an_open_draft(self, sides):
        service = sides.declared()
        service.save_revision().publish()
        draft = sides.live(service)
        draft.title = "Brouillon"
        draft.save_revision()
        sides.agent_edit(service, summary="En ligne")

        sides.settle(service, summary=THEIRS)

        live = sides.live(service)
        assert (live.title, live.summary) == ("Cantine", "En ligne")
        latest = live.get_latest_revision_as_object()
        assert (latest.title, latest.summary) == ("Brouillon", "En ligne")

    def test_a_conflict_is_settled_field_by_field(self, sides):
        service = sides.declared(url="https://a.example/")
        sides.edit(service, title="Ma cantine", summary="Par téléphone")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne", url="https://b.example/")

        sides.settle(service, title=MINE, summary=THEIRS, url=THEIRS)
        sides.run()

        said = sides.stored(service)
        live = sides.live(service)
        assert said["title"] == live.title == "Ma cantine"
        assert said["summary"] == live.summary == "En ligne"
        assert said["url"] == live.url == "https://b.example/"
        assert sides.state(service) == State.SENT
        assert sides.at_stake(service) is None

    def test_a_proposal_may_be_left_for_later(self, sides):
        service = sides.declared()
        sides.edit(service, title="Ma cantine")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne")

        sides.settle(service, title=MINE)

        assert sides.names(service) == (["summary"], [])
        sides.run()
        assert sides.stored(service)["title"] == "Ma cantine"
        assert sides.stored(service)["summary"] == "En ligne", "not sent back before it is decided"
        assert sides.names(service) == (["summary"], [])
        assert sides.live(service).summary == "Au guichet"

    def test_what_was_left_can_be_settled_after_the_next_run(self, sides):
        service = sides.declared()
        sides.edit(service, title="Ma cantine")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne")
        sides.settle(service, title=MINE)
        sides.run()

        sides.settle(service, summary=MINE)
        sides.run()

        assert sides.stored(service)["summary"] == "Au guichet"
        assert sides.stored(service)["title"] == "Ma cantine"
        assert sides.at_stake(service) is None

    def test_every_kind_of_field_can_be_taken(self, sides):
        service = sides.declared()
        changes = {
            "kind": "place",
            "title": "La cantine",
            "summary": "Deux\nlignes",
            "description": "<p>Un <strong>menu</strong><br>par jour</p><ul><li>bio</li></ul>",
            "url": "https://cantine.example/",
            "public": False,
            "reference_services": ("p-formulaires", "p-paiement"),
            "status": "ended",
            "started_on": "2024-01-01",
            "ended_on": "2025-01-01",
            "provider": "association",
            "audiences": ("families", "youth"),
            "interactions": ("book", "pay"),
            "offline_alternative": "À l’accueil",
            "location": Location("43.674000", "4.135300"),
        }
        sides.agent_edit(service, **changes)
        there = sides.stored(service)

        sides.settle(service, **dict.fromkeys(changes, THEIRS))

        assert sides.run().is_done
        assert sides.stored(service) == there
        assert sides.attempts.count() == 1
        assert sides.live(service).description.startswith("<p>Un <strong>menu</strong><br/>")

    def test_a_progress_that_its_dates_contradict_is_taken_and_the_dates_go_on(self, sides):
        service = sides.declared()
        changes = {"status": "planned", "started_on": "2024-01-01"}
        sides.agent_edit(service, **changes)

        sides.settle(service, **dict.fromkeys(changes, THEIRS))

        assert sides.run().is_done
        assert sides.live(service).status == "planned"
        assert sides.stored(service)["status"] == "active"

    def test_what_another_run_saw_in_the_meantime_is_run_again(self, sides):
        service = sides.declared()
        sides.agent_edit(service, summary="En ligne")
        wakeups = sides.link.wakeups

        sides.settle(service, summary=MINE)

        assert sides.link.wakeups == wakeups + 1

    def test_the_translation_that_is_declared_is_the_one_that_changes(self, sides):
        english = Locale.objects.get_or_create(language_code="en")[0]
        translation = sides.service(title="Canteen", summary="At the desk", locale=english)
        service = sides.declared()
        DigitalService.objects.filter(pk=translation.pk).update(
            translation_key=service.translation_key
        )
        sides.run()
        sides.agent_edit(service, summary="En ligne")

        sides.settle(service, summary=THEIRS)

        assert sides.live(service).summary == "En ligne"
        assert sides.live(translation).summary == "At the desk"

    def test_the_form_of_a_text_is_that_of_this_site(self, sides):
        """A space at the end of a title is the contract's right, and stays in no title here."""
        service = sides.declared()
        sides.agent_edit(service, title="La cantine ")

        sides.settle(service, title=THEIRS)

        assert sides.live(service).title == "La cantine"
        sides.run()
        assert sides.stored(service)["title"] == "La cantine"
        assert sides.at_stake(service) is None


class TestWithdrawnThere:
    @pytest.fixture
    def service(self, sides):
        service = sides.declared()
        sides.registry.agent_delete(sides.siren, service.remote_id)
        sides.run()
        return service

    def test_it_is_asked(self, sides, service):
        assert sides.at_stake(service).kind is Kind.WITHDRAWN_THERE
        assert sides.at_stake(service).mine["title"] == "Cantine"

    def test_declared_again_it_is_created_with_the_next_run(self, sides, service):
        sides.decide(declare_again, service)

        assert sides.at_stake(service) is None
        assert sides.there() == {}
        sides.run()
        assert sides.there() == {service.remote_id: "Cantine"}
        assert sides.state(service) == State.SENT

    def test_no_longer_counted_it_stays_on_the_site_and_is_not_declared(self, sides, service):
        sides.decide(stop_counting, service)

        live = sides.live(service)
        assert (live.live, live.public, live.counted) == (True, True, False)
        assert sides.at_stake(service) is None
        assert sides.run().is_done
        assert sides.there() == {}
        assert sides.state(service) == State.WITHDRAWN

    def test_a_service_that_is_locked_goes_on_being_counted(self, sides, service, rows_of):
        service.locked = True
        service.save()
        before = rows_of(service)

        with pytest.raises(TakeRefused, match="verrouillé"):
            sides.decide(stop_counting, service)

        assert rows_of(service) == before

    @pytest.mark.parametrize(
        ("decision", "action"),
        [(declare_again, DECLARED_AGAIN), (stop_counting, NO_LONGER_COUNTED)],
    )
    def test_it_is_in_the_history_of_the_service(self, sides, service, decision, action):
        sides.decide(decision, service)

        [entry] = sides.history(service, action)
        assert entry.user == sides.town.webmestre
        assert entry.data["mine"]["title"] == "Cantine"

    def test_fields_cannot_be_chosen(self, sides, service):
        with pytest.raises(NotAsShown):
            sides.settle(service, title=MINE)


class TestNotDeclaredHere:
    def changed_there(self, sides, service):
        sides.registry.agent_edit(sides.siren, service.remote_id, title="Sa cantine")
        sides.run()

    def test_unpublished_here_and_changed_there_is_asked(self, sides):
        service = sides.declared()
        service.unpublish()
        self.changed_there(sides, service)

        found = sides.at_stake(service)

        assert found.kind is Kind.NOT_DECLARED_HERE
        assert [(f.name, f.base, f.theirs) for f in found.fields] == [
            ("title", "Cantine", "Sa cantine")
        ]

    def test_withdrawn_as_well_it_leaves_with_the_next_run(self, sides):
        service = sides.declared()
        service.unpublish()
        self.changed_there(sides, service)

        sides.decide(withdraw_as_well, service)

        assert sides.there() == {service.remote_id: "Sa cantine"}
        assert sides.at_stake(service) is None
        sides.run()
        assert sides.there() == {}
        assert sides.state(service) == State.WITHDRAWN
        [entry] = sides.history(service, WITHDRAWN_AS_WELL)
        assert entry.data["theirs"]["title"] == "Sa cantine"
        assert entry.data["base"]["title"] == "Cantine"

    def test_the_guard_lets_go_what_a_person_withdrew(self, sides, monkeypatch):
        services = [sides.service(title=f"Service {n}") for n in range(12)]
        sides.run()
        DigitalService.objects.update(live=False)
        for service in services:
            sides.registry.agent_edit(sides.siren, service.remote_id, summary="En ligne")
        sides.run()

        for service in services:
            sides.decide(withdraw_as_well, service)
        sides.run()

        assert sides.there() == {}

    def test_what_is_deleted_keeps_its_history_with_the_declaration(self, sides):
        service = sides.declared()
        declaration = sides.declaration(service)
        service.delete()
        self.changed_there(sides, service)

        sides.decide(withdraw_as_well, service)

        [entry] = AuthorityLogEntry.objects.for_instance(declaration)
        assert entry.action == WITHDRAWN_AS_WELL
        assert entry.authority == sides.authority
        assert entry.data["remote_id"] == service.remote_id
        assert entry.data["theirs"]["title"] == "Sa cantine"

    def test_published_again_it_is_a_matter_of_fields(self, sides):
        service = sides.declared()
        service.unpublish()
        self.changed_there(sides, service)
        DigitalService.objects.update(live=True)

        assert sides.names(service) == (["title"], [])


class TestRefusals:
    @pytest.fixture
    def service(self, sides):
        service = sides.declared()
        sides.edit(service, title="Ma cantine")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne")
        return service

    def test_every_conflict_needs_a_choice(self, sides, service, rows_of):
        before = rows_of(service)

        for choices in ({}, {"summary": THEIRS}):
            with pytest.raises(Undecided):
                sides.settle(service, **choices)

        assert rows_of(service) == before

    def test_a_side_that_changed_since_is_shown_again(self, sides, service, rows_of):
        shown = sides.at_stake(service).shown
        retitle(service, "Encore une autre")
        before = rows_of(service)

        with pytest.raises(NotAsShown):
            sides.settle(service, shown, title=THEIRS)

        assert rows_of(service) == before

    def test_a_registry_that_changed_since_is_shown_again(self, sides, service, rows_of):
        shown = sides.at_stake(service).shown
        sides.agent_edit(service, title="Encore une autre")
        before = rows_of(service)

        with pytest.raises(NotAsShown):
            sides.settle(service, shown, title=MINE)

        assert rows_of(service) == before

    def test_settled_twice_it_is_settled_once(self, sides, service):
        shown = sides.at_stake(service).shown
        sides.settle(service, shown, title=MINE, summary=MINE)

        with pytest.raises(NotAsShown):
            sides.settle(service, shown, title=THEIRS, summary=THEIRS)

        assert sides.live(service).title == "Ma cantine"

    def test_a_field_that_is_not_at_stake_cannot_be_chosen(self, sides, service):
        with pytest.raises(NotAsShown):
            sides.settle(service, title=MINE, url=THEIRS)

    def test_nothing_is_settled_while_an_answer_is_awaited(self, sides, service, rows_of):
        Attempt.objects.create(declaration=sides.declaration(service), operation="put")
        before = rows_of(service)

        assert sides.at_stake(service).awaiting
        with pytest.raises(AnswerAwaited):
            sides.settle(service, title=MINE)

        assert rows_of(service) == before

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"title": "x" * 300}, "Titre"),
            ({"reference_services": ("tvi-99",)}, "tvi-99"),
            ({"url": "https://localhost_x/"}, "Adresse Internet"),
            ({"kind": "spaceship"}, "Type"),
            ({"started_on": "2024-02-31"}, "Depuis"),
            ({"location": Location("91.000000", "0.000000")}, "Latitude"),
        ],
    )
    def test_a_value_that_breaks_the_rules_is_not_taken(
        self, sides, rows_of, monkeypatch, changes, reason
    ):
        service = sides.declared()
        monkeypatch.setattr("wagtail_villes_internet.registry.memory.validate", lambda body: ())
        sides.agent_edit(service, **changes)
        before = rows_of(service)

        with pytest.raises(TakeRefused, match=reason):
            sides.settle(service, **dict.fromkeys(changes, THEIRS))

        assert rows_of(service) == before

    def test_fields_that_do_not_go_together_are_not_taken(self, sides, rows_of):
        service = sides.declared()
        sides.edit(service, started_on="2024-06-01")
        sides.agent_edit(service, ended_on="2024-03-01")
        before = rows_of(service)

        with pytest.raises(TakeRefused, match="Jusqu’au"):
            sides.settle(service, ended_on=THEIRS)

        assert rows_of(service) == before

    def test_what_would_not_stay_as_it_was_taken_is_not_taken(
        self, sides, service, rows_of, monkeypatch
    ):
        wrong = {"title": "Ni l’un ni l’autre"}
        monkeypatch.setattr(settling, "site_values", lambda theirs, fields: wrong)
        before = rows_of(service)

        with pytest.raises(TakeRefused):
            sides.settle(service, title=THEIRS)

        assert rows_of(service) == before

    def test_taking_is_refused_while_the_service_is_locked(self, sides, service, rows_of):
        service.locked = True
        service.save()
        before = rows_of(service)

        with pytest.raises(TakeRefused, match="verrouillé"):
            sides.settle(service, title=THEIRS)

        assert rows_of(service) == before

    def test_taking_is_refused_while_a_publication_is_scheduled(self, sides, service, rows_of):
        service.save_revision().publish()
        later = DigitalService.objects.get(pk=service.pk)
        later.go_live_at = timezone.now() + timedelta(days=1)
        later.save_revision().publish()
        before = rows_of(service)

        with pytest.raises(TakeRefused, match="programmée"):
            sides.settle(service, title=THEIRS)

        assert rows_of(service) == before

    def test_keeping_is_possible_all_the_same(self, sides, service):
        service.locked = True
        service.save()

        sides.settle(service, title=MINE, summary=MINE)
        sides.run()

        assert sides.stored(service)["title"] == "Ma cantine"


class TestHistory:
    def test_both_sides_are_kept_field_by_field(self, sides):
        service = sides.declared()
        sides.edit(service, title="Ma cantine")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne")

        sides.settle(service, title=MINE, summary=THEIRS)

        [entry] = sides.history(service, SETTLED)
        assert entry.user == sides.town.webmestre
        assert entry.authority == sides.authority
        assert entry.data["registry"] == sides.registry.address
        assert entry.data["fields"] == {
            "title": {
                "base": "Cantine",
                "mine": "Ma cantine",
                "theirs": "Sa cantine",
                "choice": "mine",
            },
            "summary": {
                "base": "Au guichet",
                "mine": "Au guichet",
                "theirs": "En ligne",
                "choice": "theirs",
            },
        }

    def test_what_was_left_for_later_is_not_in_it(self, sides):
        service = sides.declared()
        sides.edit(service, title="Ma cantine")
        sides.agent_edit(service, title="Sa cantine", summary="En ligne")

        sides.settle(service, title=MINE)

        [entry] = sides.history(service, SETTLED)
        assert set(entry.data["fields"]) == {"title"}


def test_what_is_taken_while_a_run_is_about_to_send_goes_out_as_it_was_taken(sides, monkeypatch):
    service = sides.declared()
    sides.agent_edit(service, summary="En ligne")
    sides.edit(service, title="Ma cantine")
    freeze = push.freeze

    def taken_just_before(session, steps):
        monkeypatch.setattr(push, "freeze", freeze)
        sides.settle(service, summary=THEIRS)
        return freeze(session, steps)

    monkeypatch.setattr(push, "freeze", taken_just_before)
    sides.run()

    sent = [json.loads(attempt.body) for attempt in Attempt.objects.exclude(body="")]
    assert sent[-1]["title"] == "Ma cantine"
    assert sent[-1]["summary"] == "En ligne"
