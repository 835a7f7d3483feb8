"""Two versions taken into use at the same time: one of them is, in the end."""

import threading

import pytest
from django.db import connection, transaction

from wagtail_villes_internet.matrix import store
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.remapping.taking_into_use import take_into_use

from .versions import stored, use, version

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(
        not connection.features.has_select_for_update,
        reason="SQLite lets one transaction write at a time",
    ),
]


def test_the_second_waits_for_the_first_and_takes_its_place():
    use("1", t=["a"])
    for name in ("2", "3"):
        store.store(version(name, t=[f"s{name}"]), make_current=False)
    taken, told = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            take_into_use(stored("2"))
            taken.set()
            # Long enough for the second to be waiting at the row that it would have changed.
            told.wait(1)
        connection.close()

    def second() -> None:
        taken.wait(10)
        take_into_use(stored("3"))
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert [row.version for row in Matrix.objects.filter(is_current=True)] == ["3"]
