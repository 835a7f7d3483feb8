"""The form of a digital service, in the order a webmaster thinks of it."""

from functools import cache, cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import (
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
)

from ..matrix.models import ReferenceService
from ..services.duplicates import Like
from ..services.rules import Shortcoming, shortcomings
from .association_page import AssociationPageForm
from .echoes import LikesPanel, likes_in, proposals
from .service_gauge import GaugePanel
from .service_notes import NotedFieldPanel as FieldPanel
from .service_notes import Notes, notes_of
from .service_standing import Standing, StandingPanel, standing_of
from .widgets import HERE, ReferenceServicesWidget, reference_choices

# Where the form shows a shortcoming that is not named after one field.
SHOWN_AT = {
    Shortcoming.HALF_A_PLACE: "latitude",
    Shortcoming.TOO_MANY_REFERENCE_SERVICES: "reference_services",
}
PROGRESS = gettext_lazy(
    "“Planned” becomes “in service” by itself on the day of “since”, and anything becomes “ended” "
    "on the day after “until”. What has ended leaves the public list and stays in the history."
)


class DigitalServiceForm(AssociationPageForm):
    """Saves any draft that has a title; publishes only what is complete (`services.rules`)."""

    reference_services = forms.ModelMultipleChoiceField(
        ReferenceService.objects.all(),
        widget=ReferenceServicesWidget,
        label=gettext_lazy("Reference services"),
        help_text=gettext_lazy(
            "What it corresponds to in the matrix; its themes follow from that. At least one is "
            "needed to publish. Search by words, or unfold a theme to tick in it."
        ),
        error_messages={
            "required": gettext_lazy(
                "Tick at least one reference service to publish. Without one, save a draft."
            )
        },
    )

    class Media:
        css = {"all": [f"{HERE}/service-form.css"]}
        js = [f"{HERE}/title-echoes.js"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._offer_references()
        self._limit("latitude", 90)
        self._limit("longitude", 180)

    @cached_property
    def standing(self) -> Standing:
        """What its transmission has to say: asked for by panels, so only where a form is drawn."""
        return standing_of(self.instance)

    @cached_property
    def notes(self) -> Notes:
        """What there is to say beside its fields."""
        return notes_of(self.instance)

    @cached_property
    def likes(self) -> list[Like]:
        """The other services of its authority that look like what is typed."""
        title, url = (self[name].value() or "" for name in ("title", "url"))
        if not title or self.instance.authority_id is None:
            return []
        remote_id = self.instance.remote_id if self.instance.pk else ""
        return likes_in(self.instance.authority, title, url, remote_id)

    @cached_property
    def attached(self) -> list[ReferenceService]:
        return list(self.instance.reference_services.all())

    def _offer_references(self) -> None:
        """The matrix in use, and what is attached already even where it has left it."""
        field = self.fields["reference_services"]
        # Read when the boxes are drawn, and once: a form that is valid draws none.
        field.choices = cache(
            lambda: reference_choices(_("No longer in the matrix in use"), self.attached)
        )
        field.widget.propose = lambda: proposals(self["title"].value() or "")

    def clean_reference_services(self):
        chosen = self.cleaned_data["reference_services"]
        if strangers := [row for row in chosen if not row.in_use and row not in self.attached]:
            field = self.fields["reference_services"]
            raise ValidationError(
                field.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": strangers[0].pk},
            )
        return chosen

    def _limit(self, name: str, bound: int) -> None:
        self.fields[name].validators += [MinValueValidator(-bound), MaxValueValidator(bound)]

    def clean(self):
        cleaned = super().clean()
        # A draft may be half done, and an error already said is not said twice.
        if not self.is_deferred_validation and not self.errors:
            self._refuse_what_is_incomplete(cleaned)
        return cleaned

    def _refuse_what_is_incomplete(self, cleaned) -> None:
        facts = forms.models.construct_instance(self, self._meta.model())
        for found in shortcomings(facts, cleaned["reference_services"]):
            self.add_error(SHOWN_AT.get(found, found.value), found.message)


def edit_handler() -> ObjectList:
    return ObjectList(
        [
            HelpPanel(template="wagtail_villes_internet/desk/panels/for_whom.html"),
            StandingPanel(),
            GaugePanel(),
            MultiFieldPanel(
                [
                    FieldPanel("title", required_on_save=True),
                    LikesPanel(),
                    FieldPanel("summary"),
                    FieldPanel("kind"),
                ],
                heading=gettext_lazy("The service"),
            ),
            MultiFieldPanel(
                [FieldPanel("reference_services", required_on_save=False)],
                heading=gettext_lazy("Its place in the matrix"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("url"),
                    FieldPanel("offline_alternative"),
                    FieldPanel("interactions"),
                    FieldPanel("audiences"),
                    FieldPanel("description"),
                    FieldPanel("image"),
                ],
                heading=gettext_lazy("For residents"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("status", help_text=PROGRESS),
                    FieldRowPanel([FieldPanel("started_on"), FieldPanel("ended_on")]),
                ],
                heading=gettext_lazy("Since when"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("provider"), FieldPanel("department")]),
                    FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                ],
                heading=gettext_lazy("Who and where"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("public"),
                    FieldPanel("counted"),
                    FieldPanel("association_page", disable_comments=True),
                ],
                heading=gettext_lazy("Where it counts"),
            ),
            PublishingPanel(),
        ],
        base_form_class=DigitalServiceForm,
    )
