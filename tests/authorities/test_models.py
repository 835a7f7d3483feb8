"""An authority is known by its numbers, and may have none."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from tests.factories import AuthorityFactory, Town, UserFactory, admin_only_user
from wagtail_villes_internet.authorities.models import LocalAuthority, VillesInternetSettings
from wagtail_villes_internet.authorities.scope import authorities_for

pytestmark = pytest.mark.django_db


def test_two_territories_without_a_siren_can_live_side_by_side():
    for name in ("Saint-Martin", "Saint-Barthélemy"):
        authority = LocalAuthority(name=name, siren="", insee="")
        authority.full_clean()
        authority.save()

    assert LocalAuthority.objects.filter(siren=None).count() == 2


def test_a_mistyped_siren_is_refused():
    with pytest.raises(ValidationError) as error:
        LocalAuthority(name="Lunel", siren="213401459").full_clean()

    assert set(error.value.message_dict) == {"siren"}


def test_a_public_page_never_makes_a_row_for_an_unbound_site(django_assert_num_queries):
    site = Town().site
    VillesInternetSettings.objects.all().delete()

    assert VillesInternetSettings.bound_to(site) is None
    assert not VillesInternetSettings.objects.exists()


def test_the_binding_is_read_in_one_query(django_assert_num_queries):
    town = Town("Lunel")

    with django_assert_num_queries(1):
        assert VillesInternetSettings.bound_to(town.site).authority.name == "Lunel"


class TestScope:
    def test_each_role_of_a_town_sees_that_town_only(self):
        ours, theirs = Town(), Town()

        for person in (ours.webmestre, ours.referent, ours.elu):
            assert list(authorities_for(person)) == [ours.authority]
        assert list(authorities_for(theirs.elu)) == [theirs.authority]

    def test_others_see_none(self):
        Town()

        assert not authorities_for(AnonymousUser())
        assert not authorities_for(admin_only_user())

    def test_somebody_who_left_sees_none(self):
        town = Town()
        town.webmestre.is_active = False
        town.webmestre.save()

        assert not authorities_for(town.webmestre)

    def test_a_superuser_sees_all_even_those_no_site_shows(self):
        AuthorityFactory()
        Town()

        assert authorities_for(UserFactory(is_superuser=True)).count() == 2
