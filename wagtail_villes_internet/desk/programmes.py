"""The labels a town may hold, and their editions: shared by every town, written by the operator.

Towns state their awards in them (« Notre label »), and have no permission on the programmes.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import VERSION
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from ..authorities.scope import is_operator
from ..labels.models import Edition, LabelProgramme


class OperatorPolicy(ModelPermissionPolicy):
    """The operator may do everything, anybody else nothing, whatever permission they hold."""

    def user_has_permission(self, user, action):
        return is_operator(user)

    def user_has_any_permission(self, user, actions):
        return is_operator(user)


class SharedViewSet(ModelViewSet):
    """What every town reads and the operator alone writes."""

    copy_view_enabled = False

    if VERSION < (8, 0):
        # From 8.0 on, policies are registered (`wagtail_hooks`) and this would warn.
        @property
        def permission_policy(self):
            return OperatorPolicy(self.model)


class ProgrammesViewSet(SharedViewSet):
    model = LabelProgramme
    name = "villes_internet_programmes"
    url_prefix = "villes-internet/labels"
    icon = "vi-label"
    menu_label = _("Labels")
    list_display = ["name", "max_level", "url"]
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("unit"), FieldPanel("unit_plural")]),
                FieldRowPanel([FieldPanel("max_level"), FieldPanel("symbol")]),
            ],
            heading=_("Levels"),
        ),
        FieldRowPanel([FieldPanel("validity"), FieldPanel("validity_months")]),
        FieldPanel("url"),
    ]


class EditionsOfLabelsViewSet(SharedViewSet):
    model = Edition
    name = "villes_internet_label_editions"
    url_prefix = "villes-internet/editions-des-labels"
    icon = "date"
    menu_label = _("Editions of the labels")
    list_display = ["__str__", "state", "ceremony_on", "place"]
    list_filter = ["programme"]
    panels = [
        FieldRowPanel([FieldPanel("programme"), FieldPanel("year"), FieldPanel("ordinal")]),
        FieldPanel("state"),
        FieldRowPanel([FieldPanel("ceremony_on"), FieldPanel("place")]),
        FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
        FieldPanel("labelled_count"),
        FieldPanel("source_url"),
    ]
