"""Publishes the home page of the host, with one of each block, for a town that holds the label."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from wagtail.models import Page, Site

from town.models import TownPage
from wagtail_villes_internet.models import Award, Edition, LocalAuthority


class Command(BaseCommand):
    def handle(self, **options):
        site = Site.objects.get(is_default_site=True)
        home = TownPage(title="Lunel", slug="lunel")
        Page.objects.get(depth=1).add_child(instance=home)
        blocks = TownPage.body.field.stream_block.child_blocks
        home.body = [
            (name, block.get_default()) for name, block in blocks.items() if name != "text"
        ]
        home.save_revision().publish()
        site.root_page = home
        site.save()
        call_command("villes_internet_create_authority", "213401458", "--site", "localhost")
        Award.objects.create(
            authority=LocalAuthority.objects.get(),
            edition=Edition.objects.get(year=2024),
            level=5,
        )
