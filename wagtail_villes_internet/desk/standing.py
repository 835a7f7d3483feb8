"""What the screen « Transmission » says of a registry: where the services stand there.

Read from this site's own rows, in a number of queries that does not grow with the services.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..registry.problems import FieldProblem
from ..services.models import DigitalService
from ..sync.declarations import STATES
from ..sync.models import Declaration
from ..sync.plan import Action
from ..sync.report import intentions
from ..sync.wanted import Incomplete
from .contents import Words

# Lines of one list on one screen; the next ones come up as these are dealt with.
SHOWN = 100

State = Declaration.State

# What waits for a person first, then what the next run does by itself.
EXPLANATIONS = {
    State.REJECTED: gettext_lazy(
        "The registry refused these services. Correct them and publish them again."
    ),
    State.CONFLICT: gettext_lazy(
        "These services were changed here and at the registry. Nothing is overwritten: somebody "
        "has to say which version is right."
    ),
    State.HELD: gettext_lazy(
        "Nothing is withdrawn from the registry in such numbers without somebody’s confirmation."
    ),
    State.UNKNOWN_CODE: gettext_lazy(
        "The registry’s matrix lacks a reference service of these. Attach them to others, or wait "
        "for the official matrix."
    ),
    State.TO_SEND: gettext_lazy("These services go with the next synchronisation."),
    State.TO_WITHDRAW: gettext_lazy(
        "These services leave the registry with the next synchronisation."
    ),
}
# Where what the registry answered explains the state.
ANSWERED = {State.REJECTED, State.UNKNOWN_CODE}


def at_registry(authority: LocalAuthority, backend: RegistryBackend) -> list[dict[str, Any]]:
    """The services that do not stand at the registry as they are wanted, by state."""
    by_state = defaultdict(list)
    for intended in intentions(authority, backend):
        if intended.action is not Action.AGREE:
            # An attempt without an answer is sent again: to people, it is to be transmitted.
            by_state[STATES.get(intended.action, State.TO_SEND)].append(intended)
    shown = {state: by_state[state][:SHOWN] for state in EXPLANATIONS if by_state[state]}
    ids = [line.remote_id for lines in shown.values() for line in lines]
    answers = _answers(authority, backend, ids)
    keys = _keys(authority, ids)
    return [
        {
            "label": state.label,
            "explanation": EXPLANATIONS[state],
            "count": len(by_state[state]),
            "lines": [
                {
                    "title": line.title or line.remote_id,
                    "edit_url": edit_url(keys.get(line.remote_id)),
                    "reasons": answers.get(line.remote_id, []) if state in ANSWERED else [],
                }
                for line in lines
            ],
        }
        for state, lines in shown.items()
    ]


def to_complete(incomplete: Iterable[Incomplete]) -> list[dict[str, Any]]:
    """The live services that cannot be declared, and why."""
    return [
        {"title": found.title, "reasons": found.reasons, "edit_url": edit_url(found.pk)}
        for found in incomplete
    ]


def edit_url(pk: int | None) -> str | None:
    """Where a service is edited; None for one that is no longer there."""
    if pk is None:
        return None
    return reverse(DigitalService.snippet_viewset.get_url_name("edit"), args=[pk])


def _answers(
    authority: LocalAuthority, backend: RegistryBackend, ids: list[str]
) -> Mapping[str, list[str]]:
    """What the registry said of each service, in the reader's words."""
    rows = Declaration.objects.filter(
        authority=authority, registry__address=backend.address, remote_id__in=ids
    )
    return {
        remote_id: [_said(FieldProblem(**problem)) for problem in problems] or [message]
        for remote_id, problems, message in rows.values_list("remote_id", "problems", "message")
        if problems or message
    }


def _said(problem: FieldProblem) -> str:
    label = Words.label(problem.field)
    if not label:
        return problem.message
    return _("%(field)s: %(problem)s") % {"field": label, "problem": problem.message}


def _keys(authority: LocalAuthority, ids: list[str]) -> dict[str, int]:
    services = DigitalService.objects.of(authority).filter(translation_key__in=ids)
    # The oldest translation last, so that it is the one kept.
    rows = services.order_by("-pk").values_list("translation_key", "pk")
    return {str(key): pk for key, pk in rows}
