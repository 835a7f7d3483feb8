"""What editors do with the ready pages in Wagtail's admin."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory
from tests.pages.visiting import label_page, services_page


@pytest.fixture
def admin(db):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


@pytest.mark.parametrize("make", [label_page, services_page])
def test_a_page_that_is_not_published_is_previewed_as_it_will_be(lunel, admin, make):
    lunel.award(year=2024)
    lunel.service(title="Portail famille")
    page = make(lunel, live=False, introduction="<p>Bientôt en ligne.</p>")
    page.save_revision()

    answer = admin.get(
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        headers={"host": lunel.site.hostname},
    )

    assert answer.status_code == 200
    body = answer.content.decode()
    assert "Bientôt en ligne." in body
    assert ("Portail famille" if make is services_page else 'data-vi-level="5"') in body


@pytest.mark.parametrize("model", ["labelpage", "servicespage"])
def test_an_editor_adds_a_page_by_its_title_alone(lunel, admin, model):
    home = lunel.site.root_page
    address = reverse("wagtailadmin_pages:add", args=["villes_internet_pages", model, home.pk])
    assert admin.get(address).status_code == 200

    posted = {
        "title": "Notre page",
        "slug": "notre-page",
        "introduction": "null",
        "conclusion": "null",
        "view": "timeline",
        "presentation": "list",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "action-publish": "1",
    }
    answer = admin.post(address, posted)

    assert answer.status_code == 302
    home.refresh_from_db()
    assert home.get_children().live().filter(slug="notre-page").exists()


def test_editors_of_one_town_see_no_service_of_another_in_a_preview(lunel, other_town):
    other_town.service(title="Ailleurs")
    page = services_page(lunel, live=False)
    page.save_revision()
    client = Client()
    client.force_login(lunel.webmestre)

    answer = client.get(
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        headers={"host": other_town.site.hostname},
    )

    assert answer.status_code == 200
    assert "Ailleurs" not in answer.content.decode()
