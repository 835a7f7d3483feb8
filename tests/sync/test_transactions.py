"""What holds where the test itself opens no transaction."""

import pytest
from django.db import connection

from wagtail_villes_internet.registry.memory import MemoryRegistry

from .filings.filer import Filer

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


def test_nor_while_a_dossier_is_filed_refused_and_read(monkeypatch):
    MemoryRegistry.forget_all()
    filer = Filer(MemoryRegistry())
    open_during = {}
    called = filer.registry._called

    def note(*call):
        open_during[call[0]] = connection.in_atomic_block
        called(*call)

    monkeypatch.setattr(filer.registry, "_called", note)
    filer.close()
    filer.file()
    filer.run()

    assert {"file", "dossier"} <= open_during.keys()
    assert not any(open_during.values())
    MemoryRegistry.forget_all()
