"""What holds where the test itself opens no transaction."""

import pytest
from django.db import connection

# What the migrations wrote comes back after the emptying of the tables.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_no_transaction_is_open_during_a_request(engine, monkeypatch):
    open_during = []
    called = engine.registry._called

    def note(*call):
        open_during.append(connection.in_atomic_block)
        called(*call)

    monkeypatch.setattr(engine.registry, "_called", note)
    engine.service()
    engine.run()
    assert open_during
    assert not any(open_during)
