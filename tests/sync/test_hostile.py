"""A whole run against a registry that does its worst, over real sockets and a real database.

Whatever it does: the run ends in time, nothing is held for acknowledged that was not, what was sent
is kept and sent again as it was, the token goes nowhere else, and no page of the site changes. What
the client alone does with such answers is told in `tests/registry/test_hostile*`.
"""

import json
import logging
import time
import tracemalloc
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.test import override_settings

from tests.blocks.pages import fetch, publish
from tests.factories import Town
from tests.processes import RegistryProcess
from tests.registry.hostile import HostileServer, answer, hostile, problem
from tests.registry.worlds import sirens
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.sync.models import Attempt, Declaration, Link, SyncRun
from wagtail_villes_internet.sync.runner import Result, run

from .gateway import Behaviour, Gateway, body_of, gateway_to
from .misbehaviours import (
    a_word_for_another,
    deep,
    half_open,
    longer_than_it_is,
    not_found,
    nothing,
    of_another_type,
    one_octet_at_a_time,
    reset_in_mid_body,
    shorter_than_it_is,
    wait_a_century,
    without_an_end,
)

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

State = Declaration.State
TOKEN = "token-{}"
# What an honest exchange may take on a busy machine, and what a slow one is given.
ENOUGH, DEADLINE = 20, 1.5
MOST_OCTETS = 2_000_000
# A run asks the registry a handful of things: none of them may take longer than its deadline.
EXCHANGES = 8
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


SLOW = [half_open, one_octet_at_a_time]
LOST = [
    nothing,
    reset_in_mid_body,
    *SLOW,
    longer_than_it_is,
    shorter_than_it_is,
    without_an_end,
    deep,
    of_another_type,
    a_word_for_another,
    not_found,
    wait_a_century,
]


def deadline_of(behaviour: Behaviour) -> float:
    return DEADLINE if behaviour in SLOW else ENOUGH


@pytest.mark.parametrize("behaviour", LOST)
@pytest.mark.parametrize("step", ["summary", "feed"])
def test_what_cannot_be_read_stops_the_run_before_anything_is_sent(site, step, behaviour):
    service = site.town.service()
    # Something to be read in the feed, which the summary would otherwise say is not worth it.
    site.run()
    service.title = "Modifié"
    service.save()
    site.gateway.asked.clear()
    before, sequence = site.seen(), site.link.sequence
    attempts = site.attempts()
    site.gateway.behaviours[step] = behaviour
    started = time.monotonic()

    result = site.run(deadline=deadline_of(behaviour))

    assert time.monotonic() - started < EXCHANGES * ENOUGH
    assert result.error
    assert not result.is_done
    assert "write" not in site.gateway.steps()
    assert site.attempts() == attempts
    assert site.link.sequence == sequence
    assert site.seen() == before
    assert site.journal.first().outcome == SyncRun.Outcome.FAILED
    site.assert_no_token_is_anywhere()

    site.gateway.honest()
    assert site.run().is_done
    assert site.there() == ["Modifié"]


@pytest.mark.parametrize("behaviour", LOST)
def test_a_write_whose_answer_is_lost_is_sent_again_as_it_was(site, behaviour):
    services = [site.town.service(title=f"Service {n}") for n in range(3)]
    before = site.seen()
    site.gateway.behaviours["write"] = behaviour
    started = time.monotonic()

    result = site.run(deadline=deadline_of(behaviour))

    assert time.monotonic() - started < EXCHANGES * ENOUGH
    assert not result.is_done
    frozen = site.attempts()
    assert frozen
    assert {answered for *_rest, answered in frozen} == {None}, "taken for answered"
    for service in services:
        row = site.declaration(service)
        assert (row.state, row.acknowledged, row.acknowledged_hash) == (State.TO_SEND, None, "")
    assert site.seen() == before
    assert site.journal.first().outcome != SyncRun.Outcome.DONE
    assert site.journal.first().left == 3
    site.assert_no_token_is_anywhere()

    site.gateway.honest()
    assert site.run().is_done
    assert [each[:4] for each in site.attempts()[: len(frozen)]] == [each[:4] for each in frozen]
    assert len(site.attempts()) == 3
    assert site.there() == ["Service 0", "Service 1", "Service 2"]
    assert {site.declaration(service).state for service in services} == {State.SENT}


