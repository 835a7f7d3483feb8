"""Where the blocks of a site find the pages of its services: the live, public page of that site."""

import pytest
from django.test import RequestFactory
from wagtail.models import Page, PageViewRestriction

from tests.factories import Town
from tests.pages.visiting import LIST, services_page
from wagtail_villes_internet.blocks.addresses import addresses_of
from wagtail_villes_internet.pages.models import ServicesPage


def list_url(town: Town) -> str | None:
    """Where the services of a town stand, as a new visitor of its home page is told."""
    addresses = addresses_of(RequestFactory(SERVER_NAME=town.site.hostname).get("/"))
    return addresses.list_url if addresses else None


@pytest.fixture
def told_before(lunel, other_town):
    """Nowhere, and every cache knows it."""
    assert list_url(lunel) is None


def test_a_page_that_is_published_is_told_at_once(lunel, told_before):
    page = services_page(lunel, live=False)
    assert list_url(lunel) is None

    page.save_revision().publish()

    assert list_url(lunel) == LIST


def test_a_page_that_a_script_adds_is_told_at_once(lunel, told_before):
    services_page(lunel)

    assert list_url(lunel) == LIST


def test_a_page_that_is_unpublished_is_told_no_more(lunel, page):
    assert list_url(lunel) == LIST

    page.unpublish()

    assert list_url(lunel) is None


def test_a_page_that_is_deleted_with_its_parent_is_told_no_more(lunel):
    section = lunel.site.root_page.add_child(instance=Page(title="Vivre ici", slug="vivre"))
    section.add_child(instance=ServicesPage(title="Nos services", slug="nos-services"))
    assert list_url(lunel) == f"/vivre{LIST}"

    Page.objects.get(pk=section.pk).delete()

    assert list_url(lunel) is None


def test_a_page_follows_the_section_that_is_renamed_or_moved(
    lunel, page, django_capture_on_commit_callbacks
):
    home = lunel.site.root_page
    section = home.add_child(instance=Page(title="Vivre ici", slug="vivre"))
    other = home.add_child(instance=Page(title="Mairie", slug="mairie"))
    page.move(section, pos="last-child")
    assert list_url(lunel) == f"/vivre{LIST}"

    section.refresh_from_db()
    section.slug = "vivre-a-lunel"
    with django_capture_on_commit_callbacks(execute=True):
        section.save()
    assert list_url(lunel) == f"/vivre-a-lunel{LIST}"

    section.move(other, pos="last-child")
    assert list_url(lunel) == f"/mairie/vivre-a-lunel{LIST}"


def test_a_page_kept_to_some_is_not_told(lunel, page):
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    assert list_url(lunel) is None

    restriction.delete()

    assert list_url(lunel) == LIST


def test_a_town_is_not_told_the_page_of_another(lunel, other_town, page):
    assert list_url(other_town) is None


def test_a_site_that_stands_under_another_keeps_its_page(lunel, other_town):
    other_town.site.root_page.move(lunel.site.root_page, pos="last-child")
    other_town.site.root_page.refresh_from_db()

    services_page(other_town)

    assert list_url(lunel) is None
    assert list_url(other_town) == LIST


def test_the_addresses_are_asked_once_for_many_pages(lunel, page, django_assert_num_queries):
    list_url(lunel)

    with django_assert_num_queries(2):  # the site, and its setting
        assert list_url(lunel) == LIST
