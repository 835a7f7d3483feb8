"""What the transmission costs in queries and requests: the same for few services and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import AuthorityFactory
from tests.sync.conftest import Engine, retitle
from wagtail_villes_internet.registry.batches import MAX_OPERATIONS
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync.runner import run

from .bench import offer

pytestmark = pytest.mark.django_db

FEW, MANY = 5, 400


@pytest.fixture
def new_town():
    """Makes towns at one registry, each with so many services that stand there."""
    MemoryRegistry.forget_all()
    registry = MemoryRegistry()

    def town(number: int) -> Engine:
        engine = Engine(registry)
        offer(engine.authority, number)
        assert engine.run().is_done
        engine.run()  # Reads the echo of what was sent.
        registry.store.calls.clear()
        return engine

    yield town
    MemoryRegistry.forget_all()


def queries_of(engine: Engine) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        run(engine.authority, engine.registry)
    return [query["sql"] for query in captured.captured_queries]


def asked(engine: Engine) -> list[str]:
    return [call[0] for call in engine.requests()]


def test_a_first_push_is_one_request_for_a_hundred_services(new_town):
    engine = new_town(0)
    offer(engine.authority, 3 * MAX_OPERATIONS + 1)

    assert engine.run().is_done

    calls = asked(engine)
    assert calls.count("batch") + calls.count("put") == 4


def test_nothing_changed_is_one_request_and_as_many_queries_whatever_the_number(new_town):
    few, many = new_town(FEW), new_town(MANY)

    small, large = queries_of(few), queries_of(many)

    assert asked(few) == ["summary", "summary"]  # One each: they share the registry.
    assert len(small) == len(large)
    assert few.journal.count() == many.journal.count()


def test_nothing_changed_writes_two_dates_and_the_lease(new_town):
    engine = new_town(FEW)
    before = engine.journal.count()

    written = [sql for sql in queries_of(engine) if sql.startswith(("INSERT", "UPDATE", "DELETE"))]

    assert {sql.split('"')[1] for sql in written} == {"wagtail_villes_internet_link"}
    assert engine.journal.count() == before


def test_matrix_and_editions_are_read_once_a_registry(new_town):
    first = new_town(FEW)
    second = AuthorityFactory()
    first.registry.add_authority(second.siren)
    offer(second, FEW)

    assert run(second, first.registry).is_done

    assert asked(first) == ["summary", "awards", "batch"]


def test_one_edit_is_three_requests_at_most_and_its_echo_is_read_once(new_town):
    engine = new_town(FEW)
    retitle(DigitalService.objects.of(engine.authority).first(), "Modifié")

    calls = []
    for _run in range(3):
        engine.run()
        calls.append(asked(engine))

    assert calls == [["summary", "put"], ["summary", "feed"], ["summary"]]


def test_an_edit_costs_as_many_queries_whatever_the_number_of_services(new_town):
    counts = []
    for number in (FEW, MANY):
        engine = new_town(number)
        retitle(DigitalService.objects.of(engine.authority).first(), "Modifié")
        counts.append(len(queries_of(engine)))

    assert len(set(counts)) == 1
