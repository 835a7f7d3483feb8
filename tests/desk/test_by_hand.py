"""By hand: each line leads to its page in the association's tool, and is copied field by field."""

from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.services.association_pages import keep_page_address, page_address
from wagtail_villes_internet.services.models import AssociationPage
from wagtail_villes_internet.sync import by_hand
from wagtail_villes_internet.sync.models import Declaration, SyncRun

from .pages import text

pytestmark = pytest.mark.django_db

URL = "/admin/villes-internet/transmission/"
TICK_OFF = f"{URL}recopie/"
ADDRESS = "https://association.example/fiches/12"


@pytest.fixture
def service(lunel):
    return lunel.service(title="Cantine", summary="Réserver les repas")


def line_of(service) -> by_hand.Line:
    left = by_hand.differences(service.authority)
    lines = (*left.new, *left.changed, *left.gone)
    return next(line for line in lines if line.remote_id == service.remote_id)


def tick_off(client, service, **typed):
    posted = {"service": service.remote_id, "shown": line_of(service).hash, **typed}
    return client.post(TICK_OFF, posted, follow=True)


def known(service) -> str:
    return page_address(service.authority_id, service.remote_id)


class Elements(HTMLParser):
    """The start tags of a page with their attributes."""

    def __init__(self, response):
        super().__init__()
        self.found = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def having(self, name) -> list[dict]:
        return [attrs for _tag, attrs in self.found if name in attrs]


class TestThePageOfEachService:
    def test_is_typed_while_saying_that_it_is_copied(self, webmestre, service):
        tick_off(webmestre, service, page=ADDRESS)

        assert known(service) == ADDRESS
        assert by_hand.count_left(service.authority) == 0

    def test_may_be_left_out(self, webmestre, service):
        tick_off(webmestre, service, page="")

        assert known(service) == ""
        assert by_hand.count_left(service.authority) == 0

    def test_is_led_to_from_the_line_once_it_is_known(self, webmestre, service):
        assert "Ouvrir la fiche" not in text(webmestre.get(URL))

        keep_page_address(service.authority, service.remote_id, ADDRESS)

        said = text(webmestre.get(URL))
        assert f'href="{ADDRESS}" target="_blank" rel="noreferrer">Ouvrir la fiche' in said
        assert "de Cantine (nouvel onglet)" in said

    def test_is_led_to_from_what_was_copied_last(self, webmestre, service):
        said = text(tick_off(webmestre, service, page=ADDRESS))

        assert "Il ne reste rien à recopier." in said
        assert f'href="{ADDRESS}"' in said

    def test_is_still_known_of_a_service_that_was_deleted(self, webmestre, service):
        tick_off(webmestre, service, page=ADDRESS)
        service.delete()

        said = text(webmestre.get(URL))

        assert "Services à retirer (1)" in said
        assert f'href="{ADDRESS}"' in said

    def test_stays_when_the_line_is_taken_out_or_ticked_without_it(self, webmestre, service):
        tick_off(webmestre, service, page=ADDRESS)
        service.unpublish()
        tick_off(webmestre, service)

        assert known(service) == ADDRESS

    @pytest.mark.parametrize("typed", ["javascript:alert(1)", "ftp://a.example/", "ma fiche"])
    def test_is_refused_when_it_is_no_web_address_and_nothing_is_noted(
        self, webmestre, service, typed
    ):
        said = text(tick_off(webmestre, service, page=typed))

        assert "Rien n’a été noté." in said
        assert "Ce n’est pas une adresse Internet complète" in said
        assert "Nouveaux services (1)" in said
        assert not AssociationPage.objects.exists()

    def test_is_not_noted_for_a_line_that_changed_in_the_meantime(self, webmestre, service):
        tick_off(webmestre, service, page=ADDRESS, shown="0" * 64)

        assert known(service) == ""

    def test_of_another_town_can_be_neither_read_nor_written(self, webmestre, lunel):
        other = Town("Béziers").service()
        keep_page_address(other.authority, other.remote_id, ADDRESS)

        response = webmestre.post(
            TICK_OFF, {"service": other.remote_id, "shown": "", "page": "https://pris.example/"}
        )

        assert response.status_code == 404
        assert known(other) == ADDRESS
        assert ADDRESS not in text(webmestre.get(URL))


class TestTickingOff:
    @pytest.mark.parametrize("who", ["nobody", "may only enter the admin", "élu"])
    def test_is_refused_to(self, client, lunel, service, who):
        people = {"may only enter the admin": admin_only_user(), "élu": lunel.elu}
        if who in people:
            client.force_login(people[who])

        response = client.post(
            TICK_OFF,
            {"service": service.remote_id, "shown": line_of(service).hash, "page": ADDRESS},
        )

        assert response.status_code == 302
        assert not Declaration.objects.exists()
        assert not AssociationPage.objects.exists()

    def test_is_not_done_by_a_link(self, webmestre, service):
        query = {"service": service.remote_id, "shown": line_of(service).hash}

        assert webmestre.get(TICK_OFF, query).status_code == 405
        assert not Declaration.objects.exists()

    def test_is_over_once_a_registry_is_configured(self, webmestre, service, settings):
        settings.WAGTAIL_VILLES_INTERNET = {
            "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
        }

        response = webmestre.post(TICK_OFF, {"service": service.remote_id, "shown": ""})

        assert response["Location"] == URL
        assert not Declaration.objects.exists()


