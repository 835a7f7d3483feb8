"""The list of what is left to copy goes along whole: as a spreadsheet, and on paper."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.services.association_pages import keep_page_address
from wagtail_villes_internet.sync import by_hand

from .pages import text

pytestmark = pytest.mark.django_db

SCREEN = "/admin/villes-internet/transmission/"
PRINTED = f"{SCREEN}a-imprimer/"
SPREADSHEET = f"{SCREEN}tableur/"
LISTS = [PRINTED, SPREADSHEET]
ADDRESS = "https://association.example/fiches/12"


def sheet_of(response):
    return load_workbook(BytesIO(b"".join(response.streaming_content))).active


def rows_of(response) -> list[tuple]:
    """The rows under the headings; empty cells as empty texts."""
    rows = sheet_of(response).iter_rows(min_row=4, values_only=True)
    return [tuple("" if value is None else value for value in row) for row in rows]


def said_by(response) -> str:
    """All that a person reads, in either form."""
    if "spreadsheetml" in response["Content-Type"]:
        cells = [cell for row in sheet_of(response).iter_rows(values_only=True) for cell in row]
        return " ".join(str(cell) for cell in cells if cell is not None)
    return text(response)


def copy_everything(town):
    left = by_hand.differences(town.authority)
    for line in (*left.new, *left.changed, *left.gone):
        by_hand.mark_copied(town.authority, line.remote_id, town.webmestre, shown=line.hash)


@pytest.fixture
def one_of_each(lunel):
    """A service that changed, one that is gone, and one that is new."""
    changed = lunel.service(title="Cantine", summary="Le midi", url="https://a.example/")
    gone = lunel.service(title="Piscine")
    copy_everything(lunel)
    for service in (changed, gone):
        keep_page_address(lunel.authority, service.remote_id, f"{ADDRESS}/{service.title}")
    changed.summary, changed.url = "Midi et soir", ""
    changed.save()
    gone.delete()
    lunel.service(title="Bibliothèque", summary="Prolonger un prêt")


class TestTheSpreadsheet:
    def test_has_a_row_for_each_field_to_copy_and_each_service_to_take_out(
        self, webmestre, one_of_each
    ):
        rows = rows_of(webmestre.get(SPREADSHEET))

        new = [row for row in rows if row[0] == "À ajouter"]
        assert ("À ajouter", "Bibliothèque", "Résumé", "", "Prolonger un prêt", "") in new
        assert {row[1] for row in new} == {"Bibliothèque"}
        page = f"{ADDRESS}/Cantine"
        assert [row for row in rows if row not in new] == [
            ("À modifier", "Cantine", "Résumé", "Le midi", "Midi et soir", page),
            ("À modifier", "Cantine", "Adresse Internet", "https://a.example/", "(vide)", page),
            ("À retirer", "Piscine", "", "", "", f"{ADDRESS}/Piscine"),
        ]

    def test_says_whose_list_it_is_and_of_when(self, webmestre, one_of_each):
        response = webmestre.get(SPREADSHEET)

        name = response["Content-Disposition"].partition("filename=")[2]
        assert name.startswith('"a-recopier-lunel-20')
        assert name.endswith('.xlsx"')
        sheet = sheet_of(response)
        assert sheet["A1"].value.startswith("Lunel")
        assert sheet["A2"].value
        assert [cell.value for cell in sheet[3]] == [
            "À faire",
            "Service",
            "Champ",
            "Avant",
            "À recopier",
            "Fiche Villes Internet",
        ]

    @pytest.mark.parametrize("start", "=+-@")
    def test_holds_texts_exactly_and_never_a_formula(self, client, start):
        formula = f"{start}HYPERLINK(1)"
        town = Town(formula)
        client.force_login(town.webmestre)
        town.service(title=formula, summary=formula, offline_alternative=formula)

        sheet = sheet_of(client.get(SPREADSHEET))

        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        assert {cell.data_type for cell in cells} == {"s"}
        copied = [cell for cell in cells if cell.value == formula]
        assert len(copied) >= 3
        assert all(cell.quotePrefix for cell in copied)


class TestThePrintedPage:
    def test_says_new_changed_and_gone_with_before_and_now(self, webmestre, one_of_each):
        said = text(webmestre.get(PRINTED))

        assert "Nouveaux services (1)" in said
        assert '<th scope="row">Résumé</th> <td>Prolonger un prêt</td>' in said
        assert "Services modifiés (1)" in said
        assert '<th scope="row">Résumé</th> <td>Le midi</td> <td>Midi et soir</td>' in said
        assert "<td>https://a.example/</td> <td>(vide)</td>" in said
        assert "Services à retirer (1)" in said
        assert f">{ADDRESS}/Cantine</a>" in said
        assert f">{ADDRESS}/Piscine</a>" in said

    def test_says_whose_list_it_is_and_has_nothing_of_the_admin_around_it(
        self, webmestre, one_of_each
    ):
        said = text(webmestre.get(PRINTED))

        assert "<h1>Lunel" in said
        assert "<script" not in said
        assert "sidebar" not in said


@pytest.mark.parametrize("url", LISTS)
class TestEitherList:
    def test_is_offered_where_something_is_left(self, webmestre, lunel, url):
        assert f'href="{url}"' not in text(webmestre.get(SCREEN))

        lunel.service()

        assert f'href="{url}"' in text(webmestre.get(SCREEN))

    def test_says_so_when_nothing_is_left(self, webmestre, lunel, url):
        lunel.service()
        copy_everything(lunel)

        assert "Il ne reste rien à recopier." in said_by(webmestre.get(url))

    def test_is_whole_where_the_screen_shows_the_first_lines(
        self, webmestre, lunel, url, monkeypatch
    ):
        monkeypatch.setattr("wagtail_villes_internet.desk.transmission.SHOWN", 1)
        titles = [lunel.service().title for _n in range(3)]
        screen = text(webmestre.get(SCREEN))
        assert [title for title in titles if title not in screen] != []

        said = said_by(webmestre.get(url))

        assert [title for title in titles if title not in said] == []

    def test_asks_as_many_queries_for_many_services_as_for_few(self, webmestre, lunel, url):
        def count():
            with CaptureQueriesContext(connection) as queries:
                assert webmestre.get(url).status_code == 200
            return len(queries)

        def make(number):
            for _n in range(number):
                changed, gone, _new = lunel.service(), lunel.service(), lunel.service()
                copy_everything(lunel)
                keep_page_address(lunel.authority, gone.remote_id, ADDRESS)
                changed.title += " bis"
                changed.save()
                gone.delete()

        make(1)
        count()
        few = count()
        make(8)

        assert count() == few

    def test_opens_to_the_people_of_the_town(self, client, lunel, admin_user, url):
        Town("Béziers").service(title="Ce que Beziers cache")
        lunel.service(title="Cantine")

        for user in (lunel.webmestre, lunel.referent, lunel.elu):
            client.force_login(user)
            said = said_by(client.get(url))

            assert "Cantine" in said
            assert "Beziers" not in said

    def test_is_closed_to_others(self, client, lunel, url):
        lunel.service(title="Cantine")

        assert client.get(url)["Location"].startswith("/admin/login/")
        client.force_login(admin_only_user())
        assert client.get(url)["Location"] == "/admin/"

    def test_holds_nothing_of_the_pages_of_another_town(self, webmestre, lunel, url):
        """Were two towns ever to hold the same remote id."""
        service = lunel.service()
        keep_page_address(Town("Béziers").authority, service.remote_id, ADDRESS)

        assert ADDRESS not in said_by(webmestre.get(url))

    def test_leads_back_where_a_registry_is_configured(self, webmestre, lunel, url, settings):
        lunel.service()
        settings.WAGTAIL_VILLES_INTERNET = {
            "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
        }

        assert webmestre.get(url)["Location"] == SCREEN
