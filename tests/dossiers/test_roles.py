"""Who may do what with the dossier of a town: exactly this, and through its own groups."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from wagtail.models import GroupSitePermission

from tests.factories import SiteFactory, Town, UserFactory, admin_only_user
from wagtail_villes_internet.desk.setup import set_up
from wagtail_villes_internet.dossiers import roles

pytestmark = pytest.mark.django_db

RIGHTS = ("see", "prepare", "file", "agree", "note_agreement")


def viewer(town):
    """A group of the town's that sees the dossier, and no more."""
    group = Group.objects.create(name="Lecture")
    group.permissions.add(Permission.objects.get(codename="view_dossier"))
    bind(group, town)
    return UserFactory(groups=[group])


def bind(group, town):
    GroupSitePermission.objects.create(
        group=group,
        site=town.site,
        permission=Permission.objects.get(codename="view_villesinternetsettings"),
    )


def operator(town):
    """Who holds the setting of every site."""
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="change_villesinternetsettings"))
    return user


def publisher(town):
    """Every right on services, pages and dossiers, and no group of the town."""
    user = UserFactory()
    user.user_permissions.set(
        Permission.objects.exclude(codename__endswith="_villesinternetsettings")
    )
    return user


def closed(town):
    town.referent.is_active = False
    return town.referent


def bystander(town):
    """A group that reaches the town, and holds nothing on its dossier."""
    group = Group.objects.create(name="Accueil")
    group.permissions.add(Permission.objects.get(codename="view_digitalservice"))
    bind(group, town)
    return UserFactory(groups=[group])


def of_two_towns(town):
    """Files elsewhere and sees here: the right and the town come through two groups."""
    return UserFactory(groups=[*Town("Quéven").referent.groups.all(), *viewer(town).groups.all()])


PEOPLE = {
    "anonymous": (lambda town: AnonymousUser(), set()),
    "access_admin only": (lambda town: admin_only_user(), set()),
    "viewer": (viewer, {"see"}),
    "webmaster": (lambda town: town.webmestre, {"see", "prepare", "file", "note_agreement"}),
    "référent": (lambda town: town.referent, {"see", "prepare", "file", "note_agreement"}),
    "élu": (lambda town: town.elu, {"see", "agree"}),
    "operator": (operator, {"see", "prepare", "file"}),
    "superuser": (lambda town: UserFactory(is_superuser=True), {"see", "prepare", "file"}),
    "closed superuser": (lambda town: UserFactory(is_superuser=True, is_active=False), set()),
    "publisher without the town": (publisher, set()),
    "closed account": (closed, set()),
    "reaches the town only": (bystander, set()),
    "another town's webmaster": (lambda town: Town("Quéven").webmestre, set()),
    "another town's référent": (lambda town: Town("Quéven").referent, set()),
    "another town's élu": (lambda town: Town("Quéven").elu, set()),
    "files elsewhere, sees here": (of_two_towns, {"see"}),
}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("who", PEOPLE)
def test_exactly_the_allowed_ones(who, right):
    make, allowed = PEOPLE[who]
    lunel = Town("Lunel")

    may = getattr(roles, f"may_{right}")(make(lunel), lunel.authority)

    assert bool(may) == (right in allowed)


def test_a_town_without_a_site_has_nobody_but_the_operator():
    lunel = Town("Lunel")
    lunel.settings.delete()

    assert not roles.may_see(lunel.referent, lunel.authority)
    assert roles.may_see(operator(lunel), lunel.authority)


def test_a_second_site_of_the_same_town_is_reached_by_the_same_groups():
    lunel = Town("Lunel")
    set_up(lunel.authority, SiteFactory())

    assert roles.may_file(lunel.referent, lunel.authority)


def test_costs_one_query(django_assert_num_queries):
    lunel = Town("Lunel")

    with django_assert_num_queries(1):
        roles.granted(lunel.referent, lunel.authority)
