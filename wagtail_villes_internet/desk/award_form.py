"""The form of an award: what a town types, and what the registry states."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)

from ..labels.models import VILLES_INTERNET, Award, Edition

NOTICE = "wagtail_villes_internet/desk/panels/award_notice.html"


class AwardForm(WagtailAdminModelForm):
    """An award as the town states it. Whatever a person saves is « typed »."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "edition" in self.fields:  # none of them is for an award that the registry confirms
            self._offer_editions()
            self._limit_levels()

    def _offer_editions(self) -> None:
        editions = Edition.objects.filter(programme__slug=VILLES_INTERNET)
        self.fields["edition"].queryset = editions.select_related("programme").order_by("-year")

    def _limit_levels(self) -> None:
        message = _("The level goes from 1 to 5 arobases.")
        self.fields["level"].validators = [
            MinValueValidator(1, message),
            MaxValueValidator(5, message),
        ]

    def clean(self):
        cleaned = super().clean()
        if edition := cleaned.get("edition"):
            same = Award.objects.filter(authority=self.instance.authority_id, edition=edition)
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error(
                    "edition",
                    _("The award of %(year)s is there already: change it instead of adding one.")
                    % {"year": edition.year},
                )
        return cleaned

    def save(self, commit=True):
        self.instance.origin = Award.Origin.TYPED
        self.instance.remote_id = ""
        self.instance.vanished_at = None
        return super().save(commit)


def typed_panels() -> ObjectList:
    """What a town may change."""
    return ObjectList(
        [
            HelpPanel(template=NOTICE),
            MultiFieldPanel(
                [
                    FieldPanel("edition"),
                    FieldRowPanel([FieldPanel("standing"), FieldPanel("level")]),
                    FieldPanel("source_url"),
                ],
                heading=gettext_lazy("What was won"),
            ),
            InlinePanel(
                "distinctions",
                heading=gettext_lazy("Special mentions"),
                label=gettext_lazy("Mention"),
                panels=[FieldRowPanel([FieldPanel("name"), FieldPanel("valid_until")])],
            ),
        ],
        base_form_class=AwardForm,
    )


def confirmed_panels() -> ObjectList:
    """The same, to be read: what the registry confirms is changed in the registry."""
    return ObjectList(
        [
            HelpPanel(template=NOTICE),
            MultiFieldPanel(
                [
                    FieldPanel("edition", read_only=True),
                    FieldPanel("standing", read_only=True),
                    FieldPanel("level", read_only=True),
                    HelpPanel(template="wagtail_villes_internet/desk/panels/award_facts.html"),
                ],
                heading=gettext_lazy("What was won"),
            ),
        ],
        base_form_class=AwardForm,
    )
