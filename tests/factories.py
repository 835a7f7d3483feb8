"""Test data: one factory a model, with values a reader can picture."""

import itertools

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from wagtail.models import Locale, Page, Site

from wagtail_villes_internet.authorities.models import LocalAuthority, VillesInternetSettings
from wagtail_villes_internet.desk.setup import set_up
from wagtail_villes_internet.labels.editions import villes_internet
from wagtail_villes_internet.labels.models import Award, Distinction, Edition
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService

_numbers = itertools.count(10_000_000)


def next_siren() -> str:
    """A fresh nine-digit number with a right Luhn key."""
    body = str(next(_numbers))
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    plain = sum(int(digit) for digit in body[-2::-2])
    return body + str(-(doubled + plain) % 10)


class AuthorityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LocalAuthority

    kind = LocalAuthority.Kind.COMMUNE
    name = factory.Sequence(lambda n: f"Ville-{n}")
    siren = factory.LazyFunction(next_siren)
    insee = factory.Sequence(lambda n: f"34{n % 1000:03}")
    department = "34"
    department_name = "Hérault"
    region = "76"
    region_name = "Occitanie"
    population = 27_000


class SiteFactory(factory.django.DjangoModelFactory):
    """A site with a root page of its own."""

    class Meta:
        model = Site

    hostname = factory.Sequence(lambda n: f"ville-{n}.example")
    port = 80
    is_default_site = False

    @factory.lazy_attribute
    def root_page(self):
        root = Page.get_first_root_node()
        return root.add_child(instance=Page(title=self.hostname, slug=self.hostname.split(".")[0]))


class EditionFactory(factory.django.DjangoModelFactory):
    """An edition of Villes Internet; a year that is bundled already is that one."""

    class Meta:
        model = Edition
        django_get_or_create = ("programme", "year")

    programme = factory.LazyFunction(villes_internet)
    year = 2024


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    class Params:
        year = 2024

    authority = factory.SubFactory(AuthorityFactory)
    edition = factory.SubFactory(EditionFactory, year=factory.SelfAttribute("..year"))
    standing = Award.Standing.LABELLED
    level = 5


class DistinctionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Distinction

    award = factory.SubFactory(AwardFactory)
    name = "Démocratie locale"


class DigitalServiceFactory(factory.django.DjangoModelFactory):
    """A live service attached to `references` (codes); by default the first of the matrix."""

    class Meta:
        model = DigitalService
        skip_postgeneration_save = True

    authority = factory.SubFactory(AuthorityFactory)
    title = factory.Sequence(lambda n: f"Service {n}")
    locale = factory.LazyFunction(Locale.get_default)

    @factory.post_generation
    def references(self, create, codes, **kwargs):
        if codes is None:
            codes = ["p-rdv-titres"]
        self.reference_services.set(ReferenceService.objects.filter(code__in=codes))
        self.save()


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"utilisateur-{n}")
    is_active = True

    @factory.post_generation
    def groups(self, create, groups, **kwargs):
        self.groups.add(*(groups or []))


class Town:
    """A town set up as the command does: authority, site, groups, and a person a role."""

    def __init__(self, name: str = "", **authority):
        if name:
            authority["name"] = name
        self.authority = AuthorityFactory(**authority)
        self.site = SiteFactory()
        webmestre, referent, elu = set_up(self.authority, self.site)
        self.webmestre = UserFactory(groups=[webmestre])
        self.referent = UserFactory(groups=[referent])
        self.elu = UserFactory(groups=[elu])

    @property
    def settings(self) -> VillesInternetSettings:
        return VillesInternetSettings.objects.get(site=self.site)

    def service(self, **kwargs) -> DigitalService:
        return DigitalServiceFactory(authority=self.authority, **kwargs)

    def award(self, **kwargs) -> Award:
        return AwardFactory(authority=self.authority, **kwargs)


def admin_only_user():
    """Somebody who may enter the admin, and nothing else."""
    user = UserFactory()
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    return user


__all__ = [
    "AuthorityFactory",
    "AwardFactory",
    "DigitalServiceFactory",
    "DistinctionFactory",
    "EditionFactory",
    "SiteFactory",
    "Town",
    "UserFactory",
    "admin_only_user",
    "next_siren",
]
