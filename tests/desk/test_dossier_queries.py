"""A screen of the dossier asks the database as often for ten services as for three hundred."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import Town
from wagtail_villes_internet.dossiers.models import Dossier

from .dossiers import URL, YEAR, begin, file_it

pytestmark = pytest.mark.django_db

SCREENS = ["", "services/", "services/?p=2", "textes/", "deposer/", "versions/1/", "comparer/"]


@pytest.fixture
def queries(client):
    """How many queries each screen takes for a town that filed once, and then changed a text."""

    def queries(town: Town, services: int) -> dict[str, int]:
        begin(town, services)
        for number in range(services // 10):
            town.service(title=f"Brouillon {number}", live=False)
            town.service(title=f"Sans rattachement {number}", references=[])
        file_it(town)
        Dossier.objects.filter(authority=town.authority, year=YEAR).update(statement="Autre")
        client.force_login(town.webmestre)
        found = {}
        for screen in SCREENS:
            client.get(URL + screen)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(URL + screen).status_code == 200
            found[screen] = len(captured)
        return found

    return queries


def test_as_many_for_ten_services_as_for_three_hundred(queries):
    few = queries(Town("Aigues-Mortes"), 10)
    many = queries(Town("Lunel"), 300)

    assert many == few
    assert max(many.values()) <= 60
