"""Other labels: written by the operator for every town, read by towns when they state an award."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.factories import Town, UserFactory
from wagtail_villes_internet.labels.models import Edition, LabelProgramme

from .addresses import desk_addresses
from .pages import text

pytestmark = pytest.mark.django_db

LABELS = "/admin/villes-internet/labels/"
EDITIONS = "/admin/villes-internet/editions-des-labels/"
FLOWERS = {
    "name": "Villes et villages fleuris",
    "slug": "fleurs",
    "unit": "fleur",
    "unit_plural": "fleurs",
    "max_level": "4",
    "symbol": "flower",
    "validity": "lasting",
    "validity_months": "",
    "url": "",
}


@pytest.fixture
def operator(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


def test_the_operator_adds_a_label_and_its_editions(operator):
    operator.post(f"{LABELS}new/", FLOWERS)
    flowers = LabelProgramme.objects.get(slug="fleurs")
    operator.post(
        f"{EDITIONS}new/", {"programme": flowers.pk, "year": "2023", "state": "published"}
    )

    assert Edition.objects.get(programme=flowers).year == 2023
    assert "Villes et villages fleuris" in text(operator.get(LABELS))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"validity": "months"}, "Indiquez le nombre de mois."),
        ({"unit": ""}, "nommez-le"),
    ],
    ids=str,
)
def test_what_would_make_no_sense_is_refused(operator, fields, said):
    response = operator.post(f"{LABELS}new/", FLOWERS | fields)

    assert said in text(response)
    assert not LabelProgramme.objects.filter(slug="fleurs").exists()


SHARED = [address for address in desk_addresses() if address.is_shared]


def test_the_resolver_was_read():
    assert len(SHARED) >= 10


@pytest.mark.parametrize("address", SHARED, ids=str)
def test_a_town_may_not_write_what_belongs_to_all(address):
    flowers = LabelProgramme.objects.create(slug="fleurs", name="Fleurs", max_level=0)
    edition = Edition.objects.create(programme=flowers, year=2023)
    row = flowers if "programmes" in address.namespace else edition
    town = Town("Lunel").webmestre
    town.user_permissions.add(
        *Permission.objects.filter(content_type__model__in=["labelprogramme", "edition"])
    )
    client = Client()
    client.force_login(town)

    for answer in (client.get(address.url(row)), client.post(address.url(row), FLOWERS)):
        assert answer.status_code == 302
        assert answer["Location"] == "/admin/"
    assert list(LabelProgramme.objects.filter(slug="fleurs").values_list("name")) == [("Fleurs",)]
    assert Edition.objects.filter(pk=edition.pk).exists()


def test_the_advanced_settings_lead_there_for_the_operator_alone(operator):
    assert LABELS in text(operator.get("/admin/villes-internet/reglages/"))
    client = Client()
    client.force_login(Town("Lunel").webmestre)
    assert LABELS not in text(client.get("/admin/villes-internet/reglages/"))
