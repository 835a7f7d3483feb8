"""Sets a town up in one command."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from ...authorities.cog import CogError
from ...authorities.creation import UnknownAuthority, authority_from, entry_for
from ...desk.setup import SetupError, find_site, set_up


class Command(BaseCommand):
    help = (
        "Create a local authority from the bundled table of communes and intercommunalities, "
        "show it on a site, and give it the groups Webmestre, Référent and Élu. "
        "Run twice, it changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("number", metavar="SIREN|INSEE")
        parser.add_argument("--site", required=True, metavar="HOST[:PORT]")

    def handle(self, *, number, site, **options):
        try:
            wagtail_site = find_site(site)
            with transaction.atomic():
                authority = authority_from(entry_for(number))
                groups = set_up(authority, wagtail_site)
        except (UnknownAuthority, SetupError, CogError) as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(
            _("%(authority)s is shown on %(site)s. Groups: %(groups)s.")
            % {
                "authority": authority,
                "site": wagtail_site.hostname,
                "groups": ", ".join(group.name for group in groups),
            }
        )
        if not authority.siren:
            self.stdout.write(_("Without a SIREN, transmission is by hand only."))
