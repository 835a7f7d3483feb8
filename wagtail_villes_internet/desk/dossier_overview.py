"""Where the dossier of one year stands, and what is left to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.admin import messages

from ..dossiers.agreements import Standing, standing
from ..dossiers.campaign import (
    absence_text,
    calendar_of,
    countdown_text,
    current_year,
    urgency,
)
from ..dossiers.checklist import checklist
from ..dossiers.comparing import previous_of
from ..dossiers.drafting import open_dossier
from ..dossiers.models import Dossier, Filing
from ..dossiers.rules import Reason
from ..dossiers.sealing import missing, verify
from .delays import standing_sentence
from .dossier_agreement import is_spoken_of
from .dossier_screen import OVERVIEW, DossierAction, DossierMixin, DossierScreen
from .dossier_services import PARTLY, gaps_in
from .dossier_standing import Since, draft_sentence, filing_sentence, since_last

# What somebody can mend on the page of the service.
TO_MEND = frozenset({Reason.INCOMPLETE, Reason.NO_REFERENCE_SERVICE})


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is left to do, and where it is done."""

    label: str
    url: str


class IndexView(DossierMixin, View):
    """Leads to the dossier of the edition that the town works on."""

    http_method_names = ["get", "head"]

    def get(self, request):
        return redirect(OVERVIEW, year=current_year(self.authority))


class OverviewView(DossierScreen):
    """The dossier of one year at a glance."""

    http_method_names = ["get", "head"]
    template_name = "wagtail_villes_internet/desk/dossier/overview.html"

    @cached_property
    def filings(self) -> list[Filing]:
        if self.dossier is None:
            return []
        return list(self.dossier.filings.select_related("receipt", "user"))

    @cached_property
    def agreement(self) -> Standing:
        return standing(self.dossier, self.draft.content.digest)

    @cached_property
    def since(self) -> Since | None:
        return since_last(self.filings, self.draft.content)

    def _received(self) -> str:
        """What stands at the association while a later version is still to arrive."""
        filed = next((one for one in self.filings if one.state == Filing.State.FILED), None)
        if filed is None or self.since is None or filed == self.since.filing:
            return ""
        return filing_sentence(filed)

    @property
    def is_filed(self) -> bool:
        return self.since is not None and self.since.is_filed

    def get_context_data(self, **kwargs):
        now = timezone.now()
        calendar = calendar_of(self.authority, self.year)
        context = super().get_context_data(
            calendar=calendar,
            countdown=countdown_text(calendar, now),
            urgency=urgency(calendar, now),
            absence=absence_text(self.year) if calendar.sits_out else "",
            checklist=checklist(self.authority, self.year),
            other_years=self._other_years(),
            **kwargs,
        )
        if calendar.sits_out:
            context["steps"] = []
        if self.dossier is None:
            return context
        left = list(self._missing())
        return context | {
            "draft": self.draft,
            "agreement": self.agreement,
            "standing": draft_sentence(self.draft, self.agreement),
            "since": self.since,
            "received": self._received(),
            "comparing": self._comparing(),
            "missing": [*left, *self._agreement_missing()],
            "partly": self._partly(),
            "next": None if left or self.is_filed else self._next(),
            "is_filed": self.is_filed,
            "is_without_agreement": not is_spoken_of(self.agreement),
            "deleted": missing(one.number for one in self.filings),
            "versions": [
                {
                    "filing": one,
                    "sentence": standing_sentence(one, self.delay),
                    "flaws": verify(one),
                }
                for one in self.filings
            ],
        }

    def _missing(self) -> Iterator[Task]:
        services, texts = self.address("services"), self.address("texts")
        if not self.draft.included:
            yield Task(_("No service counts yet."), services)
        to_mend = sum(bool(TO_MEND.intersection(x.candidate.reasons)) for x in self.draft.lines)
        if to_mend:
            label = ngettext(
                "%(n)d published service is to be completed: it does not count until then.",
                "%(n)d published services are to be completed: they do not count until then.",
                to_mend,
            )
            yield Task(label % {"n": to_mend}, f"{services}?show=not_counting")
        if not self.draft.content.statement:
            yield Task(_("The statement is empty."), texts)
        if not self.draft.content.answers:
            yield Task(_("The answers to the questionnaire are empty."), texts)

    def _agreement_missing(self) -> Iterator[Task]:
        if self.agreement.is_missing:
            label = _("An elected official has not agreed to the dossier as it stands.")
            yield Task(label, self.agreement_address)

    def _next(self) -> Task | None:
        """The button of what comes next, where nothing else is missing."""
        if not self.agreement.is_missing:
            return Task(_("Read again and file"), self.address("file")) if self.may_file else None
        if self.may_prepare and not self.agreement.asked:
            return Task(_("Ask for the agreement"), self.agreement_address)
        return None

    def _partly(self) -> Task | None:
        """The services of the dossier that could say more; no condition."""
        count = sum(bool(gaps_in(line)) for line in self.draft.lines)
        if not count:
            return None
        label = ngettext(
            "%(n)d service is filled in only in part; it counts all the same.",
            "%(n)d services are filled in only in part; they count all the same.",
            count,
        )
        return Task(label % {"n": count}, f"{self.address('services')}?show={PARTLY}")

    def _comparing(self) -> str:
        """The words of the link to what was filed before, or only frozen; empty for neither."""
        previous = previous_of(self.dossier)
        if previous is None:
            return ""
        if previous.state in Filing.RECEIVED:
            return _("Compare with what was filed before")
        if previous.dossier.year != self.year:
            return _("Compare with the dossier %(year)d") % {"year": previous.dossier.year}
        if self.is_filed:
            return ""
        return _("Compare with version %(number)d") % {"number": previous.number}

    def _other_years(self) -> list[dict[str, object]]:
        """The dossiers of the other years, and what became of the last version of each."""
        rows = Dossier.objects.filter(authority=self.authority).exclude(year=self.year)
        last: dict[int, Filing] = {}
        filings = Filing.objects.filter(dossier__in=rows).defer("octets", "annex")
        for filing in filings.select_related("receipt").order_by("number"):
            last[filing.dossier_id] = filing
        return [
            {
                "year": row.year,
                "sentence": standing_sentence(last[row.pk], self.delay) if row.pk in last else "",
            }
            for row in rows
        ]


class OpenView(DossierAction):
    """Begins the dossier of the year, with what last year's said."""

    def post(self, request, *args, **kwargs):
        dossier = open_dossier(self.authority, self.year)
        if dossier.carried_from:
            said = _("The dossier %(year)d is begun, with the texts and choices of %(before)d.")
            said %= {"year": self.year, "before": dossier.carried_from}
        else:
            said = _("The dossier %(year)d is begun.") % {"year": self.year}
        messages.success(request, said)
        return redirect(self.address("overview"))
