"""What a monitoring tool learns of every town, and nobody else."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.views.debug import ExceptionReporter

from tests.factories import AuthorityFactory, DigitalServiceFactory, Town, UserFactory
from wagtail_villes_internet.conf import get_settings
from wagtail_villes_internet.registry.errors import Unauthorized, Unreachable
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.models import Attempt, Backoff, Declaration, Link, Registry

from .conftest import retitle

TOKEN = "supervision-7f3a"
MEMORY = {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
State = Declaration.State


def configured(**settings):
    given = {"REGISTRY": MEMORY, "MONITORING_TOKEN": TOKEN, **settings}
    return override_settings(WAGTAIL_VILLES_INTERNET=given)


@pytest.fixture(autouse=True)
def monitored():
    with configured():
        yield


def ask(token: str | None = TOKEN, client: Client | None = None, method: str = "get", **extra):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = reverse("villes_internet:health")
    return getattr(client or Client(), method)(url, headers=headers, **extra)


def figures(name: str) -> dict:
    [found] = [one for one in ask().json()["authorities"] if one["name"] == name]
    return found


class TestWhoMayRead:
    def test_whoever_shows_the_token(self, db):
        answer = ask()

        assert answer.status_code == 200
        assert answer.json() == {"healthy": True, "authorities": []}
        assert answer["Cache-Control"] == "no-store"

    def test_the_scheme_is_written_as_one_likes(self, db):
        answer = Client().get(
            reverse("villes_internet:health"), headers={"Authorization": f"bearer {TOKEN}"}
        )
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "authorization",
        [None, "", "Bearer", "Bearer ", "Bearer autre", f"Basic {TOKEN}", TOKEN, "Bearer é"],
    )
    def test_nobody_else(self, db, authorization):
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = Client().get(reverse("villes_internet:health"), headers=headers)

        assert (answer.status_code, answer.content) == (404, b"")
        assert answer["Cache-Control"] == "no-store"

    def test_not_the_people_of_a_town_nor_an_administrator(self, db):
        town = Town("Lunel")
        people = [town.webmestre, town.referent, town.elu, UserFactory(is_superuser=True)]
        for person in people:
            client = Client()
            client.force_login(person)
            assert ask(None, client).status_code == 404

    @pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
    def test_it_is_only_read(self, db, method):
        assert ask(method=method).status_code == 404

    @pytest.mark.parametrize("token", ["", "None", TOKEN])
    def test_without_the_setting_nobody(self, db, token):
        with configured(MONITORING_TOKEN=None):
            assert ask(token).status_code == 404

    def test_with_settings_nobody_can_read_nobody(self, db):
        with configured(MAX_WITHDRAW_PERCENT=300):
            assert ask().status_code == 404

    def test_it_needs_no_login_where_the_whole_site_does(self, db, settings):
        settings.MIDDLEWARE = [
            *settings.MIDDLEWARE,
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
        ]
        assert ask().status_code == 200

    def test_the_token_is_in_no_traceback(self, db):
        request = RequestFactory().get("/", headers={"Authorization": f"Bearer {TOKEN}"})
        with configured(MAX_WITHDRAW_PERCENT=300), pytest.raises(ImproperlyConfigured) as raised:
            get_settings()
        report = ExceptionReporter(request, raised.type, raised.value, raised.tb)

        with override_settings(DEBUG=True):
            assert TOKEN not in report.get_traceback_text()


class TestWhatIsSaid:
    def test_of_a_town_in_step(self, engine):
        engine.service()
        engine.run()

        said = figures("Lunel")
        assert (said["siren"], said["insee"]) == (engine.siren, engine.authority.insee)
        assert said["automatic"] is True
        counts = ("pending", "unseen", "conflicts", "proposals", "rejected", "held", "failures")
        assert {said[name] for name in counts} == {0}
        assert said["last_success_at"] == engine.link.last_success_at.isoformat()
        assert (said["oldest_pending"], said["retry_at"]) == (None, None)
        assert (said["late"], said["refused"]) == (False, False)

    def test_no_title_of_a_service(self, engine):
        engine.service(title="Pare-feu de la mairie")
        engine.run()

        assert "Pare-feu" not in ask().content.decode()

    def test_what_waits_for_a_person(self, engine):
        service = engine.service()
        engine.run()
        for state, name in {
            State.CONFLICT: "conflicts",
            State.REJECTED: "rejected",
            State.HELD: "held",
            State.UNKNOWN_CODE: "unknown_codes",
        }.items():
            Declaration.objects.update(state=state)
            said = figures("Lunel")
            assert (said[name], said["pending"]) == (1, 0)
        assert service

    def test_a_proposal(self, engine):
        service = engine.service(title="Rendez-vous")
        engine.run()
        engine.registry.agent_edit(engine.siren, service.remote_id, title="Rendez-vous !")
        engine.run()

        assert figures("Lunel")["proposals"] == 1

    def test_what_was_sent_without_an_answer(self, engine):
        engine.service()
        engine.run()
        Attempt.objects.update(answered_at=None)

        said = figures("Lunel")
        assert said["pending"] == 1
        assert said["oldest_pending"] == Attempt.objects.get().created_at.isoformat()

    def test_what_is_to_be_sent_is_counted_once(self, engine):
        engine.service()
        engine.run()
        Attempt.objects.update(answered_at=None)
        Declaration.objects.update(state=State.TO_SEND)

        assert figures("Lunel")["pending"] == 1

    def test_what_was_published_since_the_last_success(self, engine):
        engine.service()
        engine.run()
        published_at = timezone.now() + timedelta(hours=1)
        engine.service(last_published_at=published_at)

        said = figures("Lunel")
        assert (said["unseen"], said["pending"]) == (1, 0)
        assert said["oldest_pending"] == published_at.isoformat()

    def test_not_the_drafts_nor_what_is_not_counted(self, engine):
        engine.service(last_published_at=timezone.now(), live=False)
        engine.service(last_published_at=timezone.now(), counted=False)

        assert figures("Lunel")["unseen"] == 0

    def test_by_hand_nothing_is_late(self, db):
        DigitalServiceFactory(
            authority=AuthorityFactory(name="Sans SIREN", siren=None),
            last_published_at=timezone.now() - timedelta(days=400),
        )
        said = figures("Sans SIREN")

        assert (said["automatic"], said["late"], said["unseen"]) == (False, False, 0)
        assert ask().status_code == 200

    def test_without_a_registry_everybody_is_by_hand(self, engine):
        engine.service(last_published_at=timezone.now() - timedelta(days=400))
        with configured(REGISTRY=None):
            assert figures("Lunel")["automatic"] is False
            assert ask().status_code == 200

    def test_a_backend_nobody_can_use_is_said(self, db):
        with configured(REGISTRY={"BACKEND": "nowhere.Registry"}):
            answer = ask()

        assert answer.status_code == 503
        assert "nowhere.Registry" in answer.json()["error"]


class TestHealth:
    def transmitted(self, engine, ago: timedelta):
        service = engine.service()
        engine.run()
        Link.objects.update(last_success_at=timezone.now() - ago)
        return service

    def test_a_cron_that_stopped_is_seen_once_something_is_published(self, engine):
        self.transmitted(engine, timedelta(hours=25))
        assert ask().status_code == 200, "nothing waits"

        engine.service(last_published_at=timezone.now())
        assert ask().status_code == 503
        assert figures("Lunel")["late"] is True

    def test_a_day_is_given_to_transmit(self, engine):
        self.transmitted(engine, timedelta(hours=23))
        engine.service(last_published_at=timezone.now())

        assert ask().status_code == 200

    def test_something_to_withdraw_is_late_as_well(self, engine):
        self.transmitted(engine, timedelta(hours=25))
        Declaration.objects.update(state=State.TO_WITHDRAW)

        assert ask().status_code == 503

    def test_a_cron_that_was_never_set_up_is_seen_after_a_day(self, engine):
        service = engine.service(last_published_at=timezone.now() - timedelta(hours=23))
        assert ask().status_code == 200

        DigitalService.objects.filter(pk=service.pk).update(
            last_published_at=timezone.now() - timedelta(hours=25)
        )
        assert ask().status_code == 503

    def test_what_waits_for_a_person_is_not_ill(self, engine):
        self.transmitted(engine, timedelta(days=9))
        Declaration.objects.update(state=State.CONFLICT)

        assert ask().status_code == 200

    def test_a_registry_that_is_down_is_said_and_not_yet_ill(self, engine):
        engine.service()
        engine.registry.fail_next(Unreachable(60))
        engine.run()

        said = figures("Lunel")
        assert said["failures"] == 1
        assert said["retry_at"] > timezone.now().isoformat()
        assert ask().status_code == 200

    def test_a_refused_token_is_ill_until_it_changes(self, engine, monkeypatch):
        monkeypatch.setattr(MemoryRegistry, "needs_token", True)
        with configured(REGISTRY_TOKENS={engine.siren: "ancien"}):
            engine.registry.fail_next(Unauthorized("Jeton refusé."))
            engine.run()
            assert figures("Lunel")["refused"] is True
            assert ask().status_code == 503
            assert "ancien" not in ask().content.decode()

        with configured(REGISTRY_TOKENS={engine.siren: "nouveau"}):
            assert figures("Lunel")["refused"] is False
            assert ask().status_code == 200

    def test_one_town_that_is_ill_is_enough(self, engine):
        AuthorityFactory(name="Sète")
        self.transmitted(engine, timedelta(hours=25))
        engine.service(last_published_at=timezone.now())

        assert ask().status_code == 503
        assert figures("Sète")["late"] is False


class TestWhatItCosts:
    def town(self):
        authority = AuthorityFactory()
        registry, _created = Registry.objects.get_or_create(address=MemoryRegistry().address)
        Link.objects.create(authority=authority, registry=registry)
        for state in (State.TO_SEND, State.SENT, State.CONFLICT):
            declaration = Declaration.objects.create(
                authority=authority, registry=registry, remote_id=f"{state}", state=state
            )
            Attempt.objects.create(declaration=declaration)
        DigitalServiceFactory(authority=authority, last_published_at=timezone.now())

    def queries(self) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask()
        return len(captured)

    def test_the_same_queries_for_one_town_and_for_twenty(self, db):
        self.town()
        one = self.queries()
        for _n in range(19):
            self.town()

        assert self.queries() == one
        assert len(ask().json()["authorities"]) == 20

    def test_no_more_where_something_is_backed_off(self, db):
        self.town()
        one = self.queries()
        Backoff.objects.create(host="", since=timezone.now(), retry_at=timezone.now())

        assert self.queries() == one


def test_the_document_is_plain_json(engine):
    engine.run()
    document = json.loads(ask().content)

    assert set(document) == {"healthy", "authorities"}
    for value in document["authorities"][0].values():
        assert value is None or isinstance(value, str | int | bool)


def test_retitled_services_are_unseen_only_once_published(engine):
    service = engine.service()
    engine.run()
    retitle(service, "Autre")

    assert figures("Lunel")["unseen"] == 0
