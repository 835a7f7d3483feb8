"""« Dupliquer » makes a draft, for those who may add one and of their own town alone."""

import pytest

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.services.models import DigitalService

from .pages import text
from .test_services import LIST, edit

pytestmark = pytest.mark.django_db


def address(service) -> str:
    return f"{LIST}duplicate/{service.pk}/"


def test_the_form_leads_there(webmestre, lunel):
    service = lunel.service()

    assert f'href="{address(service)}"' in text(webmestre.get(edit(service)))


def test_looking_copies_nothing(webmestre, lunel):
    service = lunel.service(title="Cantine")

    page = text(webmestre.get(address(service)))

    assert "ni montré ni déclaré tant que vous ne le publiez pas" in page
    assert DigitalService.objects.count() == 1


def test_confirmed_it_opens_the_form_of_a_draft(webmestre, lunel):
    service = lunel.service(title="Cantine")

    response = webmestre.post(address(service), follow=True)

    copied = DigitalService.objects.exclude(pk=service.pk).get()
    assert response.redirect_chain[-1][0] == edit(copied)
    assert copied.title == "Cantine (copie)"
    assert not copied.live
    assert copied.authority == lunel.authority
    service.refresh_from_db()
    assert (service.title, service.live) == ("Cantine", True)


def test_each_role_does_what_it_may(client, lunel):
    service = lunel.service()
    people = {
        "webmestre": lunel.webmestre,
        "référent": lunel.referent,
        "élu": lunel.elu,
        "webmestre of another town": Town("Béziers").webmestre,
        "may only enter the admin": admin_only_user(),
    }

    def copies(user) -> int:
        client.force_login(user)
        before = DigitalService.objects.count()
        client.post(address(service))
        return DigitalService.objects.count() - before

    assert {name: copies(user) for name, user in people.items()} == {
        "webmestre": 1,
        "référent": 1,
        "élu": 0,
        "webmestre of another town": 0,
        "may only enter the admin": 0,
    }


def test_the_copy_belongs_to_the_town_of_the_original(client, admin_user):
    """The operator works for one town and opens a service of another."""
    Town("Lunel")
    service = Town("Béziers").service()
    client.force_login(admin_user)

    client.post(address(service))

    assert DigitalService.objects.exclude(pk=service.pk).get().authority == service.authority
