"""How many transactions a push takes, where the test itself opens none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.sync.conftest import Engine
from wagtail_villes_internet.registry.batches import MAX_OPERATIONS
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.sync.runner import run

from .bench import offer

# What the migrations wrote comes back after the emptying of the tables.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_the_acknowledgements_of_one_answer_are_one_transaction():
    MemoryRegistry.forget_all()
    engine = Engine(MemoryRegistry())
    engine.run()

    few, full, twice = (
        committed(engine, number) for number in (2, MAX_OPERATIONS, 2 * MAX_OPERATIONS)
    )

    assert few == full
    # A batch more: one transaction that freezes what is sent, one that settles what was answered.
    assert twice - full == 2
    MemoryRegistry.forget_all()


def committed(engine: Engine, number: int) -> int:
    """How many transactions it takes to declare so many services more."""
    offer(engine.authority, number)
    with CaptureQueriesContext(connection) as captured:
        result = run(engine.authority, engine.registry)
    assert result.tally.declared == number
    run(engine.authority, engine.registry)
    return sum(query["sql"] == "COMMIT" for query in captured.captured_queries)
