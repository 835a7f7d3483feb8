"""Why a service does not count in a dossier: rules that are data, each with its source."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from django.utils.translation import gettext_lazy as _

BUNDLED = "data/dossier-rules.json"


class Reason(StrEnum):
    """One reason for which a service does not count; see `label`, and `rule` for its source."""

    DRAFT = "draft"
    NOT_COUNTED = "not_counted"
    NO_REFERENCE_SERVICE = "no_reference_service"
    INCOMPLETE = "incomplete"
    UNKNOWN_CODE = "unknown_code"
    PLANNED = "planned"
    TOO_OLD = "too_old"

    @property
    def label(self) -> str:
        """The reason in a few words, for a webmaster."""
        return str(LABELS[self])

    @property
    def advice(self) -> str:
        """The reason, and what a webmaster can do about it, in a sentence."""
        return str(ADVICE[self])

    @property
    def rule(self) -> "Rule":
        return rules()[self]

    @property
    def is_overruled(self) -> bool:
        """Whether a town may count the service all the same, on its word: what the contract asks
        for cannot be waived, the press's reading of the règlement can."""
        return self in (Reason.PLANNED, Reason.TOO_OLD)

    @property
    def is_told(self) -> bool:
        """Whether the dossier names the service and the reason: it is live and meant to count."""
        return self not in (Reason.DRAFT, Reason.NOT_COUNTED)


LABELS = {
    Reason.DRAFT: _("not published"),
    Reason.NOT_COUNTED: _("“count in the dossier” is switched off"),
    Reason.NO_REFERENCE_SERVICE: _("attached to no reference service"),
    Reason.INCOMPLETE: _("to be completed"),
    Reason.UNKNOWN_CODE: _("attachment that the registry does not know yet"),
    Reason.PLANNED: _("planned, not in service yet"),
    Reason.TOO_OLD: _("ended, and more than two years old"),
}

ADVICE = {
    Reason.DRAFT: _("Not published: publish it for it to count."),
    Reason.NOT_COUNTED: _("“Count in the dossier” is switched off: tick it for it to count."),
    Reason.NO_REFERENCE_SERVICE: _("Attached to no reference service: attach it to at least one."),
    Reason.INCOMPLETE: _("To be completed: open it, and add what is missing."),
    Reason.UNKNOWN_CODE: _(
        "The registry does not know its reference service yet: attach it to another one, or wait "
        "for the official matrix."
    ),
    Reason.PLANNED: _(
        "Planned, not in service yet: it will count once it is open. If it is to count all the "
        "same, take it in."
    ),
    Reason.TOO_OLD: _(
        "Ended, and more than two years old. If it is to count all the same, take it in."
    ),
}


CERTAINTIES = {
    "certain": _("read on the association’s website"),
    "press": _("read in the press, not confirmed by the association"),
    "deduced": _("deduced from a rule read in the press"),
    "contract": _("asked for by the registry"),
    "module": _("rule of this module"),
    "town": _("choice of the local authority"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a rule comes from, in words and with an address that may be empty; how sure it is."""

    reason: Reason
    certainty: str
    source: str
    url: str

    @property
    def how_sure(self) -> str:
        """Its certainty in words, for a webmaster."""
        return str(CERTAINTIES[self.certainty])


@cache
def rules() -> dict[Reason, Rule]:
    """Every rule, in the order in which reasons are told."""
    text = resources.files("wagtail_villes_internet").joinpath(BUNDLED).read_text("utf-8")
    found = [
        Rule(Reason(row["reason"]), row["certainty"], row["source"], row["url"])
        for row in json.loads(text)["rules"]
    ]
    return {rule.reason: rule for rule in found}
