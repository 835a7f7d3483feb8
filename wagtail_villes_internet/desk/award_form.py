"""The form of an award: what a town types, and what the registry states."""

from itertools import groupby

from django.db.models import Case, When
from django.forms.models import construct_instance
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
    PageChooserPanel,
)

from ..labels.models import VILLES_INTERNET, Award, Edition

NOTICE = "wagtail_villes_internet/desk/panels/award_notice.html"


class AwardForm(WagtailAdminModelForm):
    """An award as the town states it: what a person saves is « typed ».

    Of an award that the registry confirms, only what the town adds to it can be saved.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.states_the_award:
            self._offer_editions()

    @property
    def states_the_award(self) -> bool:
        return "edition" in self.fields

    def _offer_editions(self) -> None:
        """Villes Internet first, then the other labels by name; the newest edition first."""
        last = Case(When(programme__slug=VILLES_INTERNET, then=0), default=1)
        editions = Edition.objects.select_related("programme").order_by(
            last, "programme__name", "programme", "-year"
        )
        field = self.fields["edition"]
        field.queryset = editions
        groups = [
            (name, [(edition.pk, str(edition)) for edition in group])
            for name, group in groupby(editions, key=lambda edition: edition.programme.name)
        ]
        if len(groups) > 1:
            field.choices = [("", field.empty_label), *groups]

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

    def _post_clean(self):
        if self.states_the_award:
            super()._post_clean()
        else:
            # What the registry stated is not validated: nobody could correct it here.
            construct_instance(self, self.instance, self._meta.fields)

    def save(self, commit=True):
        if self.states_the_award:
            self.instance.origin = Award.Origin.TYPED
            self.instance.remote_id = ""
            self.instance.vanished_at = None
        return super().save(commit)


def added_panels() -> MultiFieldPanel:
    """What a town adds to an award, its own or confirmed."""
    return MultiFieldPanel(
        [
            FieldPanel("photo"),
            PageChooserPanel("news_page"),
            FieldPanel("news_url"),
        ],
        heading=gettext_lazy("In your local authority’s own words"),
    )


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
            added_panels(),
        ],
        base_form_class=AwardForm,
    )


def confirmed_panels() -> ObjectList:
    """The same, to be read: what the registry confirms is changed in the registry. What the town
    adds to it stays the town's."""
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
            added_panels(),
        ],
        base_form_class=AwardForm,
    )
