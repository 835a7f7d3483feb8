"""Says what differs between the site and the registry, reading both in full; repairs on demand."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...authorities.models import LocalAuthority
from ...registry.base import RegistryBackend
from ...sync import lease
from ...sync.drift import Doubt, Line, Sign, counts
from ...sync.reconciling import drift, repair
from ...sync.session import Tally
from ..by_authority import DONE, LEFT, CommandByAuthority, Said, failed

NAMES = {
    Sign.SAME: "same",
    Sign.DIFFERS: "differs",
    Sign.HERE_ONLY: "here_only",
    Sign.THERE_ONLY: "there_only",
    Sign.UNKNOWN: "unknown",
}
DOUBTS = {
    Doubt.INCOMPLETE: gettext_lazy("to complete"),
    Doubt.UNKNOWN_CODE: gettext_lazy("attachment to be confirmed"),
    Doubt.HELD: gettext_lazy("waiting for confirmation"),
    Doubt.CONTRADICTION: gettext_lazy("the registry gives the hash of another content"),
}


class Command(CommandByAuthority):
    help = (
        "Compare everything that stands at the registry with what the sites declare: "
        "= same, * differs, + here only, - there only, ! unknown. "
        "Exit code 0: all is the same, or transmission is by hand. "
        "1: something differs, or the registry could not be read. 2: misconfigured."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--repair",
            action="store_true",
            help="then synchronise as if for the first time; without it, nothing is written",
        )

    def prepare(self, options: dict[str, Any]) -> None:
        self.is_repair = options["repair"]

    def by_hand(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        line = _("transmission by hand: there is no registry to compare with")
        return Said(DONE, line, {"automatic": False})

    def automatic(self, authority: LocalAuthority, backend: RegistryBackend) -> Said:
        lines = drift(authority, backend)
        if not self.is_repair:
            return _said(lines)
        result = repair(authority, backend, lines, patience=lease.PATIENCE)
        if result.busy:
            return failed(_("Another synchronisation is under way: try again once it is over."))
        if result.error:
            raise result.error
        return _said(drift(authority, backend), result.tally)


def _said(lines: list[Line], tally: Tally | None = None) -> Said:
    found = {NAMES[sign]: count for sign, count in counts(lines).items()}
    found["altered"] = sum(line.altered for line in lines)
    figures: dict[str, Any] = {"automatic": True}
    said = []
    if tally:
        figures["did"] = {
            "declared": tally.declared,
            "withdrawn": tally.withdrawn,
            "read": tally.pulled,
        }
        line = _("Repair: %(declared)d transmitted, %(withdrawn)d withdrawn, %(read)d read.")
        said += [line % figures["did"], *tally.notes]
    said.append(
        _(
            "Same: %(same)d; different: %(differs)d; here only: %(here_only)d; "
            "there only: %(there_only)d; unknown: %(unknown)d."
        )
        % found
    )
    code = DONE if found["same"] == len(lines) else LEFT
    figures |= {"counts": found, "lines": [_as_json(line) for line in lines]}
    return Said(code, " ".join(said), figures, map(_in_words, lines))


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "sign": line.sign,
        "id": line.id,
        "title": line.title,
        "altered": line.altered,
        "minted_here": line.minted_here,
        "doubt": line.doubt,
    }


def _in_words(line: Line) -> str:
    notes = []
    if line.altered:
        notes.append(_("altered by the registry"))
    if line.sign is Sign.THERE_ONLY and not line.minted_here:
        notes.append(_("not from this site"))
    if line.doubt:
        notes.append(str(DOUBTS[line.doubt]))
    aside = f" ({', '.join(notes)})" if notes else ""
    return f"{line.sign} {line.id} {line.title}{aside}"
