"""Adds the ready pages under the home page of the host, as its webmaster does, and a service."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from wagtail.models import Locale, Site

from wagtail_villes_internet.models import (
    Award,
    DigitalService,
    Edition,
    LocalAuthority,
    ReferenceService,
)
from wagtail_villes_internet.pages.models import LabelPage, ServicesPage


class Command(BaseCommand):
    def handle(self, **options):
        home = Site.objects.get(is_default_site=True).root_page
        for page in [
            LabelPage(title="Notre label", slug="notre-label"),
            ServicesPage(title="Nos services numériques", slug="nos-services"),
        ]:
            home.add_child(instance=page)
            page.save_revision().publish()
        call_command("villes_internet_create_authority", "213401458", "--site", "localhost")
        authority = LocalAuthority.objects.get()
        Award.objects.create(authority=authority, edition=Edition.objects.get(year=2024), level=5)
        service = DigitalService(
            authority=authority,
            title="Portail famille",
            translation_key="11111111-2222-4333-8444-555555555555",
            locale=Locale.get_default(),
        )
        service.reference_services.set(ReferenceService.objects.filter(code="p-portail-familles"))
        service.save()
        service.save_revision().publish()
