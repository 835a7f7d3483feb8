"""The operator looks over the dossiers of every town, on the list of the authorities."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import Town
from wagtail_villes_internet.dossiers.campaign import sit_out

from .dossiers import YEAR, begin, file_it
from .pages import text

LIST = "/admin/villes-internet/collectivites/"


def seen(client) -> str:
    return text(client.get(LIST))


def test_each_town_says_where_its_last_dossier_stands(admin_client, lunel):
    beziers, sete = Town("Béziers"), Town("Sète")
    begin(beziers)
    begin(sete)
    file_it(sete)
    sit_out(lunel.authority, YEAR, sits_out=True)

    page = seen(admin_client)

    assert f"{YEAR} – Non déposé." in page
    assert f"{YEAR} – La version 1 est à recopier" in page
    assert f"{YEAR} – Ne participe pas." in page


def test_a_year_that_was_sat_out_gives_way_to_a_later_dossier(admin_client, lunel):
    sit_out(lunel.authority, YEAR - 1, sits_out=True)
    begin(lunel)

    assert "Ne participe pas" not in seen(admin_client)


def test_a_version_that_was_given_up_is_none(admin_client, lunel):
    begin(lunel)
    filing = file_it(lunel)
    type(filing).objects.update(state=type(filing).State.GIVEN_UP)

    assert f"{YEAR} – Non déposé." in seen(admin_client)


def test_a_town_without_a_dossier_is_left_blank(admin_client, lunel):
    assert " – " not in seen(admin_client).split("Dernier dossier")[1].split("</table>")[0]


def test_it_costs_the_same_for_many_towns_and_versions(admin_client, lunel):
    begin(lunel)
    file_it(lunel)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(LIST)
        return len(queries)

    count()
    few = count()
    lunel.service(title="Plus nouveau")
    file_it(lunel)
    for name in ("Béziers", "Sète", "Agde"):
        town = Town(name)
        begin(town)
        file_it(town)

    assert count() == few
