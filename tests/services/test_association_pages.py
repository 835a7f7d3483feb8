"""Each service has a page in the association's tool, whose address outlives the service."""

import pytest

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.services.association_pages import (
    keep_page_address,
    page_address,
    page_addresses,
)
from wagtail_villes_internet.services.models import AssociationPage

pytestmark = pytest.mark.django_db

ADDRESS = "https://association.example/fiches/12"


@pytest.fixture
def service():
    return DigitalServiceFactory()


def test_no_address_is_known_at_first(service):
    assert page_address(service.authority_id, service.remote_id) == ""
    assert page_addresses(service.authority) == {}


def test_the_last_one_kept_counts(service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)
    keep_page_address(service.authority, service.remote_id, f"{ADDRESS}/bis")

    assert page_address(service.authority_id, service.remote_id) == f"{ADDRESS}/bis"
    assert page_addresses(service.authority) == {service.remote_id: f"{ADDRESS}/bis"}
    assert AssociationPage.objects.count() == 1


def test_it_outlives_the_service(service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)
    service.delete()

    assert page_addresses(service.authority) == {service.remote_id: ADDRESS}


def test_an_empty_one_forgets_it(service):
    keep_page_address(service.authority, service.remote_id, ADDRESS)
    keep_page_address(service.authority, service.remote_id, "")

    assert page_address(service.authority_id, service.remote_id) == ""


def test_another_town_keeps_its_own(service):
    """Were two towns ever to hold the same remote id, neither would read the other's address."""
    other = AuthorityFactory()
    keep_page_address(service.authority, service.remote_id, ADDRESS)
    keep_page_address(other, service.remote_id, "")

    assert page_address(other.pk, service.remote_id) == ""
    assert page_addresses(other) == {}
    assert page_address(service.authority_id, service.remote_id) == ADDRESS


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//association.example/", "fiche"])
def test_what_is_no_web_address_never_becomes_a_link(service, address):
    with pytest.raises(ValueError, match="not a web address"):
        keep_page_address(service.authority, service.remote_id, address)

    assert not AssociationPage.objects.exists()
