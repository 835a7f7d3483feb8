"""`villes_internet_create_authority` sets a town up in one command."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import GroupSitePermission

from tests.factories import SiteFactory
from wagtail_villes_internet.authorities.models import LocalAuthority, VillesInternetSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory(hostname="lunel.example")


def create(number="213401458", site="lunel.example"):
    call_command("villes_internet_create_authority", number, "--site", site)


@pytest.mark.parametrize("number", ["213401458", "213 401 458", "34145"])
def test_lunel_by_either_number(site, number, capsys):
    create(number)

    authority = LocalAuthority.objects.get()
    assert (authority.name, authority.siren, authority.insee) == ("Lunel", "213401458", "34145")
    assert (authority.department_name, authority.region_name) == ("Hérault", "Occitanie")
    assert VillesInternetSettings.bound_to(site).authority == authority
    assert "Webmestre Lunel (34145)" in capsys.readouterr().out


def test_twice_changes_nothing(site):
    create()
    create()

    assert LocalAuthority.objects.count() == 1
    assert Group.objects.filter(name__contains="Lunel").count() == 3
    assert GroupSitePermission.objects.filter(site=site).count() == 3


def test_an_unknown_number_is_refused_and_leaves_everything_as_it_was(site):
    with pytest.raises(CommandError, match="213401459") as error:
        create("213401459")

    assert error.value.returncode == 2
    assert not LocalAuthority.objects.exists()


def test_an_unknown_site_is_refused_with_those_that_exist(site):
    with pytest.raises(CommandError, match="lunel.example:80"):
        create(site="lune1.example")

    assert not LocalAuthority.objects.exists()


def test_a_site_is_never_rebound_in_silence(site):
    create()

    with pytest.raises(CommandError, match="Lunel"):
        create("34172")

    assert VillesInternetSettings.bound_to(site).authority.name == "Lunel"
    assert not LocalAuthority.objects.filter(name="Montpellier").exists()


def test_one_host_on_two_ports_asks_for_the_port(site):
    SiteFactory(hostname="lunel.example", port=8000, root_page=site.root_page)

    with pytest.raises(CommandError, match="8000"):
        create()
    create(site="lunel.example:8000")

    assert VillesInternetSettings.bound_to(site) is None
