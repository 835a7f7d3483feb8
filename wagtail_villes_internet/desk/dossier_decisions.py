"""What people decide of a version that does not go by itself. The next synchronisation does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..dossiers.calendar import paris_day
from ..dossiers.content import Content
from ..dossiers.models import Filing
from ..dossiers.roles import may_file
from ..registry.problems import FieldProblem
from ..sync.errors import NotSettled
from ..sync.filing import MAY_BE_GIVEN_UP, file_again, give_up, may_be_filed_again, replace_there
from ..sync.filings import remote_of
from ..sync.models import Registry
from .dossier_screen import DossierAction, VersionMixin

State = Filing.State

MEANINGS = {
    State.REJECTED: gettext_lazy(
        "The registry did not take this version as it is; nothing is lost. Correct the dossier and "
        "file a new version, or send this one again unchanged where the fault was the registry’s."
    ),
    State.TOO_LATE: gettext_lazy(
        "The registry says that the campaign is closed, and took nothing. This version stays here "
        "with its date and its SHA-256, which you may show. If the closing is moved, send it again."
    ),
    State.CONFLICT: gettext_lazy(
        "Another dossier of this edition stands at the registry, which was not filed from here. "
        "Ask who filed it before you decide: putting this one in its place replaces it."
    ),
    State.DISPUTED: gettext_lazy(
        "The registry gave a receipt for something else than what was sent. Write to the "
        "association with the number of the receipt and both SHA-256; then send this version "
        "again, or file a new one."
    ),
    State.GIVEN_UP: gettext_lazy("This version is not sent. It is kept."),
}
FIELDS = {
    "statement": gettext_lazy("statement"),
    "answers": gettext_lazy("answers to the questionnaire"),
    "matrix_version": gettext_lazy("version of the matrix"),
    "signed_off": gettext_lazy("agreement"),
}


@dataclass(frozen=True, slots=True)
class There:
    """What stands at the registry, as last read: its `tag`, and its last receipt (day in Paris)."""

    tag: str
    number: str = ""
    received_on: date | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a state means, and what may be decided."""

    meaning: str
    may_replace: bool
    may_file_again: bool
    may_give_up: bool
    there: There | None = None

    def __bool__(self) -> bool:
        return bool(self.meaning or self.may_replace or self.may_file_again or self.may_give_up)


def decisions_on(filing: Filing) -> Decisions:
    """What may be decided of a version; by hand, to give it up."""
    conflicts = filing.state == State.CONFLICT
    return Decisions(
        str(MEANINGS.get(State(filing.state), "")),
        may_replace=conflicts,
        may_file_again=may_be_filed_again(filing),
        may_give_up=filing.state in MAY_BE_GIVEN_UP,
        there=_there(filing) if conflicts else None,
    )


def _there(filing: Filing) -> There:
    registry = Registry.objects.filter(address=filing.registry_address).first()
    row = remote_of(filing.dossier.authority, registry, filing.dossier.year) if registry else None
    if row is None:
        return There("")
    if not row.receipts:
        return There(row.etag)
    last = row.receipts[0]
    received_at = parse_datetime(last["received_at"])
    received_on = paris_day(received_at) if received_at else None
    return There(row.etag, last["number"], received_on, last["sha256"])


def faults_in(filing: Filing, content: Content | None) -> Iterator[str]:
    """What the registry found wrong, in words of ours: the part of the dossier, and the fault."""
    for problem in (FieldProblem(**one) for one in filing.problems):
        part = _part(problem.pointer, content)
        yield _("%(field)s: %(problem)s") % {"field": part, "problem": problem.message}


def _part(pointer: str, content: Content | None) -> str:
    """The part of a dossier that a JSON pointer (RFC 6901) leads to."""
    name, *rest = pointer.strip("/").split("/")
    if name in FIELDS:
        return str(FIELDS[name])
    titles = {str(n): one.title for n, one in enumerate(content.included)} if content else {}
    if name == "services" and rest and rest[0] in titles:
        return _("“%(title)s”") % {"title": titles[rest[0]]}
    return _("Dossier")


class DecideView(VersionMixin, DossierAction):
    """Takes one decision, on the version as it was shown."""

    right_to_post = staticmethod(may_file)

    def post(self, request, *args, **kwargs):
        decision = self.decisions.get(request.POST.get("decision", ""))
        if decision is None:
            raise Http404
        try:
            messages.success(request, decision(self))
        except NotSettled as error:
            messages.error(request, str(error))
        return redirect(self.address("version", number=self.filing.number))

    def _replace(self) -> str:
        shown = self.request.POST.get("shown", "")
        replace_there(self.filing, self.request.user, shown=shown)
        return _("Noted: with the next synchronisation, this version takes the place of the other.")

    def _give_up(self) -> str:
        give_up(self.filing, self.request.user)
        return _("Given up: this version is kept, and is not sent.")

    def _file_again(self) -> str:
        file_again(self.filing, self.request.user)
        return _("Noted: this version goes again with the next synchronisation.")

    decisions = {"replace": _replace, "give_up": _give_up, "file_again": _file_again}
