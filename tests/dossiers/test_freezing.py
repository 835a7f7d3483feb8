"""Frozen means frozen: what was filed is kept to the byte, and tampering with it is seen."""

import hashlib
import json

import pytest
from wagtail.models import Site

from tests.factories import AuthorityFactory, DigitalServiceFactory, UserFactory
from wagtail_villes_internet.desk.setup import set_up
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.errors import AgreementMissing, NotAsShown, NothingToFile
from wagtail_villes_internet.dossiers.freezing import content_of, freeze
from wagtail_villes_internet.dossiers.models import Filing
from wagtail_villes_internet.dossiers.sealing import Flaw, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    authority = AuthorityFactory()
    set_up(authority, Site.objects.get(is_default_site=True))
    return authority


@pytest.fixture
def referent(town):
    from django.contrib.auth.models import Group

    user = UserFactory()
    user.groups.add(Group.objects.get(name__startswith="Référent"))
    return user


def filed(dossier, user):
    content = draft_of(dossier).content
    return freeze(dossier, content, user, shown=content.digest, registry_address="")


def test_the_octets_are_the_contract_s_dossier_and_their_hash(town, referent):
    DigitalServiceFactory(authority=town, title="Portail famille")
    filing = filed(open_dossier(town, 2027), referent)

    assert hashlib.sha256(bytes(filing.octets)).hexdigest() == filing.sha256
    body = json.loads(bytes(filing.octets))
    assert [one["title"] for one in body["services"]] == ["Portail famille"]
    assert body["edition"] == 2027
    assert verify(Filing.objects.get(pk=filing.pk)) == ()
    assert content_of(filing).octets == bytes(filing.octets)
