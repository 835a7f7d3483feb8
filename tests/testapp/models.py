"""A host's page types, as an integrator would write them."""

from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_villes_internet.blocks import ServicesByThemeBlock, get_blocks


class ColumnsBlock(blocks.StructBlock):
    """Two of our blocks inside one of the host's."""

    left = ServicesByThemeBlock()
    right = ServicesByThemeBlock()

    class Meta:
        template = "testapp/columns.html"


class BlocksPage(Page):
    """A page whose body is made of our blocks."""

    body = StreamField([*get_blocks(), ("columns", ColumnsBlock())], blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]


class TagsPage(Page):
    """A page without StreamField: its template uses the tags."""
