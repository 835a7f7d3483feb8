"""A service that an editor puts forward on « En un coup d’œil », with one sentence."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ..blocks.service_chooser import ServiceChooserBlock


class HighlightBlock(blocks.StructBlock):
    service = ServiceChooserBlock(
        help_text=_("A service that residents may not see is left out of the page.")
    )
    sentence = blocks.CharBlock(
        required=False,
        default="",
        max_length=200,
        label=_("Sentence"),
        help_text=_("What it offers, and to whom. Left empty: the summary of the service."),
    )

    class Meta:
        icon = "vi-service"
        label = _("Service")
