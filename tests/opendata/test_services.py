"""`services.json` and `services.csv`: the services that residents see."""

import json
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from wagtail.models import Locale

from tests.blocks.pages import offer
from tests.factories import Town
from tests.opendata.files import ROOT, document, get, lines, text
from wagtail_villes_internet.authorities.catalogue import touch
from wagtail_villes_internet.matrix.models import Matrix, Theme
from wagtail_villes_internet.opendata import services
from wagtail_villes_internet.registry.markup import canonical_html
from wagtail_villes_internet.services.models import DigitalService

NOTICE = "Classement établi par la collectivité d’après les thèmes publics du label"


@pytest.fixture
def whole(lunel) -> DigitalService:
    """A service of which everything is stated."""
    with time_machine.travel("2026-03-01 12:00 +0100", tick=False):
        return lunel.service(
            title="Prendre rendez-vous",
            summary="Pour une carte d’identité.\nOu un passeport.",
            description=(
                '<p data-block-key="a1">À la <b>mairie</b>, '
                f'<a linktype="page" id="{lunel.site.root_page.pk}">voir</a></p>'
            ),
            url="https://www.lunel.fr/rdv",
            offline_alternative="au guichet, le matin",
            references=["p-rdv-titres", "p-formulaires"],
            audiences=["families", "residents"],
            interactions=["book"],
            started_on=date(2020, 9, 1),
            latitude=Decimal("43.674000"),
            longitude=Decimal("-4.135000"),
            first_published_at="2026-03-01T10:00:00+01:00",
        )


def test_a_service_in_json(lunel, whole):
    [service] = document(lunel, "services.json")["services"]

    assert service == {
        "id": whole.remote_id,
        "title": "Prendre rendez-vous",
        "summary": "Pour une carte d’identité.\nOu un passeport.",
        "description": (
            f'<p>À la <strong>mairie</strong>, <a href="http://{lunel.site.hostname}/">voir</a></p>'
        ),
        "url": "https://www.lunel.fr/rdv",
        "offline_alternative": "au guichet, le matin",
        "kind": "service",
        "status": "active",
        "provider": "authority",
        "audiences": ["families", "residents"],
        "interactions": ["book"],
        "started_on": "2020-09-01",
        "ended_on": None,
        "first_published_on": "2026-03-01",
        "language": "fr",
        "location": {"latitude": 43.674, "longitude": -4.135},
        "themes": ["services-publics"],
        "reference_services": [
            {
                "code": "p-rdv-titres",
                "label": "Prise de rendez-vous en ligne pour les titres d'identité",
            },
            {
                "code": "p-formulaires",
                "label": "Formulaires de démarches administratives en ligne",
            },
        ],
    }


def test_the_same_in_csv(lunel, whole):
    [line] = lines(lunel, "services.csv")

    assert line == {
        "COLL_NOM": "Lunel",
        "COLL_SIREN": "213401458",
        "COLL_INSEE": "34145",
        "ID": whole.remote_id,
        "TITRE": "Prendre rendez-vous",
        "RESUME": "Pour une carte d’identité.\nOu un passeport.",
        "DESCRIPTION_HTML": (
            f'<p>À la <strong>mairie</strong>, <a href="http://{lunel.site.hostname}/">voir</a></p>'
        ),
        "URL": "https://www.lunel.fr/rdv",
        "SANS_INTERNET": "au guichet, le matin",
        "NATURE": "service",
        "ETAT": "active",
        "FOURNISSEUR": "authority",
        "PUBLICS": "families|residents",
        "USAGES": "book",
        "DATE_DEBUT": "2020-09-01",
        "DATE_FIN": "",
        "LATITUDE": "43.674000",
        "LONGITUDE": "-4.135000",
        "DOMAINES": "Démocratie & services publics",
        "THEMES_CODES": "services-publics",
        "THEMES": "Services publics",
        "REFERENCES_CODES": "p-rdv-titres|p-formulaires",
        "REFERENCES": "Prise de rendez-vous en ligne pour les titres d'identité"
        "|Formulaires de démarches administratives en ligne",
        "LANGUE": "fr",
        "DATE_PUBL": "2026-03-01",
        "MATRICE": "provisoire-1",
        "MATRICE_OFFICIELLE": "false",
    }


def test_the_order_is_that_of_a_french_list_and_stays(lunel):
    for title in ("Zèbre", "école", "Âne", "eau"):
        lunel.service(title=title)

    first = [service["title"] for service in document(lunel, "services.json")["services"]]
    touch(lunel.authority)
    again = [line["TITRE"] for line in lines(lunel, "services.csv")]

    assert first == again == ["Âne", "eau", "école", "Zèbre"]


