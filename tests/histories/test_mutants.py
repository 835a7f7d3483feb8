"""The histories are worth something: they catch a sync that is wrong in one way.

Within those that the suite tells each time, seed by seed.
"""

from collections import Counter

import pytest

from .machine import Histories
from .mutants import MUTANTS
from .test_histories import EACH, tell
from .town import Base

MOST = 200


@pytest.mark.filterwarnings("ignore:.*ServerSideCursor:ResourceWarning")
@pytest.mark.django_db
@pytest.mark.parametrize("name", MUTANTS)
def test_a_sync_that_is_wrong_in_one_way_is_caught(name, monkeypatch, record_property):
    class Machine(Histories):
        base = Base()
        counts = Counter()

    MUTANTS[name](monkeypatch)

    with pytest.raises(AssertionError) as caught:
        tell_all(Machine)

    counted = {f"{name} ({caught.traceback[-1].name})": Machine.counts["histories"]}
    record_property("counted", ("mutants, caught after so many histories", counted))


def tell_all(machine):
    for number in range(MOST // EACH):
        tell(machine, number, shrink=False)
