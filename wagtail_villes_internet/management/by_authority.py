"""What the commands share that go from one authority to the next: one line and one code each."""

import json
import logging
import sys
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from ..authorities.creation import UnknownAuthority, authority_named
from ..authorities.models import LocalAuthority
from ..conf import get_settings
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured

DONE, LEFT, MISCONFIGURED = 0, 1, 2

logger = logging.getLogger(__name__)


@dataclass
class Said:
    """What is said of one authority: an exit code, a line, and figures for `--format json`."""

    code: int
    line: str
    figures: dict[str, Any] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)


class CommandByAuthority(BaseCommand):
    """Says one line an authority, and ends with the highest of their exit codes."""

    # A setting that is wrong is said by the command, in one line and with its exit code.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--authority", metavar="SIREN|INSEE", help="only this one; all of them by default"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, authority, format, **options):
        with translation.override(settings.LANGUAGE_CODE):
            code = self._go_round(authority, format, options)
        if code:
            sys.exit(code)

    def prepare(self, backend: RegistryBackend, options: dict[str, Any]) -> None:
        """Take note of what the authorities of this call share."""

    def of(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """Do what the command does for one authority. Whatever it raises becomes a line."""
        raise NotImplementedError

    def _go_round(self, number: str | None, format: str, options: dict[str, Any]) -> int:
        try:
            authorities = _authorities(number)
            backend = get_backend()
        except (UnknownAuthority, Misconfigured, ImproperlyConfigured) as error:
            return self._refuse(str(error), format)
        self.prepare(backend, options)
        said: list[tuple[LocalAuthority, Said]] = []
        with backend:
            for authority in authorities:
                said.append((authority, self._safely(authority, backend)))
                if format == "text":
                    self._say(*said[-1], name_it=len(authorities) > 1)
        code = max((one.code for _authority, one in said), default=DONE)
        if format == "json":
            self.stdout.write(json.dumps(_document(said, code), ensure_ascii=False, indent=2))
        elif not authorities:
            self.stdout.write(
                _("No local authority yet: create one with villes_internet_create_authority.")
            )
        return code

    def _safely(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """One authority that fails does not stop the others."""
        try:
            return self.of(authority, backend)
        except (Misconfigured, ImproperlyConfigured) as error:
            return failed(str(error), MISCONFIGURED)
        except OperationalError:
            return failed(_("The database is busy: the next run will go on from here."))
        except Exception:
            logger.exception("%s failed", type(self).__module__.rpartition(".")[2])
            return failed(
                _("Unexpected failure, described in the log; the next run will go on from here.")
            )

    def _refuse(self, line: str, format: str) -> int:
        if format == "json":
            document = {"exit_code": MISCONFIGURED, "error": line, "authorities": []}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        self.stderr.write(plain(line))
        return MISCONFIGURED

    def _say(self, authority: LocalAuthority, said: Said, *, name_it: bool) -> None:
        line = said.line
        if name_it:
            line = _("%(authority)s: %(line)s") % {"authority": authority, "line": line}
        for detail in said.details:
            self.stdout.write(plain(detail))
        (self.stderr if said.code else self.stdout).write(plain(line))


def failed(line: str, code: int = LEFT) -> Said:
    """What stopped before its end, said by that line."""
    return Said(code, line, {"error": line})


def without_token(authority: LocalAuthority, backend: RegistryBackend) -> Said | None:
    """What is said where the registry needs a token for `authority` and the settings have none."""
    if not backend.needs_token or get_settings().token_fingerprint(authority.siren or ""):
        return None
    line = _("No token for the SIREN %(siren)s: add it to REGISTRY_TOKENS in the settings.")
    return failed(line % {"siren": authority.siren}, MISCONFIGURED)


def plain(line: str) -> str:
    """Lines of a log are looked for with the spaces that a keyboard types."""
    return line.replace("\N{NO-BREAK SPACE}", " ")


def _authorities(number: str | None) -> list[LocalAuthority]:
    return list(LocalAuthority.objects.all()) if number is None else [authority_named(number)]


def _document(said: list[tuple[LocalAuthority, Said]], code: int) -> dict[str, Any]:
    return {
        "exit_code": code,
        "authorities": [
            {
                "siren": authority.siren,
                "insee": authority.insee,
                "name": authority.name,
                "exit_code": one.code,
                "message": one.line,
                **one.figures,
            }
            for authority, one in said
        ],
    }