def test_a_service_of_two_themes_is_there_once(lunel):
    other = Theme.objects.exclude(code="services-publics").first()
    code = other.placements.first().service.code
    lunel.service(references=["p-rdv-titres", code])

    written = document(lunel, "services.json")

    assert written["count"] == len(written["services"]) == 1
    assert set(written["services"][0]["themes"]) == {"services-publics", other.code}


def test_it_says_how_the_matrix_was_made(lunel):
    lunel.service()

    provisional = document(lunel, "services.json")["matrix"]
    matrix = Matrix.objects.get()
    matrix.official = True
    matrix.save()
    official = document(lunel, "services.json")["matrix"]

    assert provisional["version"] == "provisoire-1"
    assert (provisional["official"], official["official"]) == (False, True)
    assert provisional["notice"].startswith(NOTICE)
    assert official["notice"] is None
    assert provisional["axes"] == [
        {
            "code": "democratie-et-services-publics",
            "label": "Démocratie & services publics",
            "themes": [{"code": "services-publics", "label": "Services publics"}],
        }
    ]


def test_a_planned_service_is_in_service_from_its_day(lunel):
    lunel.service(status=DigitalService.Status.PLANNED, started_on=date(2026, 11, 21))

    with time_machine.travel("2026-11-20 12:00 +0100", tick=False):
        [before] = document(lunel, "services.json")["services"]
    with time_machine.travel("2026-11-21 12:00 +0100", tick=False):
        [after] = document(lunel, "services.json")["services"]

    assert (before["status"], after["status"]) == ("planned", "active")


def test_translations_are_one_service_in_the_sites_language(lunel):
    english, _created = Locale.objects.get_or_create(language_code="en")
    french = lunel.service(title="Prendre rendez-vous")
    translated = french.copy_for_translation(english)
    translated.title = "Make an appointment"
    translated.live = True
    translated.save()
    alone = lunel.service(title="Only in English", locale=english)

    found = document(lunel, "services.json")["services"]

    assert [(each["title"], each["language"]) for each in found] == [
        ("Only in English", "en"),
        ("Prendre rendez-vous", "fr"),
    ]
    assert {each["id"] for each in found} == {french.remote_id, alone.remote_id}


def test_a_description_is_written_once_whoever_asks(lunel, monkeypatch):
    lunel.service(description='<p>Voir <a href="/a">le site</a> de <a href="//b.fr">B</a>.</p>')
    written = []

    def counted(text, **options):
        written.append(text)
        return canonical_html(text, **options)

    monkeypatch.setattr(services, "canonical_html", counted)
    client = Client()
    ports = ("8000", "8001")

    asked = [
        client.get(ROOT + name, headers={"host": f"{lunel.site.hostname}:{port}"})
        for port in ports
        for name in ("services.json", "services.csv")
    ]

    for response, port in zip(asked, [port for port in ports for _name in range(2)], strict=True):
        body = text(response).replace('\\"', '"').replace('""', '"')
        assert f'<a href="http://{lunel.site.hostname}:{port}/a">' in body
        assert '<a href="http://b.fr">' in body
    assert len(written) == 1


def test_a_description_that_changes_is_written_again(lunel, whole):
    document(lunel, "services.json")
    whole.description = "<p>Autre chose</p>"
    whole.save_revision().publish()

    assert document(lunel, "services.json")["services"][0]["description"] == "<p>Autre chose</p>"


@pytest.mark.parametrize("state", ["no service", "no matrix"])
def test_a_town_without_services_publishes_an_empty_list(lunel, state):
    if state == "no matrix":
        lunel.service()
        Matrix.objects.update(is_current=False)

    written = document(lunel, "services.json")

    assert (written["count"], written["services"]) == (0, [])
    assert lines(lunel, "services.csv") == []


def test_a_town_without_a_siren_has_an_empty_cell(db):
    ours = Town("Territoire", siren=None, insee="98736")
    ours.service()

    assert lines(ours, "services.csv")[0]["COLL_SIREN"] == ""
    assert document(ours, "services.json")["authority"]["siren"] is None
    assert "98736" in get(ours, "services.csv").headers["Content-Disposition"]


def test_it_is_sent_piece_by_piece(lunel):
    offer(lunel, 2_000)

    response = get(lunel, "services.json")
    pieces = list(response)

    assert response.streaming
    assert len(pieces) > 2_000
    # A line of the gate on memory: no piece is more than the words before the list.
    assert max(map(len, pieces)) < 20_000
    assert json.loads(b"".join(pieces))["count"] == 2_000
    assert text(get(lunel, "services.csv")).count("\r\n") == 2_001


def test_the_columns_are_those_that_are_written(lunel, whole):
    [line] = lines(lunel, "services.csv")

    assert tuple(line) == services.COLUMNS
