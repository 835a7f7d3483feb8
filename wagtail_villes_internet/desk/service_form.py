"""The form of a digital service, in the order a webmaster thinks of it."""

from functools import cache, cached_property

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
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
from ..services.rules import Shortcoming, shortcomings
from .association_page import AssociationPageForm
from .service_standing import JudgedFieldPanel as FieldPanel
from .service_standing import Standing, StandingPanel, standing_of
from .widgets import ReferenceServicesWidget, reference_choices

# Where the form shows a shortcoming that is not named after one field.
SHOWN_AT = {Shortcoming.HALF_A_PLACE: "latitude"}


class DigitalServiceForm(AssociationPageForm):
    """Saves any draft that has a title; publishes only what is complete (`services.rules`)."""

    reference_services = forms.ModelMultipleChoiceField(
        ReferenceService.objects.none(),
        widget=ReferenceServicesWidget,
        label=gettext_lazy("Reference services"),
        help_text=gettext_lazy(
            "What it corresponds to in the matrix; its themes follow from that. At least one is "
            "needed to publish. Unfold a theme to tick in it."
        ),
        error_messages={
            "required": gettext_lazy(
                "Tick at least one reference service to publish. Without one, save a draft."
            )
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._offer_references(list(self.instance.reference_services.all()))
        self._limit("latitude", 90)
        self._limit("longitude", 180)

    @cached_property
    def standing(self) -> Standing:
        """What its transmission has to say: asked for by panels, so only where a form is drawn."""
        return standing_of(self.instance)

    def _offer_references(self, attached: list[ReferenceService]) -> None:
        """The matrix in use, and what is attached already even where it has left it."""
        field = self.fields["reference_services"]
        placed = Q(placements__theme__axis__matrix__is_current=True)
        kept = Q(pk__in=[row.pk for row in attached])
        field.queryset = ReferenceService.objects.filter(placed | kept).distinct()
        # Read when the boxes are drawn, and once: a form that is valid draws none.
        field.choices = cache(
            lambda: reference_choices(_("No longer in the matrix in use"), attached)
        )

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
            MultiFieldPanel(
                [
                    FieldPanel("title", required_on_save=True),
                    FieldPanel("summary"),
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("status")]),
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
                    FieldPanel("description"),
                    FieldPanel("interactions"),
                    FieldPanel("audiences"),
                ],
                heading=gettext_lazy("For residents"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("provider"), FieldPanel("department")]),
                    FieldRowPanel([FieldPanel("started_on"), FieldPanel("ended_on")]),
                    FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                ],
                heading=gettext_lazy("Who, since when, where"),
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
