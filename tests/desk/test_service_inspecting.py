"""« Inspecter »: the one look at a service of whoever may only see."""

from datetime import date

import pytest
from django.urls import reverse

from wagtail_villes_internet.services.models import DigitalService

from .pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def elu(client, lunel):
    client.force_login(lunel.elu)
    return client


def url_of(service) -> str:
    return reverse(DigitalService.snippet_viewset.get_url_name("inspect"), args=[service.pk])


def inspected(client, service) -> dict[str, str]:
    """What the page says, by label."""
    said = text(client.get(url_of(service))).partition("<dl>")[2].partition("</dl>")[0]
    pairs = (pair.split("</dt>") for pair in said.split("<dt>")[1:])
    return {
        label.strip(): value.replace("<dd>", "").replace("</dd>", "").strip()
        for label, value in pairs
    }


def test_says_everything_in_words(elu, lunel):
    service = lunel.service(
        title="Portail famille",
        description="<p>Cantine et <b>garderie</b></p>",
        audiences=["families", "youth"],
        interactions=["apply", "pay"],
        started_on=date(2024, 9, 2),
        counted=False,
    )

    said = inspected(elu, service)

    assert said["Titre"] == "Portail famille"
    assert "<p>Cantine et <b>garderie</b></p>" in said["Description"]
    assert said["Pour qui"] == "les familles, les jeunes"
    assert said["Ce qu’on peut y faire"] == "faire une demande, payer"
    assert said["Depuis le"] == "2 septembre 2024"
    assert said["Montrer aux habitants"] == "Oui"
    assert said["Compter dans le dossier"] == "Non"
    assert said["En ligne"] == "Oui"
    assert said["Enjeux"]
    assert "p-rdv-titres" in said["Services de référence"]


def test_names_nothing_none(elu, lunel):
    said = inspected(elu, lunel.service())

    assert said["Depuis le"] == said["Description"] == said["Pour qui"] == "–"
    assert not {"None", "True", "False", "", "[]"} & set(said.values())


def test_escapes_what_somebody_typed(elu, lunel):
    service = lunel.service(summary="<script>x</script>")

    assert "&lt;script&gt;x&lt;/script&gt;" in elu.get(url_of(service)).content.decode()
