"""« Liens »: what does not answer, whose it is, and what to do about it."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories import Town, UserFactory, admin_only_user
from wagtail_villes_internet.services.links.checking import digest
from wagtail_villes_internet.services.links.models import CheckedLink

pytestmark = pytest.mark.django_db

URL = "https://famille.example/"


def checked(town: Town, url: str = URL, state: str = "broken", reason: str = "404") -> CheckedLink:
    return CheckedLink.objects.create(
        authority=town.authority,
        digest=digest(url),
        url=url,
        state=state,
        reason=reason,
        failing_since="2026-01-02",
    )


@pytest.fixture
def screen():
    return reverse("villes_internet_links:index")


def test_a_broken_link_is_listed_with_why_and_the_services_to_correct(
    client, webmestre, lunel, screen
):
    service = lunel.service(title="Portail famille", url=URL)
    checked(lunel)

    page = client.get(screen).content.decode()

    assert URL in page
    assert "404" in page
    assert f"/edit/{service.pk}/" in page


def test_a_link_in_a_description_counts_as_well(client, webmestre, lunel, screen):
    lunel.service(title="Portail famille", description=f'<p><a href="{URL}">ici</a></p>')
    checked(lunel)

    assert "Portail famille" in client.get(screen).content.decode()


def test_what_works_is_not_listed_and_the_screen_says_so(client, webmestre, lunel, screen):
    checked(lunel, state="works", reason="")

    page = client.get(screen).content.decode()

    assert URL not in page


def test_the_home_says_so_only_when_a_link_is_broken(client, webmestre, lunel):
    checked(lunel, state="failing")
    home = reverse("wagtailadmin_home")
    assert "villes-internet-links" not in client.get(home).content.decode()

    CheckedLink.objects.update(state="broken")

    assert "villes-internet-links" in client.get(home).content.decode()


def test_an_address_that_is_a_trap_is_written_not_run(client, webmestre, lunel, screen):
    checked(lunel, url='https://a.example/"><script>alert(1)</script>')

    assert "<script>alert(1)" not in client.get(screen).content.decode()


def test_the_spreadsheet_holds_texts(client, webmestre, lunel, screen):
    lunel.service(title="=1+1", url=URL)
    checked(lunel)

    answer = client.get(f"{screen}?export=xlsx")

    cells = [
        cell
        for row in load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values
        for cell in row
    ]
    assert "'=1+1" in cells


def test_queries_do_not_grow_with_the_links(client, webmestre, lunel, screen):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(screen)
        return len(captured)

    lunel.service(url=URL)
    checked(lunel)
    client.get(screen)
    few = queries()
    for number in range(20):
        url = f"https://a.example/{number}"
        lunel.service(url=url)
        checked(lunel, url=url)

    assert queries() == few


class TestWho:
    @pytest.fixture(autouse=True)
    def _broken(self, lunel):
        lunel.service(title="Portail famille", url=URL)
        checked(lunel)

    def seen(self, client, person, screen) -> bool:
        client.force_login(person)
        answer = client.get(screen)
        return answer.status_code == 200 and URL in answer.content.decode()

    def test_nobody_who_is_not_logged_in(self, client, screen):
        assert client.get(screen).status_code == 302

    def test_not_who_may_only_enter_the_admin(self, client, screen):
        assert not self.seen(client, admin_only_user(), screen)

    @pytest.mark.parametrize("role", ["webmestre", "referent", "elu"])
    def test_everybody_of_the_town(self, client, lunel, screen, role):
        assert self.seen(client, getattr(lunel, role), screen)

    def test_nobody_of_another_town(self, client, screen):
        assert not self.seen(client, Town("Agde").webmestre, screen)

    def test_the_operator_for_the_town_worked_for(self, client, screen):
        assert self.seen(client, UserFactory(is_superuser=True), screen)
