from wagtail.admin.panels import FieldPanel
from wagtail.blocks import RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_villes_internet.blocks import get_blocks


class TownPage(Page):
    """A page of the host, with the package's blocks among its own."""

    body = StreamField([("text", RichTextBlock()), *get_blocks()], blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