class TestCopyButtons:
    def test_stay_hidden_until_the_script_shows_them(self, webmestre, service):
        buttons = Elements(webmestre.get(URL)).having("data-vi-copy")

        assert buttons
        assert all("hidden" in button for button in buttons)

    def test_name_a_field_whose_whole_text_is_there(self, webmestre, lunel):
        lunel.service(title="Cantine", offline_alternative="Au guichet\nou par courrier")

        page = Elements(webmestre.get(URL))

        ids = {attrs["id"] for attrs in page.having("id")}
        assert {button["data-vi-copy"] for button in page.having("data-vi-copy")} <= ids
        assert ">Au guichet\nou par courrier</span>" in webmestre.get(URL).content.decode()

    def test_offer_a_description_with_its_formatting(self, webmestre, lunel):
        lunel.service(description="<p>Le <b>soir</b> aussi</p>")

        [described] = Elements(webmestre.get(URL)).having("data-vi-markup")

        assert described["data-vi-markup"] == "<p>Le <strong>soir</strong> aussi</p>"

    def test_need_no_script_in_the_page_itself(self, webmestre, service):
        page = Elements(webmestre.get(URL))

        scripts = [attrs for tag, attrs in page.found if tag == "script"]
        assert all("src" in attrs or attrs["type"] == "application/json" for attrs in scripts)
        assert [attrs for attrs in scripts if attrs.get("src", "").endswith("internet/to-copy.js")]
        assert not [name for _tag, attrs in page.found for name in attrs if name.startswith("on")]
        assert finders.find("wagtail_villes_internet/to-copy.js")

    def test_are_not_offered_for_what_is_to_be_taken_out(self, webmestre, service):
        tick_off(webmestre, service)
        service.delete()

        assert Elements(webmestre.get(URL)).having("data-vi-copy") == []


def test_formatting_that_changed_alone_is_said(webmestre, lunel):
    service = lunel.service(description="<p>Le soir</p>")
    tick_off(webmestre, service)
    service.description = "<p>Le <b>soir</b></p>"
    service.save()

    assert "Seule la mise en forme change." in text(webmestre.get(URL))


def test_after_a_full_pass_the_next_visit_shows_only_the_differences(webmestre, lunel):
    services = [lunel.service(title=f"Service {n:02}") for n in range(38)]
    assert "Nouveaux services (38)" in text(webmestre.get(URL))
    for service in services:
        tick_off(webmestre, service, page=f"{ADDRESS}/{service.pk}")
    assert "Il ne reste rien à recopier." in text(webmestre.get(URL))

    services[0].title = "Nouveau titre"
    services[0].save()
    services[1].summary = "Un résumé"
    services[1].save()
    services[2].unpublish()

    said = text(webmestre.get(URL))
    assert "3 services à recopier" in said
    assert "Services modifiés (2)" in said
    assert "Services à retirer (1)" in said
    assert "Nouveaux services" not in said
    for service in services[:3]:
        assert f'href="{ADDRESS}/{service.pk}"' in said.split("Recopiés en dernier")[0]
    assert said.count("<details>") == 3


LATE_OR_FAILED = ("retard", "échec", "échou", "erreur de", "refusé", "impossible", "urgent")


@pytest.fixture
def left_undone(webmestre, lunel):
    """A town that copied something once, undid it, and has done nothing for years."""
    kept, changed, gone, never = (lunel.service(title=f"Service {n}") for n in range(4))
    for service in (kept, changed, gone):
        tick_off(webmestre, service)
    by_hand.unmark(lunel.authority, kept.remote_id)
    changed.title = "Service modifié"
    changed.save()
    gone.delete()
    long_ago = timezone.now() - timezone.timedelta(days=1000)
    type(never).objects.update(first_published_at=long_ago, last_published_at=long_ago)
    Declaration.objects.update(acknowledged_at=long_ago)


@pytest.mark.parametrize(
    "screen", ["/admin/", URL, f"{URL}a-imprimer/", "/admin/villes-internet/services/"]
)
def test_nothing_is_ever_called_late_or_failed(webmestre, left_undone, screen):
    """Nobody promised the association a date."""
    said = text(webmestre.get(screen)).lower()

    assert [word for word in LATE_OR_FAILED if word in said] == []


def test_nor_in_the_register_of_transmissions(webmestre, left_undone):
    page = text(webmestre.get("/admin/villes-internet/registre/"))

    rows = page[page.rindex("<tbody") : page.rindex("</tbody")].lower()
    assert "service 1" in rows
    assert [word for word in LATE_OR_FAILED if word in rows] == []
    assert not SyncRun.objects.exists()
