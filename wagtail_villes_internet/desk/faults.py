"""What a registry found wrong with a service, field by field, in the words of its form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..matrix.models import ReferenceService
from ..registry.problems import FieldProblem
from ..registry.types import SERVICE_FIELDS
from ..services.models import DigitalService
from ..sync.models import Attempt, Declaration

# The form has a field for each half of a place.
OF_A_PLACE = {
    "/location": "latitude",
    "/location/lat": "latitude",
    "/location/lon": "longitude",
}
REFERENCES = "/reference_services/"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `field` is the form's, empty where it has none; `message` is for an editor.

    Nothing of it is the registry's own text.
    """

    field: str
    message: str

    def __str__(self) -> str:
        if not self.field:
            return self.message
        label = capfirst(str(DigitalService._meta.get_field(self.field).verbose_name))
        return _("%(field)s: %(problem)s") % {"field": label, "problem": self.message}


def faults_of(declarations: Iterable[Declaration]) -> dict[int, list[Fault]]:
    """What was said of each, by its key: the faults, else the message of the refusal.

    Two queries at most, where a reference service is at fault: it is called by its name.
    """
    rows = list(declarations)
    problems = {row.pk: [FieldProblem(**problem) for problem in row.problems] for row in rows}
    sent = _codes_sent(
        row for row in rows if any(one.pointer.startswith(REFERENCES) for one in problems[row.pk])
    )
    codes = {code for codes in sent.values() for code in codes}
    labels: Mapping[str, str] = {}
    if codes:
        found = ReferenceService.objects.filter(code__in=codes)
        labels = dict(found.values_list("code", "label"))
    said = {}
    for row in rows:
        named = [labels.get(code, code) for code in sent.get(row.pk, ())]
        # One field may have one fault many times: it is said once.
        faults = dict.fromkeys(_fault(problem, named) for problem in problems[row.pk])
        said[row.pk] = list(faults) or ([Fault("", row.message)] if row.message else [])
    return said


def _codes_sent(rows: Iterable[Declaration]) -> dict[int, list[str]]:
    """The reference services of the body refused, in the order they were sent in."""
    refused = {row.pk: row.rejected_hash for row in rows}
    if not refused:
        return {}
    attempts = Attempt.objects.filter(
        declaration__in=refused, body_hash__in=set(refused.values())
    ).values_list("declaration_id", "body_hash", "body")
    return {
        pk: json.loads(body)["reference_services"]
        for pk, hash, body in attempts
        if hash == refused[pk]
    }


def _fault(problem: FieldProblem, references: Sequence[Any]) -> Fault:
    pointer = problem.pointer
    if pointer in OF_A_PLACE:
        return Fault(OF_A_PLACE[pointer], problem.message)
    field = problem.field if problem.field in SERVICE_FIELDS else ""
    if not field:
        return Fault(
            "", _("Elsewhere than in this form: %(problem)s") % {"problem": problem.message}
        )
    positions = {f"{REFERENCES}{number}": item for number, item in enumerate(references)}
    if pointer in positions:
        item = positions[pointer]
        message = _("“%(item)s”: %(problem)s") % {"item": item, "problem": problem.message}
        return Fault(field, message)
    return Fault(OF_A_PLACE.get(f"/{field}", field), problem.message)
