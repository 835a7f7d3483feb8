"""What the commands share that go from one authority to the next: one line and one code each."""

import json
import logging
import sys
from collections.abc import Iterable
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
from ..registry.errors import Misconfigured, RegistryError, Unauthorized
from ..sync.errors import AnotherInstance, SyncError
from ..sync.report import transmits_by_hand

DONE, LEFT, MISCONFIGURED = 0, 1, 2

logger = logging.getLogger(__name__)


@dataclass
class Said:
    """What is said of one authority: an exit code, a line, and figures for `--format json`.

    `details` are lines that come before it, read once at most.
    """

    code: int
    line: str
    figures: dict[str, Any] = field(default_factory=dict)
    details: Iterable[str] = ()


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

    def prepare(self, options: dict[str, Any]) -> None:
        """Take note of the options of this call. Raises `ImproperlyConfigured`."""

    def by_hand(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """What is said of an authority that a person transmits for."""
        raise NotImplementedError

    def automatic(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """Do what the command does with the registry. Whatever it raises becomes a line."""
        raise NotImplementedError

    def _go_round(self, number: str | None, format: str, options: dict[str, Any]) -> int:
        try:
            authorities = _authorities(number)
            backend = get_backend()
            self.prepare(options)
        except (UnknownAuthority, Misconfigured, ImproperlyConfigured) as error:
            return self._refuse(str(error), format)
        self.refused: dict[str, str] = {}
        said: list[tuple[LocalAuthority, Said]] = []
        with backend:
            for authority in authorities:
                said.append((authority, self._safely(authority, backend)))
                if format == "text":
                    self._say(*said[-1], name_it=len(authorities) > 1)
        code = max((one.code for _authority, one in said), default=DONE)
        if format == "json":
            self._write_json(_document(said, code))
        elif not authorities:
            self.stdout.write(
                _("No local authority yet: create one with villes_internet_create_authority.")
            )
        return code

    def _safely(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        """One authority that fails does not stop the others."""
        try:
            return self._of(authority, backend)
        except (Misconfigured, AnotherInstance, ImproperlyConfigured) as error:
            return failed(str(error), MISCONFIGURED)
        except (RegistryError, SyncError) as error:
            return failed(str(error))
        except OperationalError:
            return failed(_("The database is busy: the next run will go on from here."))
        except Exception:
            logger.exception("%s failed", type(self).__module__.rpartition(".")[2])
            return failed(
                _("Unexpected failure, described in the log; the next run will go on from here.")
            )

    def _of(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        if transmits_by_hand(authority, backend):
            return self.by_hand(authority, backend)
        token = _token_of(authority)
        if backend.needs_token and not token:
            line = _("No token for the SIREN %(siren)s: add it to REGISTRY_TOKENS in the settings.")
            return failed(line % {"siren": authority.siren}, MISCONFIGURED)
        if token and token in self.refused:
            return failed(self.refused[token])
        try:
            return self.automatic(authority, backend)
        except Unauthorized as error:
            self.note_refused(authority, error)
            raise

    def note_refused(self, authority: LocalAuthority, error: Unauthorized) -> None:
        """A refused token is not tried again for the next authorities that share it."""
        self.refused[_token_of(authority)] = str(error)

    def _refuse(self, line: str, format: str) -> int:
        if format == "json":
            document = {"exit_code": MISCONFIGURED, "error": line, "authorities": []}
            self._write_json(document)
        self.stderr.write(plain(line))
        return MISCONFIGURED

    def _write_json(self, document: dict[str, Any]) -> None:
        """Piece by piece: 25,000 services are not held as one text."""
        for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(document):
            self.stdout.write(piece, ending="")
        self.stdout.write()

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


def plain(line: str) -> str:
    """One line whatever it holds, with the spaces that a keyboard types: a search in a log finds
    it, and no title of somebody else's moves the cursor."""
    return "".join(filter(str.isprintable, " ".join(line.split())))


def _token_of(authority: LocalAuthority) -> str:
    return get_settings().token_fingerprint(authority.siren or "")


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
