"""Writes the yearly dossier of a local authority to a file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ...authorities.creation import UnknownAuthority, authority_named
from ...authorities.models import LocalAuthority
from ...dossiers.errors import DossierError
from ...dossiers.exports.errors import PdfUnavailable
from ...dossiers.exports.formats import FORMATS, write
from ...dossiers.exports.marks import Export, of_draft, of_filing
from ...dossiers.models import Dossier, Filing
from ...registry.base import get_backend
from ...registry.errors import Misconfigured
from ...sync.filing import draft_at
from ..by_authority import plain

NOTHING, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Write the yearly dossier of a local authority to a file: the last version that was "
        "filed, another one, or the draft. A version is written from what was frozen alone. "
        "Exit code 0: the file is written. 1: there is no such dossier or version, or it was "
        "altered in the database. 2: nobody has that number, the file cannot be written, or what "
        "the format needs is not installed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--edition", type=int, metavar="YEAR", required=True)
        parser.add_argument("--format", choices=list(FORMATS), required=True)
        parser.add_argument("--output", type=Path, metavar="FILE", required=True)
        parser.add_argument(
            "--authority", metavar="SIREN|INSEE", help="may be left out where there is only one"
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--draft", action="store_true", help="as it would be filed now")
        # Django has a --version of its own.
        which.add_argument(
            "--number", type=int, metavar="N", help="this version; the last one by default"
        )

    def handle(self, *, edition: int, format: str, output: Path, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                authority = _authority(options["authority"])
                dossier = _dossier(authority, edition)
                export = _draft(dossier) if options["draft"] else _filed(dossier, options["number"])
                _write_whole(export, format, output)
            except PdfUnavailable as error:
                line = f"{error} {error.for_provider}"
                raise CommandError(line, returncode=UNUSABLE) from error
            except DossierError as error:
                raise CommandError(str(error), returncode=NOTHING) from error
            except (UnknownAuthority, Misconfigured, ImproperlyConfigured) as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            except OSError as error:
                facts = {"path": output, "reason": error.strerror}
                line = _("%(path)s cannot be written: %(reason)s.") % facts
                raise CommandError(line, returncode=UNUSABLE) from error
            for flaw in export.marks.flaws:
                self.stderr.write(plain(flaw.message))
            self.stdout.write(self.style.SUCCESS(plain(_said(export, output))))


def _authority(number: str | None) -> LocalAuthority:
    if number is not None:
        return authority_named(number)
    several = list(LocalAuthority.objects.all()[:2])
    if len(several) != 1:
        raise UnknownAuthority(_("Say whose dossier it is: --authority SIREN or INSEE code."))
    return several[0]


def _dossier(authority: LocalAuthority, year: int) -> Dossier:
    found = Dossier.objects.filter(authority=authority, year=year).first()
    if found is None:
        facts = {"authority": authority, "year": year}
        raise DossierError(
            _("%(authority)s has no dossier %(year)s: begin it in “Yearly dossier”.") % facts
        )
    return found


def _draft(dossier: Dossier) -> Export:
    with get_backend() as backend:
        return of_draft(draft_at(dossier, backend), timezone.now())


def _filed(dossier: Dossier, number: int | None) -> Export:
    versions = Filing.objects.filter(dossier=dossier).select_related("dossier")
    if number is not None:
        versions = versions.filter(number=number)
    found = versions.order_by("-number").first()
    if found is None:
        raise DossierError(
            _("No version of this dossier is filed: --draft writes it as it stands.")
            if number is None
            else _("This dossier has no version %(number)d.") % {"number": number}
        )
    return of_filing(found)


def _write_whole(export: Export, format: str, output: Path) -> None:
    """The file whole, or not at all."""
    unfinished = output.with_name(f"{output.name}.tmp")
    try:
        with unfinished.open("wb") as file:
            write(export, format, file)
        os.replace(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)


def _said(export: Export, output: Path) -> str:
    facts = {"path": output, "number": export.marks.number, "sha256": export.marks.sha256}
    if export.marks.is_draft:
        return _("Draft written to %(path)s (SHA-256 %(sha256)s).") % facts
    return _("Version %(number)d written to %(path)s (SHA-256 %(sha256)s).") % facts
