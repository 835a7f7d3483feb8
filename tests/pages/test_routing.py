"""The addresses under « Nos services numériques »: the list, a page a theme, a page a service."""

import datetime
import uuid

import pytest

from tests.pages.visiting import LIST, address, get, said, visit
from wagtail_villes_internet.matrix.models import Theme
from wagtail_villes_internet.services.models import DigitalService


def test_the_list_leads_to_each_theme_and_service(lunel, page):
    service = lunel.service(title="Portail famille")

    links = {link["href"] for link in visit(lunel).select("main a")}

    assert address(service) in links


def test_a_theme_has_a_page_with_its_services_alone(lunel, page):
    lunel.service(title="Rendez-vous pour un titre", references=["p-rdv-titres"])
    lunel.service(title="Portail famille", references=["p-portail-familles"])

    theme = visit(lunel, f"{LIST}theme/services-publics/")

    assert said(theme.h1) == "Services publics"
    assert "Rendez-vous pour un titre" in said(theme.main)
    assert "Portail famille" not in said(theme.main)


def test_a_theme_without_a_service_says_so(lunel, page):
    assert "Aucun service pour le moment." in said(visit(lunel, f"{LIST}theme/innovation/").main)


def test_a_service_has_a_page_that_says_all_a_resident_asks(lunel, page):
    service = lunel.service(
        title="Portail famille",
        summary="Inscrire ses enfants.",
        description="<p>Il faut un <b>justificatif</b>.</p>",
        url="https://www.famille.example/portail",
        offline_alternative="à l’accueil famille, place Jean-Jaurès",
        audiences=["families"],
        interactions=["apply", "pay"],
        started_on=datetime.date(2021, 9, 1),
        provider=DigitalService.Provider.INTERCOMMUNAL,
        latitude="43.676500",
        longitude="4.135300",
    )

    shown = visit(lunel, address(service)).main

    assert said(shown.h1) == "Portail famille"
    text = said(shown)
    for expected in [
        "Inscrire ses enfants.",
        "Il faut un justificatif .",
        "(famille.example)",
        "à l’accueil famille, place Jean-Jaurès",
        "familles",
        "1 septembre 2021",
        "intercommunalité",
        "Services publics",
    ]:
        assert expected in text
    links = [link["href"] for link in shown.select("a")]
    assert "https://www.famille.example/portail" in links
    assert "geo:43.676500,4.135300" in links
    assert f"{LIST}theme/services-publics/" in links
    assert LIST in links


def test_an_address_noted_under_another_title_leads_to_the_service_for_good(lunel, page):
    service = lunel.service(title="Portail famille")
    noted = address(service)
    service.title = "Espace famille"
    service.save_revision().publish()

    answer = get(lunel, noted)

    assert answer.status_code == 301
    # A title may come back: a browser that kept both ways would go round for ever.
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Location"] == address(service)
    assert said(visit(lunel, address(service)).h1) == "Espace famille"


def test_two_remote_ids_that_begin_alike_are_told_apart_by_the_whole_address(lunel, page):
    first = lunel.service(title="Un", translation_key=uuid.UUID("aaaaaaaa" + "0" * 24))
    second = lunel.service(title="Deux", translation_key=uuid.UUID("aaaaaaaa" + "1" * 24))

    assert said(visit(lunel, address(first)).h1) == "Un"
    assert said(visit(lunel, address(second)).h1) == "Deux"
    assert get(lunel, f"{LIST}service/trois-aaaaaaaa/").status_code == 404


@pytest.mark.parametrize(
    "below", ["theme/nulle-part/", "service/rien/", "service/rien-00000000/", "autre/", "service/"]
)
def test_what_is_unknown_is_not_found(lunel, page, below):
    lunel.service()

    assert get(lunel, LIST + below).status_code == 404


def test_a_code_that_no_address_can_hold_has_one_all_the_same(lunel, page):
    Theme.objects.filter(code="services-publics").update(code="5.1 / É")
    lunel.service(title="Portail famille")

    [link] = [link["href"] for link in visit(lunel).select(f"main a[href*='{LIST}theme/51-e-']")]

    assert said(visit(lunel, link).h1) == "Services publics"


def hidden_services(town, other):
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    return {
        "a draft": town.service(live=False),
        "internal": town.service(public=False),
        "ended": town.service(status=DigitalService.Status.ENDED),
        "over since yesterday": town.service(ended_on=yesterday),
        "in no theme": town.service(references=[]),
        "another town's": other.service(),
    }


def test_what_residents_are_not_shown_has_no_address(lunel, other_town, page):
    hidden = hidden_services(lunel, other_town)

    answers = {why: get(lunel, address(service)).status_code for why, service in hidden.items()}

    assert answers == dict.fromkeys(hidden, 404)


def test_a_service_that_is_unpublished_loses_its_page_at_once(lunel, page):
    service = lunel.service(title="Portail famille")
    assert get(lunel, address(service)).status_code == 200

    service.unpublish()

    assert get(lunel, address(service)).status_code == 404


def test_a_draft_of_the_page_has_no_address(lunel, page):
    service = lunel.service()
    page.unpublish()

    assert get(lunel).status_code == 404
    assert get(lunel, address(service)).status_code == 404


def test_a_site_without_an_authority_has_neither_theme_nor_service(lunel, page):
    service = lunel.service()
    lunel.settings.delete()

    assert get(lunel, address(service)).status_code == 404
    assert get(lunel, LIST + "flux/").status_code == 404
    assert get(lunel).status_code == 200
