"""The page types of the demo town's site."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from .blocks import body_blocks


class TownPage(Page):
    """What the two page types share. Each has a `body` of its own."""

    introduction = models.TextField("introduction", blank=True, max_length=400)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True


class HomePage(TownPage):
    """The front door: a greeting, a search field, ways on."""

    body = StreamField(body_blocks(), blank=True, verbose_name="contenu")

    max_count = 1
    template = "town/home_page.html"

    class Meta:
        verbose_name = "page d’accueil"


class ContentPage(TownPage):
    """Any other page."""

    body = StreamField(body_blocks(), blank=True, verbose_name="contenu")

    template = "town/content_page.html"

    class Meta:
        verbose_name = "page"
        verbose_name_plural = "pages"
