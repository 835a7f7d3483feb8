"""Reads a version of the association's matrix, and has the services of every town follow."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...matrix.data import MatrixData, MatrixError, parse_matrix
from ...matrix.diff import Difference, difference
from ...matrix.headers import MATRIX_COLUMNS
from ...matrix.map_file import read_map, with_map
from ...matrix.models import Matrix, ReferenceService
from ...matrix.reading import read_matrix
from ...matrix.store import as_data, current_matrix, known_codes, store
from ...registry.base import get_backend
from ...registry.errors import RegistryError
from ...services.remapping.taking_into_use import Outcome, foresee, receive
from ...tables.errors import TableError
from ..columns import add_column_option

ALL, SOME, UNUSABLE = 0, 1, 2
UNUSABLE_FOR = (MatrixError, TableError, RegistryError, ImproperlyConfigured)


class Command(BaseCommand):
    help = (
        "Read a version of the matrix and take it into use: JSON as registries publish it, or a "
        "list in CSV, XLSX or JSON. What differs is said first; services follow where a code has "
        "one successor, the others stay as they are and wait for a choice in the admin. All or "
        "nothing; the same file again changes nothing. "
        "Exit code 0: every service has its place. 1: some services wait for a choice. "
        "2: the file, or the registry, cannot be used, and nothing was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?")
        parser.add_argument(
            "--registry", action="store_true", help="read it from the registry, instead of a file"
        )
        parser.add_argument(
            "--use", metavar="VERSION", help="take a version that is stored into use again"
        )
        parser.add_argument(
            "--map",
            type=Path,
            metavar="FILE",
            help="former code and new codes, in CSV, XLSX or JSON: comes before what the version "
            "says that its codes replace",
        )
        parser.add_argument(
            "--name", default="", metavar="VERSION", help="of the version, which a list lacks"
        )
        parser.add_argument(
            "--edition", type=int, metavar="YEAR", help="of the label, where it is known"
        )
        parser.add_argument(
            "--official", action="store_true", help="it is the association's, as published"
        )
        add_column_option(parser, MATRIX_COLUMNS)
        parser.add_argument(
            "--no-use", action="store_true", help="store it beside the version in use"
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say the same")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, format: str, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            sources = (options["file"], options["registry"], options["use"])
            if sum(map(bool, sources)) != 1:
                raise CommandError(
                    _("Give one of a file, --registry and --use VERSION."), returncode=UNUSABLE
                )
            try:
                data = read(options)
                mapped = read_map(options["map"], data) if options["map"] else {}
            except UNUSABLE_FOR as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            done = bring_in(with_map(data, mapped), mapped, options)
            if format == "json":
                self.stdout.write(json.dumps(done.document(), ensure_ascii=False, indent=2))
            else:
                for line in done.lines():
                    self.stdout.write(line)
        if done.exit_code:
            sys.exit(done.exit_code)


def read(options: Mapping[str, Any]) -> MatrixData:
    """The version that is asked for. Raises `UNUSABLE_FOR`."""
    edition = options["edition"]
    if edition is not None and not 1990 <= edition <= 2200:
        raise MatrixError(_("%(year)s is no edition of the label.") % {"year": edition})
    if options["use"]:
        return stored(options["use"])
    if options["registry"]:
        with get_backend() as backend:
            tagged = backend.matrix()
        # As any registry's: read again, and checked as a file is.
        data = parse_matrix(json.loads(json.dumps(asdict(tagged.value))))
        return replace(data, official=data.official or options["official"])
    return read_matrix(
        options["file"],
        name=options["name"],
        official=options["official"],
        chosen=MATRIX_COLUMNS.parse_options(options["column"]),
        known=known_codes(),
    )


def stored(version: str) -> MatrixData:
    found = Matrix.objects.filter(version=version).first()
    if found is None:
        versions = ", ".join(Matrix.objects.values_list("version", flat=True)) or "-"
        raise MatrixError(
            _("No version “%(version)s” is stored. Those that are: %(versions)s.")
            % {"version": version, "versions": versions}
        )
    return as_data(found)


@dataclass(frozen=True, slots=True)
class Done:
    """What the command did, or would do in a dry run. `unknown`: former codes of the map that no
    version here ever had; `is_new`: whether the version was not in use before."""

    difference: Difference
    outcome: Outcome
    official: bool
    unknown: tuple[str, ...]
    is_new: bool
    is_used: bool
    dry_run: bool

    @property
    def exit_code(self) -> int:
        return SOME if self.is_used and self.outcome.waiting_services else ALL

    def document(self) -> dict[str, Any]:
        """As `--format json` prints it."""
        return {
            "exit_code": self.exit_code,
            "dry_run": self.dry_run,
            "version": self.difference.new_version,
            "official": self.official,
            "in_use": self.is_used,
            "difference": self.difference.as_json(),
            "services_remapped": self.outcome.services,
            "services_waiting": self.outcome.waiting_services,
            "remapped": [
                {"old": old, "new": list(new), "services": count}
                for (old, new), count in sorted(self.outcome.changed.items())
            ],
            "waiting": [
                {"old": old, "services": count}
                for old, count in sorted(self.outcome.waiting.items())
            ],
            "unknown_in_map": list(self.unknown),
        }

    def lines(self) -> Iterator[str]:
        """In words, what differs first."""
        yield from self.difference.lines()
        if not self.difference:
            yield _("Nothing differs from the matrix in use.")
        if self.unknown:
            yield _("Codes of the map that no version here has, left aside: %(codes)s.") % {
                "codes": ", ".join(self.unknown)
            }
        if not self.is_used:
            yield _("Stored beside the version in use. If it were taken into use:")
        yield from self._services()
        if self.dry_run:
            yield _("Nothing was written.")
        elif self.is_used and self.is_new:
            yield _("The matrix %(version)s is in use.") % {"version": self.difference.new_version}

    def _services(self) -> Iterator[str]:
        outcome = self.outcome
        yield ngettext(
            "%(n)d service attached elsewhere by itself.",
            "%(n)d services attached elsewhere by themselves.",
            outcome.services,
        ) % {"n": outcome.services}
        for (old, new), count in sorted(outcome.changed.items()):
            yield f"  {old} → {', '.join(new) or '-'} ({count})"
        yield ngettext(
            "%(n)d service waits for a choice.",
            "%(n)d services wait for a choice.",
            outcome.waiting_services,
        ) % {"n": outcome.waiting_services}
        for old, count in sorted(outcome.waiting.items()):
            yield f"  {old} ({count})"
        if outcome.waiting_services and self.is_used:
            yield _("Choose for them in the admin, under “Attachments to be settled”.")


def bring_in(
    data: MatrixData, mapped: Mapping[str, tuple[str, ...]], options: Mapping[str, Any]
) -> Done:
    """Store the version and take it into use, in one transaction; a dry run takes it back."""
    with transaction.atomic():
        current = current_matrix()
        difference_from_current = difference(as_data(current) if current else None, data)
        known = set(ReferenceService.objects.filter(code__in=mapped).values_list("code", flat=True))
        if options["no_use"] and not (current and current.version == data.version):
            matrix = store(data, make_current=False, edition=options["edition"], mapped=mapped)
            outcome = foresee(matrix)
        else:
            outcome = receive(data, edition=options["edition"], mapped=mapped)
        if options["dry_run"]:
            transaction.set_rollback(True)
    return Done(
        difference=difference_from_current,
        outcome=outcome,
        official=data.official,
        unknown=tuple(sorted(mapped.keys() - known)),
        is_new=current is None or current.version != data.version,
        is_used=outcome.matrix.is_current,
        dry_run=options["dry_run"],
    )
