"""Tags, feeds and batches of a registry whose answers arrive whole, and lie."""

import json

import pytest

from tests.registry.hostile import answer, problem
from wagtail_villes_internet.sync.models import Declaration

from .gateway import body_of
from .misbehaviours import altered, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

State = Declaration.State


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
