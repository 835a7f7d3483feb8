"""What editors do with the ready pages in Wagtail's admin."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory
from tests.pages.visiting import (
    GLANCE,
    label_page,
    said,
    services_page,
    showcase_page,
    visit,
)


@pytest.fixture
def admin(db):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


@pytest.mark.parametrize("make", [label_page, services_page, showcase_page])
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


@pytest.mark.parametrize(
    ("model", "title", "slug"),
    [
        ("labelpage", "Notre label", "notre-label"),
        ("servicespage", "Nos services numériques", "nos-services-numeriques"),
        ("showcasepage", "En un coup d’œil", "en-un-coup-d-oeil"),
    ],
)
def test_a_new_page_has_its_title_and_an_address_with_all_its_letters(
    lunel, admin, model, title, slug
):
    where = ["villes_internet_pages", model, lunel.site.root_page.pk]

    form = admin.get(reverse("wagtailadmin_pages:add", args=where)).context["form"]

    assert form["title"].value() == title
    assert form["slug"].value() == slug


def test_the_form_says_which_services_show_where_none_is_put_forward(lunel, admin):
    where = ["villes_internet_pages", "showcasepage", lunel.site.root_page.pk]

    form = unescape(admin.get(reverse("wagtailadmin_pages:add", args=where)).content.decode())

    assert "tous vos services s’il y en a douze au plus" in form


@pytest.mark.parametrize("model", ["labelpage", "servicespage", "showcasepage"])
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
        "highlights-count": 0,
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


def test_the_form_of_the_page_at_a_glance_reminds_of_the_law_on_elections(lunel, admin):
    page = showcase_page(lunel)

    form = admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert "Article L. 52-1 du code électoral" in form
    assert "aucune campagne de promotion publicitaire" in form
    assert 'href="https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006070239/"' in form


def test_an_editor_puts_services_forward_each_with_a_sentence(lunel):
    service = lunel.service(title="Portail famille")
    page = showcase_page(lunel)
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {
            "title": page.title,
            "slug": page.slug,
            "introduction": "null",
            "conclusion": "null",
            "highlights-count": 1,
            "highlights-0-deleted": "",
            "highlights-0-order": 0,
            "highlights-0-type": "highlight",
            "highlights-0-id": "",
            "highlights-0-value-service": service.pk,
            "highlights-0-value-sentence": "Tout pour l’école.",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "action-publish": "1",
        },
    )

    assert answer.status_code == 302
    shown = visit(lunel, GLANCE).select_one("[data-vi-highlights]")
    assert said(shown.li) == "Portail famille Tout pour l’école."
