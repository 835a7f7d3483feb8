"""Services in several languages, in the admin: Wagtail's own « Traduire » included."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import resolve, reverse
from wagtail.models import Locale

from tests.blocks.pages import said
from tests.factories import Town
from wagtail_villes_internet.desk.translating import ScopedTranslateView
from wagtail_villes_internet.services.models import DigitalService

from .pages import text
from .test_services import ADD, LIST, edit, filled

pytestmark = pytest.mark.django_db

SECRET = "Ce que Beziers cache"


@pytest.fixture(autouse=True)
def several_languages(settings):
    settings.WAGTAIL_I18N_ENABLED = True


@pytest.fixture
def english():
    return Locale.objects.create(language_code="en")


@pytest.fixture
def translators(lunel):
    """Lunel's people, whom the operator gave Wagtail's right to translate."""
    right = Permission.objects.get(codename="submit_translation")
    for person in (lunel.webmestre, lunel.referent, lunel.elu):
        person.user_permissions.add(right)
    return lunel


def translating(service) -> str:
    model = ["wagtail_villes_internet", "digitalservice", service.pk]
    return reverse("simple_translation:submit_snippet_translation", args=model)


class TestTranslating:
    def test_our_view_takes_the_place_of_wagtails_at_its_address(self, lunel):
        url = translating(lunel.service())

        for address in (url, url.replace("/digitalservice/", "/DigitalService/")):
            assert resolve(address).func.view_class is ScopedTranslateView

    @pytest.mark.parametrize("role", ["webmestre", "referent"])
    def test_makes_a_draft_and_leads_to_it(self, client, translators, english, role):
        service = translators.service(title="Cantine")
        client.force_login(getattr(translators, role))

        page = text(client.get(translating(service)))
        response = client.post(translating(service), {"locales": [english.pk]})

        draft = service.get_translation(english)
        assert "Cantine" in page
        assert response["Location"] == edit(draft)
        assert not draft.live
        assert draft.remote_id == service.remote_id
        assert list(DigitalService.objects.live()) == [service]

    def test_the_draft_is_published_like_any_other(self, client, translators, english):
        service = translators.service(title="Cantine")
        client.force_login(translators.webmestre)
        client.post(translating(service), {"locales": [english.pk]})
        draft = service.get_translation(english)

        client.post(edit(draft), filled(title="School meals", **{"action-publish": "1"}))

        draft.refresh_from_db()
        assert draft.live
        assert draft.title == "School meals"
        assert draft.locale == english

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("model", ["digitalservice", "DigitalService"])
    def test_is_not_found_for_a_service_of_another_town(
        self, client, translators, english, method, model
    ):
        theirs = Town("Béziers").service(title=SECRET)
        client.force_login(translators.webmestre)
        url = translating(theirs).replace("digitalservice", model)

        response = getattr(client, method)(url, {"locales": [english.pk]})

        assert response.status_code == 404
        assert SECRET not in text(response)
        assert DigitalService.objects.get() == theirs

    def test_is_not_for_who_may_not_change_it(self, client, translators, english):
        service = translators.service()
        client.force_login(translators.elu)

        assert client.post(translating(service), {"locales": [english.pk]}).status_code == 404
        assert DigitalService.objects.get() == service

    def test_is_not_for_who_was_not_given_the_right(self, webmestre, lunel, english):
        service = lunel.service()

        response = webmestre.post(translating(service), {"locales": [english.pk]})

        assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert DigitalService.objects.get() == service

    @pytest.mark.parametrize("key", ["nimporte", "0", "../1"])
    def test_what_is_no_key_is_not_found(self, client, translators, key):
        client.force_login(translators.webmestre)

        url = f"/admin/translation/submit/snippet/wagtail_villes_internet/digitalservice/{key}/"

        assert client.get(url).status_code == 404

    def test_what_has_no_translations_is_not_found(self, client, translators):
        award = translators.award()
        client.force_login(translators.webmestre)

        assert client.get(translating(award).replace("digitalservice", "award")).status_code == 404

    def test_the_list_leads_to_it(self, client, translators, english):
        service = translators.service()
        client.force_login(translators.webmestre)

        assert translating(service) in text(client.get(LIST))


class TestTheAdmin:
    def test_a_service_that_exists_in_one_other_language_only_is_created_there(
        self, webmestre, lunel, english
    ):
        webmestre.post(f"{ADD}?locale=en", filled(title="Welcome desk", **{"action-publish": "1"}))

        service = DigitalService.objects.get()
        assert (service.locale, service.live) == (english, True)
        assert service.authority == lunel.authority

    def test_a_service_leads_to_its_translations(self, webmestre, lunel, english):
        service = lunel.service()
        service.copy_for_translation(english).save()

        assert edit(service.get_translation(english)) in text(webmestre.get(edit(service)))

    def test_the_list_says_and_filters_languages(self, webmestre, lunel, english):
        lunel.service(title="Cantine")
        lunel.service(title="Welcome desk", locale=english)

        everything = text(webmestre.get(LIST))
        english_alone = text(webmestre.get(f"{LIST}?locale=en"))

        assert "Cantine" in everything
        assert "Welcome desk" in everything
        rows = BeautifulSoup(everything, "html.parser").select("tbody tr")
        assert [("English" in said(row), "Français" in said(row)) for row in rows] == [
            (False, True),
            (True, False),
        ]
        assert "Cantine" not in english_alone
        assert "Welcome desk" in english_alone

    def test_the_list_in_another_language_says_nothing_of_another_town(
        self, webmestre, lunel, english
    ):
        Town("Béziers").service(title=SECRET, locale=english)

        assert SECRET not in text(webmestre.get(f"{LIST}?locale=en"))
