"""Makes drafts of the services that a file, or a list of titles, names."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...authorities.creation import UnknownAuthority, authority_named
from ...services.importing.columns import COLUMNS
from ...services.importing.errors import ImportingError
from ...services.importing.planning import Step, What
from ...services.importing.reading import Lines, read_bounded, read_file, read_titles
from ...services.importing.store import Outcome, check, import_lines
from ...tables.errors import TableError
from ..by_authority import plain
from ..columns import add_column_option

ALL, SOME, UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Read a list of services: CSV, XLSX or JSON, whatever its columns are called, or a plain "
        "list of titles. New ones become drafts; those that are there get a new version where the "
        "file says something other, and an empty cell changes nothing. A line that cannot be used "
        "is reported with its column and the reason, and stops no good one; the same file again "
        "changes nothing. "
        "Exit code 0: everything was imported. 1: some lines are refused, or their service is left "
        "as it is. 2: the file cannot be used, or nobody has that number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for the standard input, with --titles")
        parser.add_argument("--authority", metavar="SIREN|INSEE", required=True)
        parser.add_argument(
            "--titles", action="store_true", help="FILE is a plain list of titles, one a line"
        )
        add_column_option(parser, COLUMNS)
        parser.add_argument(
            "--publish", action="store_true", help="put online those that are complete"
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say the same")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, file: str, authority: str, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                town = authority_named(authority)
                lines = self._lines(file, options)
                if options["dry_run"]:
                    outcome = check(lines, town)
                else:
                    outcome = import_lines(lines, town, publish=options["publish"])
            except (UnknownAuthority, ImportingError, TableError) as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            code = SOME if outcome.of(What.REFUSED, What.LEFT) else ALL
            if options["format"] == "json":
                document = as_json(outcome, lines, code, dry_run=options["dry_run"])
                self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            else:
                self._say(outcome, lines, dry_run=options["dry_run"])
        if code:
            sys.exit(code)

    def _lines(self, file: str, options: dict[str, Any]) -> Lines:
        if options["titles"]:
            if options["column"]:
                raise ImportingError(_("A list of titles has no column: leave out --column."))
            if file == "-":
                return read_titles(read_bounded(sys.stdin.buffer))
            try:
                with Path(file).open("rb") as titles:
                    return read_titles(read_bounded(titles))
            except OSError as error:
                raise TableError(
                    _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}
                ) from error
        return read_file(Path(file), COLUMNS.parse_options(options["column"]))

    def _say(self, outcome: Outcome, lines: Lines, *, dry_run: bool) -> None:
        for step in outcome.of(What.REFUSED, What.LEFT):
            for said in reasons(step):
                self.stderr.write(plain(said))
        for step in outcome.of(What.ADD, What.CHANGE):
            for note in filter(None, (step.note, outcome.not_published.get(step.pk or 0))):
                self.stdout.write(plain(about(step, note)))
        for line in summary(outcome, lines, dry_run=dry_run):
            self.stdout.write(line)


def reasons(step: Step) -> Iterator[str]:
    """Why a line is not imported, each with its place."""
    yield from (problem.said(step.number) for problem in step.problems)
    if step.reason:
        yield about(step, step.reason)


def about(step: Step, said: str) -> str:
    return _("line %(line)d: %(title)s: %(said)s") % {
        "line": step.number,
        "title": step.title,
        "said": said,
    }


def summary(outcome: Outcome, lines: Lines, *, dry_run: bool) -> Iterator[str]:
    if lines.ignored:
        yield _("Columns left aside: %(names)s.") % {"names": ", ".join(lines.ignored)}
    yield _("%(added)d added, %(changed)d changed, %(same)d already there.") % {
        "added": len(outcome.of(What.ADD)),
        "changed": len(outcome.of(What.CHANGE)),
        "same": len(outcome.of(What.SAME)),
    }
    if outcome.published:
        n = len(outcome.published)
        yield ngettext("%(n)d is online.", "%(n)d are online.", n) % {"n": n}
    counts = (
        (_("refused, and left out: %(n)d"), len(outcome.of(What.REFUSED))),
        (_("left as they are: %(n)d"), len(outcome.of(What.LEFT))),
        (_("example of the model, left out: %(n)d"), len(outcome.of(What.EXAMPLE))),
    )
    yield from (text % {"n": count} for text, count in counts if count)
    if dry_run:
        yield _("Nothing was written.")


def as_json(outcome: Outcome, lines: Lines, code: int, *, dry_run: bool) -> dict[str, Any]:
    return {
        "exit_code": code,
        "dry_run": dry_run,
        "import": "" if dry_run else outcome.key,
        **{str(what): len(outcome.of(what)) for what in What},
        "published": len(outcome.published),
        "ignored_columns": list(lines.ignored),
        "lines": [
            {
                "line": step.number,
                "title": step.title,
                "outcome": str(step.what),
                "service": step.pk,
                "fields": step.fields,
                "published": step.pk in outcome.published,
                "problems": [
                    {"column": problem.column, "reason": problem.reason}
                    for problem in step.problems
                ],
                "reason": step.reason or outcome.not_published.get(step.pk or 0, ""),
                "note": step.note,
            }
            for step in outcome.steps
        ],
    }
