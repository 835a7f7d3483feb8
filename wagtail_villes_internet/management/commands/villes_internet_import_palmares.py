"""Reads the published list of an edition, from a file or from the registry."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...authorities import cog
from ...labels.palmares.entries import Entry
from ...labels.palmares.errors import PalmaresError
from ...labels.palmares.headers import COLUMNS
from ...labels.palmares.importing import Import, Reported, Tally, entries
from ...labels.palmares.matching import Gazetteer
from ...labels.palmares.parsing import check_year
from ...labels.palmares.reading import read
from ...labels.palmares.store import Store
from ...registry.base import RegistryBackend, get_backend
from ...registry.errors import RegistryError
from ...registry.palmares import ListedAward
from ...tables.errors import TableError
from ..columns import add_column_option

ALL, SOME, UNUSABLE = 0, 1, 2
UNUSABLE_FOR = (PalmaresError, TableError, cog.CogError, RegistryError, ImproperlyConfigured)
# How often a long file says how far it is.
PROGRESS = 1_000


class Command(BaseCommand):
    help = (
        "Read a published list of labelled authorities: CSV, XLSX or JSON, whatever its columns "
        "are called. A name that is not certain is reported with its line, never guessed; a bad "
        "line stops no good one; the same file again changes nothing. "
        "Exit code 0: everything was read and matched. 1: some lines are reported. "
        "2: the file, or the registry, cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?")
        parser.add_argument(
            "--registry",
            type=int,
            metavar="YEAR",
            help="read the list of this edition from the registry, instead of a file",
        )
        parser.add_argument(
            "--edition", type=int, metavar="YEAR", help="of the lines that name no edition"
        )
        add_column_option(parser, COLUMNS)
        parser.add_argument(
            "--complete",
            action="store_true",
            help="the list names everyone: its editions are no longer shown as extracts",
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say the same")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, file: Path | None, registry: int | None, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            if (file is None) == (registry is None):
                raise CommandError(_("Give either a file or --registry YEAR."), returncode=UNUSABLE)
            said = Said(self, options["format"])
            try:
                gazetteer = Gazetteer(cog.table())
                importing = Import(
                    gazetteer, Store(dry_run=options["dry_run"]), said.report, said.progress
                )
                if file is None:
                    is_complete = from_registry(importing, registry)
                else:
                    is_complete = from_file(importing, file, options, said)
                if is_complete:
                    importing.complete()
            except (
                PalmaresError,
                TableError,
                cog.CogError,
                RegistryError,
                ImproperlyConfigured,
            ) as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            code = SOME if importing.tally.reported else ALL
            said.end(importing.tally, code, dry_run=options["dry_run"])
        if code:
            sys.exit(code)


def from_file(importing: Import, file: Path, options: dict[str, Any], said: "Said") -> bool:
    """Import a file; returns whether it is said to name everyone. Raises `TableError`."""
    year = options["edition"] and check_year(options["edition"])
    table = read(file, COLUMNS.parse_options(options["column"]), year_is_given=bool(year))
    said.ignored = table.ignored
    importing.run(entries(table, year=year))
    return options["complete"]


def from_registry(importing: Import, year: int) -> bool:
    """Import what the registry says of one edition; returns whether it says all of it."""
    with get_backend() as backend:
        listed = Listed(backend, check_year(year))
        importing.run(listed)
    return listed.complete


class Listed(Iterable[Entry]):
    """The awards of one edition at the registry; `complete` is known once all were read."""

    def __init__(self, backend: RegistryBackend, year: int) -> None:
        self.backend, self.year = backend, year
        self.complete = False

    def __iter__(self) -> Iterator[Entry]:
        number = 0
        for page in self.backend.palmares(self.year):
            self.complete = page.complete
            for listed in page.items:
                number += 1
                yield entry_of(listed, number)


def entry_of(listed: ListedAward, number: int) -> Entry:
    award, who = listed.award, listed.authority
    return Entry(
        number=number,
        year=award.edition,
        name=who.name,
        place=who.place,
        standing=award.standing,
        level=award.level,
        mentions=tuple(sorted({mention.name for mention in award.distinctions})),
        source=award.source_url,
        siren=who.siren or "",
        insee=who.insee or "",
    )


class Said:
    """What the command says: as it goes, in text; at the end, in JSON."""

    def __init__(self, command: BaseCommand, format: str) -> None:
        self.command, self.is_json = command, format == "json"
        self.reported: list[Reported] = []
        self.ignored: list[str] = []

    def report(self, reported: Reported) -> None:
        if self.is_json:
            self.reported.append(reported)
            return
        self.command.stderr.write(
            _("line %(number)d: %(name)s: %(message)s")
            % {
                "number": reported.number,
                "name": reported.name or "-",
                "message": reported.message,
            }
        )

    def progress(self, read: int) -> None:
        if read % PROGRESS == 0 and not self.is_json:
            self.command.stderr.write(_("%(n)d lines read…") % {"n": read})

    def end(self, tally: Tally, code: int, *, dry_run: bool) -> None:
        if self.is_json:
            document = self.document(tally, code, dry_run=dry_run)
            self.command.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            return
        for line in summary(tally, self.ignored, dry_run=dry_run):
            self.command.stdout.write(line)

    def document(self, tally: Tally, code: int, *, dry_run: bool) -> dict[str, Any]:
        return {
            "exit_code": code,
            "dry_run": dry_run,
            "editions": sorted(tally.years),
            "marked_complete": tally.completed,
            "read": tally.read,
            "added": tally.added,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
            "repeated": tally.repeated,
            "unmatched": tally.unmatched,
            "refused": tally.refused,
            "contradicted": tally.contradicted,
            "awards_added": tally.awards_added,
            "awards_changed": tally.awards_changed,
            "ignored_columns": self.ignored,
            "reported": [as_json(reported) for reported in self.reported],
        }


def as_json(reported: Reported) -> dict[str, Any]:
    return {
        "line": reported.number,
        "name": reported.name,
        "why": reported.why,
        "message": reported.message,
        "candidates": [
            {
                "siren": entry.siren,
                "insee": entry.insee,
                "name": entry.name,
                "department": entry.department,
            }
            for entry in reported.candidates
        ],
    }


def summary(tally: Tally, ignored: list[str], *, dry_run: bool) -> Iterator[str]:
    if ignored:
        yield _("Columns left aside: %(names)s.") % {"names": ", ".join(ignored)}
    yield ngettext("%(n)d line read.", "%(n)d lines read.", tally.read) % {"n": tally.read}
    yield _("Lists: %(added)d added, %(changed)d changed, %(unchanged)d already there.") % {
        "added": tally.added,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
    }
    if tally.awards_added or tally.awards_changed:
        line = _("Awards of this site's local authorities: %(added)d added, %(changed)d changed.")
        yield line % {"added": tally.awards_added, "changed": tally.awards_changed}
    counts = (
        (_("kept without knowing who it is: %(n)d"), tally.unmatched),
        (_("could not be read, and left out: %(n)d"), tally.refused),
        (_("contradict another line, and left out: %(n)d"), tally.contradicted),
        (_("repeated: %(n)d"), tally.repeated),
    )
    yield from (text % {"n": count} for text, count in counts if count)
    if tally.completed:
        years = ", ".join(map(str, tally.completed))
        yield _("Now complete: %(years)s.") % {"years": years}
    if dry_run:
        yield _("Nothing was written.")
