"""Two people at the same moment: one version, one agreement, one dossier."""

import threading

import pytest
from django.db import connection

from tests.factories import Town
from wagtail_villes_internet.dossiers.agreements import agree
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Agreement, Dossier, Filing

pytestmark = [
    # What the migrations wrote comes back after the emptying of the tables.
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(
        not connection.features.has_select_for_update,
        reason="SQLite lets one transaction write at a time",
    ),
]
TIMES = 4


@pytest.fixture
def lunel():
    town = Town("Lunel")
    town.service(title="Portail famille")
    return town


def at_once(act):
    """Has `act` done by several threads that start together; what each got, or its error."""
    start, got = threading.Barrier(TIMES), []

    def run():
        start.wait(10)
        try:
            got.append(act())
        except Exception as error:
            got.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _time in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def test_the_same_filed_at_once_is_one_version(lunel):
    dossier = open_dossier(lunel.authority, 2027)
    content = draft_of(dossier).content

    def file():
        row = Dossier.objects.get()
        user = lunel.referent
        return freeze(row, content, user, shown=content.digest, registry_address="").pk

    got = at_once(file)

    assert [type(one) for one in got] == [int] * TIMES
    assert len(set(got)) == 1
    assert Filing.objects.get().number == 1


def test_the_same_agreed_to_at_once_is_one_agreement(lunel):
    dossier = open_dossier(lunel.authority, 2027)
    digest = draft_of(dossier).content.digest

    got = at_once(lambda: agree(Dossier.objects.get(), digest, lunel.elu, shown=digest).pk)

    assert len(set(got)) == 1
    assert Agreement.objects.count() == 1


def test_opened_at_once_is_one_dossier(lunel):
    got = at_once(lambda: open_dossier(lunel.authority, 2027).pk)

    assert len(set(got)) == 1
    assert Dossier.objects.count() == 1
