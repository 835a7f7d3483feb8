"""The list of services: what it says, finds and exports, and how many queries it asks."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.factories import Town
from tests.services.reviews import start_review
from wagtail_villes_internet.desk.service_filters import ServiceFilterSet
from wagtail_villes_internet.matrix.models import ReferenceService, Theme
from wagtail_villes_internet.services.links.checking import digest
from wagtail_villes_internet.services.links.models import CheckedLink
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.rules import status_on

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/services/"
Status = DigitalService.Status


def cell(page: str, title: str) -> str:
    """What the column of the progress says of a service."""
    row = page[page.index(f"options pour « {title} »") :].partition("</tr>")[0]
    cells = [strip_tags(found).strip() for found in re.findall(r"<td.*?</td>", row)]
    return cells[PROGRESS]


# After the themes, in what follows the cell of the title.
PROGRESS = 1


def link(town, url, state):
    CheckedLink.objects.create(authority=town.authority, url=url, digest=digest(url), state=state)


class TestTheList:
    def test_says_themes_state_and_what_is_missing(self, webmestre, lunel):
        lunel.service(title="Cantine", status="planned")
        lunel.service(title="Coupée", references=[])

        page = text(webmestre.get(LIST))

        assert "en projet" in page
        assert "À compléter" in page
        assert "Il n’est rattaché à aucun service de référence" in page

    def test_a_draft_is_not_to_be_completed(self, webmestre, lunel):
        lunel.service(title="Brouillon", references=[], live=False)

        assert "Il n’est rattaché à aucun" not in text(webmestre.get(LIST))

    def test_what_the_matrix_in_use_lacks_is_said(self, webmestre, lunel):
        old = ReferenceService.objects.create(code="ancien", label="Ancien")
        service = lunel.service(references=[old.code])
        assert service.live

        page = text(webmestre.get(LIST))

        assert "Aucun de ses services de référence n’est dans la matrice en usage." in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=cantine", {"Cantine"}),
            ("q=jeunesse", {"Pare-feu"}),
            ("status=planned", {"Vélos"}),
            ("public=false", {"Pare-feu"}),
            ("counted=false", {"Vélos"}),
            ("live=false", {"Brouillon"}),
            ("live=true&q=a", {"Cantine", "Pare-feu"}),
        ],
    )
    def test_is_searched_and_filtered(self, webmestre, lunel, query, found):
        lunel.service(title="Cantine")
        lunel.service(title="Vélos", status="planned", counted=False)
        lunel.service(title="Pare-feu", public=False, department="Jeunesse")
        lunel.service(title="Brouillon", live=False)

        page = text(webmestre.get(f"{LIST}?{query}"))

        titles = {"Cantine", "Vélos", "Pare-feu", "Brouillon"}
        assert {title for title in titles if f"options pour « {title} »" in page} == found

    def test_says_progress_as_it_is_today(self, webmestre, lunel):
        today = localdate()
        lunel.service(title="A", status="planned", started_on=today + timedelta(days=9))
        lunel.service(title="B", status="planned", started_on=today)
        lunel.service(title="C", ended_on=today - timedelta(days=1))

        page = text(webmestre.get(LIST))

        day = date_format(today + timedelta(days=9), "SHORT_DATE_FORMAT")
        assert cell(page, "A") == f"en projet, ouvre le {day}"
        assert cell(page, "B") == "en service"
        assert cell(page, "C") == "terminé"

    def test_says_which_links_do_not_work(self, webmestre, lunel):
        address = "https://lunel.example/parti"
        linked = f'<p><a href="{address}">là</a></p>'
        lunel.service(title="Cantine", url=address)
        lunel.service(title="Vélos", description=linked)
        link(lunel, address, CheckedLink.State.BROKEN)

        assert text(webmestre.get(LIST)).count(f'<a href="{address}"') == 2

    @pytest.mark.parametrize("state", ["works", "failing", "unchecked"])
    def test_says_nothing_of_a_link_that_may_work(self, webmestre, lunel, state):
        lunel.service(title="Cantine", url="https://lunel.example/")
        link(lunel, "https://lunel.example/", state)

        assert "Lien qui ne marche plus" not in text(webmestre.get(LIST))

    def test_says_nothing_of_what_another_town_found(self, webmestre, lunel):
        lunel.service(title="Cantine", url="https://lunel.example/")
        link(Town("Béziers"), "https://lunel.example/", CheckedLink.State.BROKEN)

        assert "Lien qui ne marche plus" not in text(webmestre.get(LIST))

    def test_says_that_a_service_is_being_reviewed(self, webmestre, lunel):
        start_review(lunel.service(live=False), lunel.referent)

        assert "modération" in text(webmestre.get(LIST))

    def test_says_for_whom(self, webmestre):
        assert "Collectivité : <strong>Lunel (Hérault)</strong>" in text(webmestre.get(LIST))


class TestTheFilters:
    def found(self, browser, query: str) -> set[str]:
        page = text(browser.get(f"{LIST}?{query}"))
        return {title for title in self.TITLES if f"options pour « {title} »" in page}

    TITLES = ("Cantine", "Vélos", "Musée", "Brouillon")

    @pytest.fixture(autouse=True)
    def services(self, lunel):
        address = "https://lunel.example/parti"
        link(lunel, address, CheckedLink.State.BROKEN)
        lunel.service(title="Cantine", audiences=["families", "elders"])
        lunel.service(title="Vélos", references=[], audiences=["elders"], url=address)
        lunel.service(title="Musée", references=["p-billetterie"], url=address)
        lunel.service(title="Brouillon", references=[], live=False)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("remark=incomplete", {"Vélos"}),
            ("remark=link", {"Vélos", "Musée"}),
            ("remark=link&remark=incomplete", {"Vélos", "Musée"}),
            ("audience=families", {"Cantine"}),
            ("audience=elders", {"Cantine", "Vélos"}),
            ("audience=families&audience=elders", {"Cantine", "Vélos"}),
            ("audience=residents", set()),
            ("audience=elders&remark=link", {"Vélos"}),
            ("audience=martians", set(TITLES)),
            ("audience=elders&q=cantine", {"Cantine"}),
        ],
    )
    def test_leave_what_they_say(self, webmestre, query, found):
        assert self.found(webmestre, query) == found

    def test_leave_the_services_of_a_theme(self, webmestre):
        theme = Theme.objects.get(placements__service__code="p-billetterie")

        assert self.found(webmestre, f"theme={theme.code}") == {"Musée"}

    def test_offer_the_themes_of_the_matrix_in_use(self, webmestre):
        page = text(webmestre.get(LIST))

        assert page.count('name="theme"') == Theme.objects.count()


DATES = st.none() | st.integers(-2, 2)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.sampled_from(Status.values), DATES, DATES), max_size=8))
def test_the_filter_and_the_rule_tell_the_same_progress(lunel, rows):
    today = localdate()
    expected = {status: set() for status in Status.values}
    with transaction.atomic():
        for status, start, end in rows:
            days = [None if n is None else today + timedelta(days=n) for n in (start, end)]
            service = lunel.service(status=status, started_on=days[0], ended_on=days[1])
            expected[status_on(status, *days, today)].add(service.pk)

        told = {
            status: set(
                ServiceFilterSet({"status": [status]}, DigitalService.objects.all()).qs.values_list(
                    "pk", flat=True
                )
            )
            for status in Status.values
        }
        transaction.set_rollback(True)

    assert told == expected


class TestTheExport:
    def rows(self, response) -> list[dict]:
        content = b"".join(response.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(content)))

    def test_has_the_fields_in_words(self, webmestre, lunel):
        service = lunel.service(title="Cantine", audiences=["families"], started_on="2024-02-01")
        label = service.reference_services.get().label

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))

        assert row["Titre"] == "Cantine"
        assert row["Pour qui"] == "les familles"
        assert row["Montrer aux habitants"] == "Oui"
        assert label in row["Services de référence"]
        assert row["Depuis le"] == "2024-02-01"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
    def test_runs_nothing_in_a_spreadsheet(self, webmestre, lunel, start):
        lunel.service(title=f"{start}HYPERLINK(1)")

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))
        book = load_workbook(
            io.BytesIO(b"".join(webmestre.get(f"{LIST}?export=xlsx").streaming_content))
        )

        assert row["Titre"].startswith("'")
        assert str(book.active["A2"].value).startswith("'")
        assert book.active["A2"].data_type == "s"

    def test_keeps_numbers_numbers(self, webmestre, lunel):
        lunel.service(latitude="43.670000", longitude="-4.100000")

        [row] = self.rows(webmestre.get(f"{LIST}?export=csv"))

        assert row["Longitude"] == "-4.100000"

    def test_holds_what_the_filter_left(self, webmestre, lunel):
        lunel.service(title="Cantine")
        lunel.service(title="Vélos", status="planned")

        rows = self.rows(webmestre.get(f"{LIST}?export=csv&status=planned"))

        assert [row["Titre"] for row in rows] == ["Vélos"]


@pytest.mark.parametrize(
    "query",
    ["", "?export=csv", "?export=xlsx", "?q=Service", "?remark=incomplete&remark=link&theme=x"],
)
def test_as_many_queries_for_many_services_as_for_few(webmestre, lunel, query):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            response = webmestre.get(LIST + query)
            b"".join(response.streaming_content) if response.streaming else response.content
        return len(queries)

    def make(number):
        for n in range(number):
            lunel.service(url=f"https://lunel.example/{n}").save_revision()
            lunel.service(references=[])

    for n in range(20):
        link(lunel, f"https://lunel.example/{n}", CheckedLink.State.BROKEN)
    make(2)
    count()
    few = count()
    make(12)

    assert count() == few


def test_an_empty_list_leads_to_the_import_and_a_search_in_vain_does_not(client, webmestre):
    list_url, import_url = "/admin/villes-internet/services/", "/admin/villes-internet/importer/"

    empty = client.get(list_url).content.decode()
    in_vain = client.get(f"{list_url}results/?q=introuvable").content.decode()

    assert f'<a href="{import_url}">' in empty
    assert f'<a href="{import_url}">' not in in_vain
