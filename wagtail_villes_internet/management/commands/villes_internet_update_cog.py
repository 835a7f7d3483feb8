"""Install a later vintage of the table of communes and EPCI."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_villes_internet.authorities import cog, cog_build
from wagtail_villes_internet.authorities.cog_changes import Change, What, changes
from wagtail_villes_internet.authorities.models import LocalAuthority

LABELS = {
    What.NAME: gettext_lazy("name"),
    What.SIREN: gettext_lazy("SIREN number"),
    What.INSEE: gettext_lazy("INSEE code"),
    What.DEPARTMENT: gettext_lazy("department"),
    What.REGION: gettext_lazy("region"),
    What.POPULATION: gettext_lazy("population"),
}


class Command(BaseCommand):
    help = (
        "Install a later vintage of the table of communes and EPCI, made from the npm package "
        "@etalab/decoupage-administratif, and say what it changes for the authorities of this "
        "site. Their rows are not changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the .tgz that `npm pack` writes, or its unpacked folder"
        )
        parser.add_argument("--vintage", type=int, help="the year, if the package does not say it")
        parser.add_argument("--dry-run", action="store_true", help="check and compare only")
        parser.add_argument(
            "--output", type=Path, help="where to write the table (COG_FILE of the settings)"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        output = options["output"] and options["output"].absolute()
        target = None if options["dry_run"] else output or cog.updated()
        if target is None and not options["dry_run"]:
            raise CommandError(
                _(
                    "Nowhere to write the table: give --output PATH, or set COG_FILE in "
                    "WAGTAIL_VILLES_INTERNET to an absolute path outside the package."
                )
            )
        try:
            data = cog_build.build(options["file"], options["vintage"])
            table = cog.parse(data)
            refuse_step_back(table, in_force())
            found = [
                change
                for authority in LocalAuthority.objects.all()
                for change in changes(authority, table)
            ]
            if target:
                replace(target, data)
        except cog.CogError as error:
            raise CommandError(
                _("%(reason)s The table in force was left as it is.") % {"reason": error}
            ) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_json(table, target, found), ensure_ascii=False))
        else:
            self.report(table, target, found)

    def report(self, table: cog.CogTable, installed: Path | None, found: list[Change]) -> None:
        for change in found:
            self.stdout.write(sentence(change))
        if found:
            self.stdout.write(_("These authorities were not changed: correct them in the admin."))
        else:
            self.stdout.write(_("Nothing changes for the authorities of this site."))
        facts = {"vintage": table.vintage, "source": table.source, "path": installed}
        if installed is None:
            self.stdout.write(_("Vintage %(vintage)s is sound; nothing was written.") % facts)
            return
        self.stdout.write(
            self.style.SUCCESS(_("Vintage %(vintage)s written to %(path)s (%(source)s).") % facts)
        )
        if installed != cog.updated():
            self.stdout.write(
                _("To use it, set COG_FILE to %(path)s in WAGTAIL_VILLES_INTERNET.") % facts
            )


def in_force() -> cog.CogTable:
    """The table to compare with: a damaged COG_FILE must not prevent its own replacement."""
    try:
        return cog.table()
    except cog.CogError:
        return cog.load(cog.bundled())


def refuse_step_back(table: cog.CogTable, active: cog.CogTable) -> None:
    """Raise `CogError` when `table` is older than the active one, or lacks a tenth of it."""
    if table.age < active.age:
        raise cog.CogError(
            _("Vintage %(vintage)s (%(version)s) is older than the one in force, %(active)s.")
            % {"vintage": table.vintage, "version": table.version, "active": active.vintage}
        )
    if len(table.entries) < 0.9 * len(active.entries):
        raise cog.CogError(
            _("It has %(rows)s communes and EPCI instead of about %(expected)s.")
            % {"rows": len(table.entries), "expected": len(active.entries)}
        )


def replace(target: Path, data: bytes) -> None:
    """Write the file whole or not at all: web processes read it at any time."""
    unfinished = target.with_name(f"{target.name}.tmp")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, target)
    except OSError as error:
        raise cog.CogError(
            _("%(path)s cannot be written: %(reason)s.")
            % {"path": target, "reason": error.strerror}
        ) from error


def sentence(change: Change) -> str:
    facts = {"authority": change.authority, "was": change.was or "—", "now": change.now or "—"}
    if change.what is What.GONE:
        return _("%(authority)s: is in the table no more.") % facts
    if change.what is What.MERGED:
        return _("%(authority)s: its SIREN is in the table no more; now %(now)s.") % facts
    facts["fact"] = LABELS[change.what]
    return _("%(authority)s: %(fact)s was %(was)s, now %(now)s.") % facts


def as_json(table: cog.CogTable, installed: Path | None, found: list[Change]) -> dict[str, Any]:
    return {
        "vintage": table.vintage,
        "version": table.version,
        "installed": str(installed) if installed else None,
        "changes": [
            {
                "siren": change.authority.siren,
                "insee": change.authority.insee,
                "name": change.authority.name,
                "what": change.what,
                "was": change.was,
                "now": change.now,
            }
            for change in found
        ],
    }
