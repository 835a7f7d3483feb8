"""What residents see: live, complete, public services of their town, by theme of the matrix."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.listing import services_by_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return AuthorityFactory()


def titles(listing):
    return [
        service.title
        for axis in listing.axes
        for theme in axis.themes
        for service in theme.services
    ]


def test_a_service_stands_under_the_theme_of_its_reference_service(town):
    DigitalServiceFactory(authority=town, title="Rendez-vous", references=["p-rdv-titres"])

    listing = services_by_theme(town)

    assert [axis.code for axis in listing.axes] == ["democratie-et-services-publics"]
    assert [theme.code for theme in listing.axes[0].themes] == ["services-publics"]
    assert titles(listing) == ["Rendez-vous"]
    assert not listing.official


def test_a_service_of_two_themes_is_listed_twice_and_counted_once(town):
    DigitalServiceFactory(
        authority=town, title="Allô", references=["p-rdv-titres", "p-interpellation"]
    )

    listing = services_by_theme(town)

    assert titles(listing) == ["Allô", "Allô"]
    assert listing.count == 1


def test_two_reference_services_of_one_theme_list_it_once(town):
    DigitalServiceFactory(
        authority=town, title="Portail", references=["p-rdv-titres", "p-formulaires"]
    )

    assert titles(services_by_theme(town)) == ["Portail"]


def test_titles_are_in_the_order_of_the_french_alphabet(town):
    for title in ["Zones", "Écrans", "Fibre", "ateliers"]:
        DigitalServiceFactory(authority=town, title=title)

    assert titles(services_by_theme(town)) == ["ateliers", "Écrans", "Fibre", "Zones"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"live": False},
        {"public": False},
        {"status": "ended"},
        {"references": []},
        {"title": " "},
        {"url": "nulle-part"},
        {"references": ["p-inconnu"]},
    ],
)
def test_what_residents_must_not_see_is_not_listed(town, hidden):
    ReferenceService.objects.create(code="p-inconnu", label="Hors de la matrice en usage")
    DigitalServiceFactory(authority=town, **hidden)

    assert services_by_theme(town).count == 0


def test_a_service_that_does_not_count_in_the_dossier_is_shown_all_the_same(town):
    DigitalServiceFactory(authority=town, counted=False)

    assert services_by_theme(town).count == 1


def test_a_planned_service_is_listed_as_such(town):
    DigitalServiceFactory(authority=town, status="planned")

    (axis,) = services_by_theme(town).axes
    assert axis.themes[0].services[0].status == "planned"


def test_another_town_s_services_are_never_listed(town):
    DigitalServiceFactory(title="D'une autre ville")

    assert services_by_theme(town).axes == ()
    assert services_by_theme(None).axes == ()


def test_empty_themes_are_shown_on_demand(town):
    DigitalServiceFactory(authority=town)

    listing = services_by_theme(town, include_empty=True)

    assert len(listing.axes) == 4
    assert sum(len(axis.themes) for axis in listing.axes) == 15


@pytest.mark.parametrize("include_empty", [False, True])
def test_two_queries_whatever_the_number_of_services(town, include_empty):
    def queries(size):
        while town.digital_services.count() < size:
            DigitalServiceFactory(authority=town, references=["p-rdv-titres", "p-wifi-ecoles"])
        with CaptureQueriesContext(connection) as context:
            assert services_by_theme(town, include_empty=include_empty).count == size
        return len(context)

    assert queries(3) == queries(60) == 2
