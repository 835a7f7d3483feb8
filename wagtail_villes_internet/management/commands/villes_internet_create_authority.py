"""Sets a town up in one command."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale

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
        self._check_language()
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

    def _check_language(self) -> None:
        """Without a locale of the language of the settings, Wagtail saves neither page nor service:
        the first `migrate` makes the one that LANGUAGE_CODE names then."""
        try:
            Locale.get_default()
        except Locale.DoesNotExist:
            message = _(
                "Wagtail has no language “%(code)s”, that of LANGUAGE_CODE: no page and no service "
                "could be saved. It was probably changed after the first “migrate”. On a new site: "
                "%(command)s"
            )
            command = (
                'python manage.py shell -c "from wagtail.models import Locale; '
                f"Locale.objects.update(language_code='{settings.LANGUAGE_CODE}')\""
            )
            said = message % {"code": settings.LANGUAGE_CODE, "command": command}
            raise CommandError(said, returncode=2) from None
