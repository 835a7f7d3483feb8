"""« Fiche Villes Internet » is typed on the service's form, and is no part of its drafts."""

import pytest
from wagtail import VERSION

from tests.factories import Town
from wagtail_villes_internet.services.association_pages import keep_page_address, page_address
from wagtail_villes_internet.services.models import AssociationPage, DigitalService

from .pages import text
from .test_services import ADD, LIST, edit, filled

pytestmark = pytest.mark.django_db

ADDRESS = "https://association.example/fiches/12"


@pytest.fixture
def service(lunel):
    return lunel.service(title="Cantine")


def known(service) -> str:
    return page_address(service.authority_id, service.remote_id)


def test_it_is_kept_with_a_new_draft(webmestre):
    webmestre.post(ADD, filled(association_page=ADDRESS))

    service = DigitalService.objects.get()
    assert not service.live
    assert known(service) == ADDRESS


def test_it_is_kept_with_the_draft_of_a_live_service(webmestre, service):
    webmestre.post(edit(service), filled(association_page=ADDRESS))

    assert known(service) == ADDRESS


def test_it_is_shown_where_it_was_typed(webmestre, service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)

    assert f'name="association_page" value="{ADDRESS}"' in text(webmestre.get(edit(service)))


def test_emptied_it_is_forgotten(webmestre, service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)

    webmestre.post(edit(service), filled(association_page=""))

    assert known(service) == ""


def test_a_form_that_did_not_ask_for_it_leaves_it(webmestre, service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)

    webmestre.post(edit(service), filled())

    assert known(service) == ADDRESS


def test_what_begins_with_www_is_completed(webmestre, service):
    webmestre.post(edit(service), filled(association_page="www.association.example/12"))

    assert known(service) == "https://www.association.example/12"


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "ftp://association.example/", "fiche 12"])
def test_what_is_no_web_address_is_refused(webmestre, service, typed):
    response = webmestre.post(edit(service), filled(association_page=typed))

    assert "n’est pas une adresse Internet complète" in text(response)
    assert not AssociationPage.objects.exists()


def test_typed_alone_it_is_no_more_a_change_than_nothing(webmestre, service):
    webmestre.post(edit(service), filled(**{"action-publish": "1"}))
    webmestre.post(edit(service), filled())
    service.refresh_from_db()
    # Before 8.0, Wagtail takes whatever is saved for a change.
    after_nothing = service.has_unpublished_changes

    webmestre.post(edit(service), filled(association_page=ADDRESS))

    service.refresh_from_db()
    assert known(service) == ADDRESS
    assert service.has_unpublished_changes == after_nothing == (VERSION < (8, 0))
    assert "association_page" not in service.latest_revision.content


def test_a_preview_keeps_nothing(webmestre, service):
    preview = f"{LIST}preview/{service.pk}/"
    webmestre.post(preview, filled(association_page=ADDRESS))
    webmestre.get(preview)

    assert not AssociationPage.objects.exists()


def test_it_is_shared_by_the_versions_that_are_compared(webmestre, service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)
    webmestre.post(edit(service), filled(title="Cantine en ligne"))

    compared = webmestre.get(f"{LIST}history/{service.pk}/revisions/compare/earliest...latest/")

    assert compared.status_code == 200
    assert ADDRESS not in text(compared)


class TestWhoMay:
    def test_the_referent_who_prepares_services_does(self, client, lunel, service):
        client.force_login(lunel.referent)

        client.post(edit(service), filled(association_page=ADDRESS))

        assert known(service) == ADDRESS

    @pytest.mark.parametrize("who", ["elu of the town", "webmestre of another"])
    def test_who_may_not_change_the_service_does_not(self, client, lunel, service, who):
        user = lunel.elu if who.startswith("elu") else Town("Béziers").webmestre
        client.force_login(user)

        client.post(edit(service), filled(association_page=ADDRESS))

        assert not AssociationPage.objects.exists()