@pytest.mark.parametrize("step", ["summary", "write"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_followed_nowhere(site, step, status):
    service = site.town.service()
    before = site.seen()

    def send_away(exchange, honest):
        exchange.send(answer(status, b"", Location=site.elsewhere.url))

    site.gateway.behaviours[step] = send_away

    result = site.run()

    assert result.error
    assert site.declaration(service).acknowledged is None if step == "write" else True
    assert site.seen() == before
    site.assert_no_token_is_anywhere()
    site.gateway.honest()
    assert site.run().is_done


def test_a_delay_of_a_century_is_a_day(site):
    site.town.service()
    site.gateway.behaviours["write"] = wait_a_century

    site.run()

    link = site.link
    assert (link.retry_at - link.last_run_at).total_seconds() <= 24 * 3600 + 60


@pytest.mark.parametrize("behaviour", [without_an_end, deep])
def test_a_run_takes_no_more_memory_than_an_answer_may_have(site, behaviour):
    site.town.service()
    site.gateway.behaviours["summary"] = behaviour
    tracemalloc.start()
    try:
        site.run()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * MOST_OCTETS


def altered(**members) -> Behaviour:
    """The honest answer, in which some members are others; a callable is given the honest one."""

    def behave(exchange, honest):
        if exchange.line.startswith("GET"):
            # It has something to say, whatever is known of it.
            del exchange.headers["If-None-Match"]
        octets = honest()
        document = json.loads(body_of(octets))
        for name, value in members.items():
            document[name] = value(document) if callable(value) else value
        status = int(octets.split(b" ", 2)[1])
        exchange.send(answer(status, document))

    return behave


def fresh(_document) -> str:
    fresh.count += 1
    return f'"{fresh.count:06}"'


fresh.count = 0


class TestTags:
    def test_that_change_at_every_reading_cost_one_reading_a_run(self, site):
        site.town.service()
        site.gateway.behaviours["summary"] = altered(
            matrix_etag=fresh, editions_etag=fresh, awards_etag=fresh
        )
        for step in ("matrix", "editions", "awards"):
            site.gateway.behaviours[step] = altered(etag=fresh)
        before = site.seen()

        assert site.run().is_done

        asked = site.gateway.steps()
        assert {step: asked.count(step) for step in asked} == {
            "summary": 1,
            "matrix": 1,
            "editions": 1,
            "awards": 1,
            "write": 1,
        }
        assert site.seen() == before

    def test_of_a_service_that_is_never_the_one_it_was_end_in_a_notice(self, site):
        service = site.town.service()
        site.run()
        site.run()
        service.title = "Modifié"
        service.save()
        site.gateway.asked.clear()
        site.gateway.behaviours["service"] = altered(etag=fresh)

        def refuse(exchange, honest):
            body = json.loads(exchange.body)
            if "operations" not in body:
                return exchange.send(problem(412, "precondition-failed", etag=fresh(None)))
            results = [
                {
                    "id": each["id"],
                    "status": 412,
                    "etag": None,
                    "hash": None,
                    "replayed": False,
                    "problem": {"type": "https://r.example/precondition-failed", "status": 412},
                }
                for each in body["operations"]
            ]
            epoch = site.link.epoch
            return exchange.send(answer(200, {"results": results, "epoch": epoch}))

        site.gateway.behaviours["write"] = refuse

        result = site.run()

        assert not result.is_done
        assert site.gateway.steps().count("write") <= 4
        assert site.declaration(service).acknowledged["title"] != "Modifié"
        site.gateway.honest()
        for _run in range(2):
            result = site.run()
        assert result.is_done
        assert site.there() == ["Modifié"]


class TestAFeed:
    @pytest.fixture
    def changed_there(self, site, process):
        """A service whose feed has something new to say."""
        service = site.town.service(title="Ici")
        site.run()
        site.run()
        self.agent(process, site, service, "Là-bas")
        return service

    def agent(self, process, site, service, title):
        arguments = ("--field", "title", "--value", title)
        process.agent("edit", site.authority.siren, service.remote_id, *arguments)

    @pytest.mark.parametrize(
        "lie",
        [
            {"sequence": 1},
            {"sequence": 0, "items": []},
            {"more": True, "items": [], "sequence": lambda told: told["sequence"] - 1},
            {"items": lambda told: told["items"] * 2},
            {"sequence": lambda told: told["sequence"] + 1000},
            {"epoch": "not-an-epoch"},
            {"items": lambda told: [{**told["items"][0], "kind": "spaceship"}]},
        ],
    )
    def test_that_lies_is_not_applied_and_the_sequence_stays(self, site, changed_there, lie):
        sequence, before = site.link.sequence, site.seen()
        site.gateway.behaviours["feed"] = altered(**lie)

        result = site.run()

        assert result.error
        assert site.link.sequence == sequence
        assert site.declaration(changed_there).remote is None
        assert site.seen() == before
        site.gateway.honest()
        site.run()
        assert site.declaration(changed_there).remote["title"] == "Là-bas"
        assert site.seen() == before

    def test_that_says_again_what_was_read_is_not_followed(self, site, changed_there):
        """A cursor that loops: there is always more, and it is the same."""
        site.gateway.behaviours["feed"] = altered(more=True)
        site.gateway.asked.clear()

        site.run()

        # The honest page, then one that does not advance.
        assert site.gateway.steps().count("feed") <= 2

    def test_whose_epoch_is_another_at_every_page_is_not_followed_for_ever(
        self, site, changed_there
    ):
        epochs = (f"00000000-0000-4000-8000-{n:012}" for n in range(1000))
        site.gateway.behaviours["feed"] = altered(epoch=lambda told: next(epochs), more=True)
        site.gateway.behaviours["summary"] = altered(epoch=lambda told: next(epochs))
        site.gateway.asked.clear()

        result = site.run()

        assert not result.is_done
        assert len(site.gateway.asked) < 20
        assert "write" not in site.gateway.steps()

    def test_without_end_ends(self, site, changed_there):
        """Every page is new, and says that there is more: for ever."""

        def endless(exchange, honest):
            page = json.loads(body_of(honest()))
            since = int(exchange.line.split("since=")[1].split("&")[0].split(" ")[0])
            item = {"id": service_id(since + 1), "deleted": True, "sequence": since + 1}
            if len(site.gateway.asked) > 2_000:
                raise ConnectionError("it would have gone on for ever")
            page |= {"items": [{**item, "key": None}], "sequence": since + 1, "more": True}
            exchange.send(answer(200, page))

        site.gateway.behaviours["feed"] = endless
        site.gateway.asked.clear()

        site.run()

        assert len(site.gateway.asked) < 1_000

    def test_that_went_back_is_one_alert_and_overwrites_nothing(self, site, changed_there):
        before = site.seen()
        site.gateway.behaviours["summary"] = altered(sequence=0)
        site.gateway.behaviours["feed"] = altered(items=[], sequence=0, more=False)
        site.gateway.asked.clear()

        result = site.run()

        assert "write" not in site.gateway.steps()
        assert result.plan.left == 1
        assert site.declaration(changed_there).state == State.HELD
        assert site.seen() == before
        site.assert_no_token_is_anywhere()


def service_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


class TestABatch:
    """Answers to many writes that are not the answers to these."""

    @pytest.mark.parametrize(
        "lie",
        [
            {"results": []},
            {"results": lambda told: told["results"][:-1]},
            {"results": lambda told: told["results"][::-1]},
            {"results": lambda told: told["results"] * 2},
            {"results": lambda told: [{**each, "id": service_id(1)} for each in told["results"]]},
            {"results": lambda told: [{**each, "etag": "W/x"} for each in told["results"]]},
            {"results": lambda told: [{**each, "status": 299} for each in told["results"]]},
            {"epoch": 7},
        ],
    )
    def test_acknowledge_nothing(self, site, lie):
        services = [site.town.service(title=f"Service {n}") for n in range(3)]
        site.gateway.behaviours["write"] = altered(**lie)

        result = site.run()

        assert not result.is_done
        assert {site.declaration(service).acknowledged for service in services} == {None}
        assert {answered for *_rest, answered in site.attempts()} == {None}

        site.gateway.honest()
        assert site.run().is_done
        assert site.there() == ["Service 0", "Service 1", "Service 2"]

    def test_that_says_more_than_was_asked_acknowledges_what_was(self, site):
        service = site.town.service(title="Service")
        site.gateway.behaviours["write"] = altered(forged=True, token="x" * 100_000)

        assert site.run().is_done

        assert site.declaration(service).state == State.SENT


EVIL = "<script>alert(1)</script>\u202egnp.exe\u2066"


class TestTexts:
    def test_that_are_markup_stay_texts(self, site):
        """HTML and signs that turn the line round, wherever a registry may say something."""
        summary = altered(name=EVIL, matrix_etag=fresh, editions_etag=fresh, awards_etag=fresh)
        award = {
            "id": EVIL,
            "edition": 2024,
            "standing": "labelled",
            "level": 5,
            "distinctions": [{"name": EVIL, "valid_until": None}],
            "source_url": "javascript:alert(1)",
        }
        edition = {
            "year": 2024,
            "ordinal": 25,
            "opens_at": None,
            "closes_at": None,
            "ceremony_on": None,
            "place": EVIL,
            "labelled_count": None,
            "state": "published",
        }
        site.gateway.behaviours |= {
            "summary": summary,
            "awards": altered(items=[award]),
            "editions": altered(items=[edition]),
        }

        assert site.run().is_done

        page = site.seen()
        assert "<script>alert" not in page
        assert "javascript:alert" not in page
        assert "alert(1)" in page, "the mention was shown"

    def test_that_no_database_holds_are_no_answer(self, site):
        site.gateway.behaviours["awards"] = altered(
            items=[{"id": "a\x00b", "edition": 2024, "standing": "labelled", "level": 5}]
        )
        site.gateway.behaviours["summary"] = altered(awards_etag=fresh)
        before = site.seen()

        assert site.run().error

        assert site.seen() == before

    def test_of_a_service_edited_there_change_no_page(self, site):
        service = site.town.service(title="Ici")
        site.run()
        site.run()
        before = site.seen()

        site.gateway.behaviours["summary"] = altered(sequence=lambda told: told["sequence"] + 1)
        site.gateway.behaviours["feed"] = evil_feed(site, service)

        site.run()

        assert site.declaration(service).remote["title"] == EVIL
        assert site.seen() == before


def evil_feed(site: Site, service) -> Behaviour:
    """Says that somebody at the registry wrote something nasty."""
    path = f"authorities/{site.authority.siren}/services/{service.remote_id}"

    def behave(exchange, honest):
        page = json.loads(body_of(honest()))
        known = site.gateway.ask("GET", path, {"Authorization": f"Bearer {site.token}"}).json()
        changed = {"title": EVIL, "etag": fresh(None), "key": None, "hash": "0" * 64}
        page["sequence"] += 1
        page["items"] = [{**known, **changed, "sequence": page["sequence"]}]
        exchange.send(answer(200, page))

    return behave


def test_a_matrix_of_a_hundred_thousand_is_not_taken(site):
    """What no referential is: it is refused before it fills the database and the choosers."""
    known = ReferenceService.objects.count()
    services = [{"code": f"x-{n}", "label": f"Service {n}", "replaces": []} for n in range(100_000)]
    matrix = altered(
        version="9999",
        etag=fresh,
        axes=[
            {
                "code": "a",
                "label": "A",
                "themes": [{"code": "t", "label": "T", "services": services}],
            }
        ],
    )
    site.gateway.behaviours |= {"matrix": matrix, "summary": altered(matrix_etag=fresh)}
    service = site.town.service()
    before = site.seen()
    started = time.monotonic()

    with HttpRegistry({"url": site.gateway.url, "deadline": ENOUGH, "timeout": ENOUGH}) as backend:
        result = run(site.authority, backend, now=True)

    assert time.monotonic() - started < 2 * ENOUGH
    assert ReferenceService.objects.count() == known
    assert result.tally.notes
    assert site.seen() == before
    # One bad matrix is no reason not to declare.
    assert site.declaration(service).state == State.SENT
    site.gateway.honest()
    assert site.run().is_done
