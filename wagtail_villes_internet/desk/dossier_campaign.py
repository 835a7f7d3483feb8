"""What a town notes of a campaign: its dates, and what the association asks outside the site."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..dossiers.calendar import Calendar, StatedBy
from ..dossiers.campaign import calendar_of, sit_out, type_dates
from ..dossiers.checklist import CheckItem, checklist, tick
from ..dossiers.models import Campaign, Step
from ..dossiers.roles import may_prepare
from .dossier_screen import DossierAction, DossierScreen

# The field of the form, and the date of the calendar that the registry may give for it.
STATED = {"opens_on": "opens_at", "closes_on": "closes_at", "ceremony_on": "ceremony_on"}


class DayField(forms.DateField):
    """A day, picked as the browser offers it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DatesForm(forms.Form):
    """Whether a town takes part, and the dates that it types for itself; those the registry states
    are not asked for."""

    opens_on = DayField(label=gettext_lazy("Opens on"), required=False)
    closes_on = DayField(
        label=gettext_lazy("Closes on"),
        required=False,
        help_text=gettext_lazy("That day included, until midnight in Paris."),
    )
    ceremony_on = DayField(label=gettext_lazy("Ceremony"), required=False)
    sits_out = forms.BooleanField(
        label=gettext_lazy("We file no dossier for this edition"),
        required=False,
        help_text=gettext_lazy(
            "No more reminder is sent, and the countdown stops. Nothing is erased: untick the box "
            "to take part after all."
        ),
    )

    def __init__(self, *args, calendar: Calendar, **kwargs):
        super().__init__(*args, **kwargs)
        for field, name in STATED.items():
            if getattr(calendar, name) is not None and name not in calendar.by_town:
                del self.fields[field]


class DatesView(DossierScreen):
    """The dates of the campaign: the registry's or, until it gives some, the town's own; and
    whether the town takes part."""

    right = staticmethod(may_prepare)
    template_name = "wagtail_villes_internet/desk/dossier/dates.html"
    page_title = gettext_lazy("Dates and participation")

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_of(self.authority, self.year)

    @cached_property
    def typed(self) -> dict[str, object]:
        row = Campaign.objects.filter(authority=self.authority, year=self.year).first()
        return model_to_dict(row or Campaign(), fields=[*STATED, "sits_out"])

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", DatesForm(initial=self.typed, calendar=self.calendar))
        return super().get_context_data(
            calendar=self.calendar,
            by_registry=self.calendar.stated_by == StatedBy.REGISTRY,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = DatesForm(request.POST, calendar=self.calendar)
        if form.is_valid():
            noted = {**self.typed, **form.cleaned_data}
            sits_out = noted.pop("sits_out")
            try:
                with transaction.atomic():
                    type_dates(self.authority, self.year, **noted)
                    sit_out(self.authority, self.year, sits_out=sits_out)
            except ValidationError as error:
                for field, problems in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, problems)
            else:
                messages.success(request, _("The dates and the participation are kept."))
                return redirect(self.address("overview"))
        return self.render_to_response(self.get_context_data(form=form))


class ChecklistView(DossierAction):
    """Keeps the lines of the checklist that differ from what the person was shown: what somebody
    else ticked in the meantime stays."""

    def post(self, request, *args, **kwargs):
        changed = [item for item in checklist(self.authority, self.year) if self._keep(item)]
        if changed:
            messages.success(request, _("The checklist is kept."))
        else:
            messages.info(request, _("Nothing had changed in the checklist."))
        return redirect(self.address("overview") + "#checklist")

    def _keep(self, item: CheckItem) -> bool:
        posted = self.request.POST
        done, was_done = (f"{name}-{item.code}" in posted for name in ("done", "was-done"))
        note, was = (posted.get(f"{name}-{item.code}", "") for name in ("note", "was-note"))
        if done == was_done and note.strip() == was.strip():
            return False
        tick(
            self.authority,
            self.year,
            Step.Code(item.code),
            self.request.user,
            note if note.strip() != was.strip() else None,
            done=done if done != was_done else item.is_done,
        )
        return True
