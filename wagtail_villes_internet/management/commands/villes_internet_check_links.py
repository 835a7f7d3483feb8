"""Checks the web addresses that the services lead to."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...authorities.admin_address import admin_address
from ...authorities.creation import UnknownAuthority, authority_named
from ...authorities.models import LocalAuthority
from ...services.links.checking import Report, run
from ...services.links.telling import tell
from ..by_authority import plain

ALL_WELL, SOME_BROKEN, UNUSABLE = 0, 1, 2
SCREEN = "villes_internet_links:index"


class Command(BaseCommand):
    help = (
        "Check the web addresses that the services lead to: HEAD, then GET; one request a second "
        "to one host; never to a private network. An address is broken after failures on three "
        "different days: the webmaster is then written to, once. Run it once a day. "
        "Exit code 0: no link is broken. 1: some are, or nothing could be checked. "
        "2: no such local authority."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--authority", metavar="SIREN|INSEE", help="only this one; all of them by default"
        )
        parser.add_argument(
            "--all", action="store_true", help="also those that were checked within 20 hours"
        )
        parser.add_argument("--no-mail", action="store_true", help="write to nobody")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, authority: str | None, format: str, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                towns = _towns(authority)
            except UnknownAuthority as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            report = run(towns, everything=options["all"])
            untold = []
            if not options["no_mail"]:
                untold = [town.pk for town in towns if tell(town, _report_url(town)) is False]
            code = self._say(towns, report, untold, format)
        if code:
            sys.exit(code)

    def _say(
        self, towns: list[LocalAuthority], report: Report, untold: list[int], format: str
    ) -> int:
        broken = any(states.get("broken") for states in report.states.values())
        code = SOME_BROKEN if broken or report.offline else ALL_WELL
        if format == "json":
            document = {
                "exit_code": code,
                "checked": report.checked,
                "offline": report.offline,
                "authorities": [
                    {
                        "siren": town.siren,
                        "insee": town.insee,
                        "name": town.name,
                        "mail_failed": town.pk in untold,
                        "links": report.states.get(town.pk, {}),
                    }
                    for town in towns
                ],
            }
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            return code
        if report.offline:
            self.stderr.write(
                _("Nothing at all answers: look at this machine’s network. Nothing was noted.")
            )
        for town in towns:
            states = report.states.get(town.pk, {})
            line = _("%(town)s: %(links)s, %(broken)s, %(failing)s.") % {
                "town": town,
                "links": _n_links(sum(states.values())),
                "broken": _("%(n)d broken") % {"n": states.get("broken", 0)},
                "failing": _("%(n)d to be checked again") % {"n": states.get("failing", 0)},
            }
            (self.stderr if states.get("broken") else self.stdout).write(plain(line))
            if town.pk in untold:
                self.stderr.write(
                    plain(
                        _(
                            "%(town)s: nobody could be written to. Give a mailbox under Settings > "
                            "Villes Internet, and look at EMAIL_HOST."
                        )
                        % {"town": town}
                    )
                )
        return code


def _n_links(number: int) -> str:
    return ngettext("%(n)d link", "%(n)d links", number) % {"n": number}


def _towns(number: str | None) -> list[LocalAuthority]:
    return list(LocalAuthority.objects.all()) if number is None else [authority_named(number)]


def _report_url(authority: LocalAuthority) -> str:
    """Where the links are listed; empty where this installation has no address of its own."""
    base = admin_address(authority)
    try:
        return f"{base}{reverse(SCREEN)}" if base else ""
    except NoReverseMatch:
        return ""
