"""Attaches several services at once to the matrix; their themes follow from that."""

from functools import cache, cached_property

from django import forms
from django.contrib import messages
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, ngettext

from ..matrix.models import ReferenceService
from ..services.changing import change_draft, change_live
from ..services.errors import NothingToChange
from ..services.models import DigitalService
from .bulk import ServiceBulkAction
from .scoping import ScopedPermissionPolicy
from .widgets import ReferenceServicesWidget, reference_choices


class Mode(TextChoices):
    ADD = "add", gettext_lazy("beside those they have")
    REPLACE = "replace", gettext_lazy("instead of those they have")


class AttachForm(forms.Form):
    """What to attach to, out of the matrix in use."""

    reference_services = forms.ModelMultipleChoiceField(
        ReferenceService.objects.filter(in_use=True),
        widget=ReferenceServicesWidget,
        label=gettext_lazy("Reference services"),
        help_text=gettext_lazy("Unfold a theme to tick in it."),
        error_messages={"required": gettext_lazy("Tick at least one reference service.")},
    )
    mode = forms.ChoiceField(
        choices=Mode.choices,
        initial=Mode.ADD,
        widget=forms.RadioSelect,
        label=gettext_lazy("How to attach"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reference_services"].choices = cache(lambda: reference_choices("", []))


class AttachBulkAction(ServiceBulkAction):
    """Changes what is online and the open draft alike; where the person may not publish, a draft
    of it only."""

    display_name = gettext_lazy("Attach")
    action_type = "attach"
    aria_label = gettext_lazy("Attach the selected services to the matrix")
    action_priority = 25
    form_class = AttachForm
    permissions = ("change",)
    question = gettext_lazy("Attach these services to which reference services?")
    confirm = gettext_lazy("Attach")

    @cached_property
    def left_in_drafts(self) -> list[DigitalService]:
        """Services that stay as they are online, the change being in their draft."""
        return []

    def act(self, service):
        changed = self._attached(service)
        if not service.has_unpublished_changes and _keys(changed) == _keys(
            service.reference_services.all()
        ):
            raise NothingToChange
        user = self.request.user
        if not service.live:
            change_draft(service, self._values, user)
        elif self._may_publish(service):
            change_live(service, self._values, user)
        else:
            change_draft(service, self._values, user)
            self.left_in_drafts.append(service)

    def _values(self, version: DigitalService) -> dict[str, list[ReferenceService]]:
        return {"reference_services": self._attached(version)}

    def _attached(self, version: DigitalService) -> list[ReferenceService]:
        chosen = list(self.cleaned_form.cleaned_data["reference_services"])
        if self.cleaned_form.cleaned_data["mode"] == Mode.REPLACE:
            return chosen
        held = list(version.reference_services.all())
        return held + [row for row in chosen if row not in held]

    def _may_publish(self, service: DigitalService) -> bool:
        return ScopedPermissionPolicy(DigitalService).user_has_permission_for_instance(
            self.request.user, "publish", service
        )

    def done(self, count):
        return ngettext(
            "%(n)s service has been attached.", "%(n)s services have been attached.", count
        ) % {"n": count}

    def form_valid(self, form):
        response = super().form_valid(form)
        if count := len(self.left_in_drafts):
            messages.info(
                self.request,
                ngettext(
                    "%(n)s of them is online: nothing changes there until somebody publishes its "
                    "draft.",
                    "%(n)s of them are online: nothing changes there until somebody publishes "
                    "their drafts.",
                    count,
                )
                % {"n": count},
            )
        return response


def _keys(references) -> set[int]:
    return {row.pk for row in references}
