"""Texts and sizes that no registry should give: pages stay as they are, and whole."""

import json
import time

import pytest

from tests.registry.hostile import answer
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.sync.models import Declaration
from wagtail_villes_internet.sync.runner import run

from .conftest import ENOUGH, Site
from .gateway import Behaviour, body_of
from .misbehaviours import altered, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

State = Declaration.State
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
