"""« Services »: a webmaster types any draft, and publishes what is complete."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wagtail_villes_internet.matrix.models import Placement, ReferenceService, Theme
from wagtail_villes_internet.matrix.store import receive_matrix
from wagtail_villes_internet.services.models import DigitalService

from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/services/"
ADD = f"{LIST}add/"


def edit(service) -> str:
    return f"{LIST}edit/{service.pk}/"


def reference(code="p-rdv-titres") -> ReferenceService:
    return ReferenceService.objects.get(code=code)


def filled(**fields) -> dict:
    """What the form posts for a complete service; None leaves a field out."""
    posted = {
        "title": "Cantine en ligne",
        "summary": "Réserver les repas",
        "kind": "service",
        "status": "active",
        "reference_services": [reference().pk],
        "url": "https://lunel.example/cantine",
        "offline_alternative": "",
        "description": contentstate("Le soir aussi"),
        "provider": "authority",
        "department": "",
        "started_on": "",
        "ended_on": "",
        "latitude": "",
        "longitude": "",
        "public": "on",
        "counted": "on",
        **fields,
    }
    return {name: value for name, value in posted.items() if value is not None}


def contentstate(words: str, **link) -> str:
    """A paragraph as the rich text editor posts it; `link`: what its words lead to."""
    ranges = [{"offset": 0, "length": len(words), "key": 0}] if link else []
    entities = {"0": {"type": "LINK", "mutability": "MUTABLE", "data": link}} if link else {}
    block = {
        "key": "a",
        "text": words,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": ranges,
    }
    return json.dumps({"blocks": [block], "entityMap": entities})


class TestPublishing:
    def test_a_complete_service_goes_online_for_the_town(self, webmestre, lunel):
        webmestre.post(ADD, filled(**{"action-publish": "1"}, audiences=["families", "elders"]))

        service = DigitalService.objects.get()
        assert service.live
        assert service.authority == lunel.authority
        assert list(service.reference_services.all()) == [reference()]
        assert service.audiences == ["elders", "families"]

    def test_without_a_reference_service_it_is_refused_with_what_to_do(self, webmestre):
        response = webmestre.post(ADD, filled(reference_services=[], **{"action-publish": "1"}))

        assert "Cochez au moins un service de référence pour publier." in text(response)
        assert not DigitalService.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            (
                {"started_on": "2024-02-01", "ended_on": "2024-01-31"},
                "se termine avant de commencer",
            ),
            ({"latitude": "43.67"}, "latitude et sa longitude vont ensemble"),
            ({"url": "ftp://lunel.example/"}, "ne commence pas par https:// ou http://"),
            ({"latitude": "91", "longitude": "4"}, "inférieure ou égale à 90"),
            ({"title": ""}, "Champ requis"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_what_breaks_a_rule_is_refused_with_the_reason(self, webmestre, fields, said):
        response = webmestre.post(ADD, filled(**fields, **{"action-publish": "1"}))

        assert said in text(response)
        assert not DigitalService.objects.exists()

    def test_a_former_service_cannot_be_published_without_its_attachment(self, webmestre, lunel):
        service = lunel.service()

        response = webmestre.post(
            edit(service), filled(reference_services=[], **{"action-publish": "1"})
        )

        assert "Cochez au moins un service" in text(response)
        assert service.reference_services.count() == 1

    def test_the_referent_prepares_and_does_not_publish(self, client, lunel):
        client.force_login(lunel.referent)

        client.post(ADD, filled(**{"action-publish": "1"}))

        assert not DigitalService.objects.get().live


class TestDrafts:
    def test_a_title_is_enough(self, webmestre):
        webmestre.post(ADD, filled(reference_services=[], url="", description=contentstate("")))

        assert not DigitalService.objects.get().live

    def test_a_title_is_needed(self, webmestre):
        response = webmestre.post(ADD, filled(title=""))

        assert response.status_code == 200
        assert not DigitalService.objects.exists()

    def test_what_would_not_be_published_is_kept(self, webmestre):
        webmestre.post(ADD, filled(started_on="2024-02-01", ended_on="2024-01-31"))

        assert DigitalService.objects.exists()

    def test_a_draft_of_a_live_service_changes_nothing_online(self, webmestre, lunel):
        service = lunel.service(title="Cantine")

        webmestre.post(edit(service), filled(title="Cantine en ligne", reference_services=[]))

        service.refresh_from_db()
        assert service.title == "Cantine"
        assert service.reference_services.count() == 1
        assert service.get_latest_revision_as_object().title == "Cantine en ligne"

    def test_without_a_town_the_page_says_what_to_do(self, client, lunel):
        lunel.settings.delete()
        client.force_login(lunel.webmestre)

        for response in (client.get(ADD), client.post(ADD, filled())):
            assert "Demandez à la personne qui héberge ce site" in text(response)
        assert not DigitalService.objects.exists()

    def test_without_a_town_nothing_is_saved_by_itself(self, client, lunel):
        lunel.settings.delete()
        client.force_login(lunel.webmestre)

        response = client.post(ADD, filled(), headers={"accept": "application/json"})

        assert (response.status_code, response.json()["error_code"]) == (400, "no_authority")


class TestDescription:
    def stored(self, webmestre, description):
        webmestre.post(ADD, filled(description=description))
        return DigitalService.objects.get().description

    def test_html_that_is_typed_stays_a_text(self, webmestre):
        stored = self.stored(webmestre, contentstate("<script>alert(1)</script>"))

        assert "<script" not in stored
        assert "&lt;script&gt;" in stored

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
    def test_a_link_that_would_run_something_leads_nowhere(self, webmestre, address):
        stored = self.stored(webmestre, contentstate("ici", url=address))

        assert address.partition(":")[0] + ":" not in stored
        assert "ici" in stored


class TestReferenceServices:
    def test_are_check_boxes_under_the_themes_of_the_matrix(self, webmestre):
        page = text(webmestre.get(ADD))

        assert page.count('name="reference_services"') >= 60
        assert "Démocratie & services publics › " in page
        assert "<summary" in page

    def test_a_theme_where_something_is_ticked_is_unfolded(self, webmestre, lunel):
        page = text(webmestre.get(edit(lunel.service())))

        assert page.count("<details open>") == 1
        assert "(1 case cochée)" in page

    def test_one_of_two_themes_is_offered_once(self, webmestre):
        """Two boxes of one value would contradict each other."""
        [first, other] = Theme.objects.order_by("-position")[:2]
        twice = reference()
        for theme in (first, other):
            Placement.objects.get_or_create(theme=theme, service=twice)

        page = text(webmestre.get(ADD))

        assert page.count(f'name="reference_services" value="{twice.pk}"') == 1

    def test_one_that_left_the_matrix_stays_ticked(self, webmestre, lunel):
        service = lunel.service()
        receive_matrix(
            {
                "version": "2027",
                "official": True,
                "axes": [
                    {
                        "code": "a",
                        "label": "Axe",
                        "themes": [
                            {
                                "code": "e",
                                "label": "Enjeu",
                                "services": [{"code": "s", "label": "Nouveau", "replaces": []}],
                            }
                        ],
                    }
                ],
            }
        )

        page = text(webmestre.get(edit(service)))
        webmestre.post(edit(service), filled(**{"action-publish": "1"}))

        assert "Absents de la matrice en usage" in page
        assert list(service.reference_services.all()) == [reference()]

    def test_one_that_is_not_offered_is_refused(self, webmestre):
        gone = ReferenceService.objects.create(code="parti", label="Parti")

        webmestre.post(ADD, filled(reference_services=[gone.pk], **{"action-publish": "1"}))

        assert not DigitalService.objects.exists()


def test_the_form_asks_as_many_queries_for_many_attachments(webmestre, lunel):
    def count(service) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert webmestre.get(edit(service)).status_code == 200
        return len(queries)

    one = lunel.service()
    codes = list(ReferenceService.objects.values_list("code", flat=True)[:30])
    many = lunel.service(references=codes)
    count(one)

    assert count(many) == count(one)


def test_the_preview_shows_what_is_typed(webmestre, lunel):
    service = lunel.service(title="Cantine")
    url = f"{LIST}preview/{service.pk}/"

    assert webmestre.post(url, filled(title="Cantine du soir")).json()["is_valid"]

    assert "Cantine du soir" in text(webmestre.get(url))


def test_the_preview_of_a_new_one_shows_what_is_typed(webmestre):
    url = f"{LIST}preview/"

    assert webmestre.post(url, filled(title="Cantine du soir")).json()["is_valid"]

    assert "Cantine du soir" in text(webmestre.get(url))
    assert not DigitalService.objects.exists()


def test_a_schedule_is_kept(webmestre):
    later = timezone.now() + timezone.timedelta(days=3)

    webmestre.post(ADD, filled(go_live_at=f"{later:%Y-%m-%d %H:%M}", **{"action-publish": "1"}))

    service = DigitalService.objects.get()
    assert not service.live
    assert service.scheduled_revision is not None


def test_nobody_is_asked_while_an_editor_works(webmestre, lunel, settings, monkeypatch):
    """The registry is spoken to by the synchronisation, never by a request of the admin."""

    def refuse(*args):
        raise AssertionError("a request of the admin opened a connection")

    settings.WAGTAIL_VILLES_INTERNET = {
        "REGISTRY": {
            "BACKEND": "wagtail_villes_internet.registry.http.HttpRegistry",
            "OPTIONS": {"url": "https://registre.example/api/v1/"},
        },
        "REGISTRY_TOKENS": {lunel.authority.siren: "jeton"},
    }
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)

    webmestre.post(ADD, filled(**{"action-publish": "1"}))
    service = DigitalService.objects.get()
    webmestre.post(edit(service), filled(title="Cantine", **{"action-publish": "1"}))
    page = text(webmestre.get("/admin/villes-internet/transmission/"))
    webmestre.post(f"{LIST}unpublish/{service.pk}/")
    webmestre.post(f"{LIST}delete/{service.pk}/")

    assert "À transmettre (1)" in page
    assert not DigitalService.objects.exists()
