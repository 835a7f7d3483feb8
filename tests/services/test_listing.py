"""What residents see: live, complete, public services of their town, by theme of the matrix."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.listing import Listing, services_by_theme
from wagtail_villes_internet.services.models import DigitalService

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


# Translations


@pytest.fixture
def english():
    return Locale.objects.get_or_create(language_code="en")[0]


def translated(service: DigitalService, locale, **fields) -> DigitalService:
    """A translation of `service`, live unless `fields` say otherwise."""
    return DigitalServiceFactory(
        authority=service.authority,
        translation_key=service.translation_key,
        locale=locale,
        **fields,
    )


def the_one(listing: Listing):
    (service,) = listing.services
    return service


def test_a_translated_service_is_listed_once_in_each_language(town, english):
    french = DigitalServiceFactory(authority=town, title="Cantine", summary="Payer")
    translated(french, english, title="School meals", url="https://lunel.example/en/")

    for language in (None, "fr", "de"):
        service = the_one(services_by_theme(town, language))
        assert (service.title, service.summary, service.language) == ("Cantine", "Payer", "fr")
    service = the_one(services_by_theme(town, "en"))
    assert (service.title, service.summary, service.language) == ("School meals", "", "en")
    assert service.url == "https://lunel.example/en/"
    assert service.remote_id == french.remote_id


@pytest.mark.parametrize(
    "unfit", [{"live": False}, {"public": False}, {"title": " "}, {"url": "nulle-part"}]
)
def test_a_translation_that_may_not_be_shown_gives_way_to_the_other_language(town, english, unfit):
    french = DigitalServiceFactory(authority=town, title="Cantine")
    translated(french, english, **{"title": "School meals"} | unfit)

    service = the_one(services_by_theme(town, "en"))

    assert (service.title, service.language) == ("Cantine", "fr")


@pytest.mark.parametrize("hidden", [{"public": False}, {"references": []}, {"status": "ended"}])
def test_the_default_language_decides_whether_a_service_is_shown(town, english, hidden):
    french = DigitalServiceFactory(authority=town, **hidden)
    translated(french, english, title="School meals")

    assert services_by_theme(town, "en").count == 0


def test_the_facts_are_those_of_the_default_language(town, english):
    french = DigitalServiceFactory(
        authority=town, audiences=["families"], status="planned", references=["p-rdv-titres"]
    )
    translated(french, english, references=["p-wifi-ecoles"], interactions=["pay"])

    service = the_one(services_by_theme(town, "en"))

    assert (service.audiences, service.interactions) == (("families",), ())
    assert service.status == "planned"
    assert [code for code, _label in service.references] == ["p-rdv-titres"]


def test_without_a_live_row_in_the_default_language_the_oldest_speaks(town, english):
    french = DigitalServiceFactory(authority=town, title="Cantine", live=False)
    translated(french, english, title="School meals")

    service = the_one(services_by_theme(town, "fr"))

    assert (service.title, service.language) == ("School meals", "en")


# Dates


def test_a_planned_service_is_in_service_from_its_day(town):
    DigitalServiceFactory(authority=town, status="planned", started_on=date(2024, 3, 1))

    assert the_one(services_by_theme(town, today=date(2024, 2, 29))).status == "planned"
    assert the_one(services_by_theme(town, today=date(2024, 3, 1))).status == "active"


def test_an_ended_service_leaves_the_list_the_day_after(town):
    DigitalServiceFactory(authority=town, ended_on=date(2024, 3, 1))

    assert services_by_theme(town, today=date(2024, 3, 1)).count == 1
    assert services_by_theme(town, today=date(2024, 3, 2)).count == 0


def test_the_day_it_was_first_published_is_the_town_s(town):
    service = DigitalServiceFactory(authority=town)
    DigitalService.objects.filter(pk=service.pk).update(
        first_published_at=datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    )

    assert the_one(services_by_theme(town)).first_published_on == date(2024, 3, 1)


# What else is told of them


def test_reference_services_are_told_by_code_and_label(town):
    DigitalServiceFactory(authority=town, references=["p-formulaires", "p-rdv-titres"])
    placed = ReferenceService.objects.filter(code__in=["p-formulaires", "p-rdv-titres"])

    references = the_one(services_by_theme(town)).references

    assert set(references) == set(placed.values_list("code", "label"))


def test_themes_of_a_service_and_services_without_repetition(town):
    both = DigitalServiceFactory(
        authority=town, title="Allô", references=["p-rdv-titres", "p-wifi-ecoles"]
    )
    one = DigitalServiceFactory(authority=town, title="Zones", references=["p-rdv-titres"])

    listing = services_by_theme(town)

    assert [service.title for service in listing.services] == ["Allô", "Zones"]
    assert listing.theme_codes_of(one.remote_id) == ("services-publics",)
    assert set(listing.theme_codes_of(both.remote_id)) == {
        theme.code for theme in listing.themes if len(theme.services)
    }
    assert listing.theme_codes_of("nowhere") == ()


@pytest.mark.parametrize(
    ("title", "slug"), [("Écran d’accueil", "ecran-daccueil-"), ("@@@", ""), ("x" * 255, "x" * 255)]
)
def test_the_end_of_its_address(town, title, slug):
    service = DigitalServiceFactory(authority=town, title=title)
    listed = the_one(services_by_theme(town))

    assert listed.slug == f"{slug}-{service.remote_id[:8]}".replace("--", "-").lstrip("-")
