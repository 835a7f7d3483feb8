"""The histories are worth something: they catch a sync that is wrong in one way.

Within as many histories as the suite tells each time, whose seeds are fixed.
"""

from collections import Counter

import pytest

from .machine import Histories
from .mutants import MUTANTS
from .test_histories import tell
from .town import Base

MOST = 200


@pytest.mark.django_db
@pytest.mark.parametrize("batches", [True, False], ids=["in batches", "one by one"])
@pytest.mark.parametrize("name", MUTANTS)
def test_a_sync_that_is_wrong_in_one_way_is_caught(name, batches, monkeypatch, record_property):
    counted = Counter()

    class Machine(Histories):
        base = Base()
        counts = counted

    Machine.batches = batches
    MUTANTS[name](monkeypatch)

    with pytest.raises(AssertionError):
        tell(Machine, 0, MOST, shrink=False)

    way = "in batches" if batches else "one by one"
    record_property("counted", (f"caught after, {way}", {name: counted["histories"]}))
