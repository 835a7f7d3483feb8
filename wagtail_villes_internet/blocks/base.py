"""What the blocks of the package have in common."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ..authorities.models import LocalAuthority

SAMPLE = "villes_internet_sample"


class TownBlock(blocks.StructBlock):
    """Shows what the site already holds of its authority: only presentation is chosen in it.

    The facts come from the request of the page, at the moment the template asks for them, so that
    a cached fragment costs no query. Where there is no request (search, e-mail, API) nothing is
    shown; the preview in the block picker shows sample facts, for it cannot know the site.
    """

    # The name under which the template finds the facts.
    shown_as: str

    # The names of the addresses where the same facts stand for machines.
    machine_readable: tuple[str, ...] = ()

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        if context.get(SAMPLE):
            context[self.shown_as] = self.sample_facts(value)
        else:
            context[self.shown_as] = SimpleLazyObject(lambda: self.facts_in(value, context))
        return context

    def get_preview_context(self, value, parent_context=None):
        return {**super().get_preview_context(value, parent_context), SAMPLE: True}

    def facts_in(self, value, context):
        """What the template shows to residents; for a block that asks more than the request."""
        return self.facts(value, context.get("request"))

    def facts(self, value, request):
        """What the template shows to residents; falsy for nothing."""
        raise NotImplementedError

    def sample_facts(self, value):
        """What the template shows in the block picker."""
        raise NotImplementedError

    def extract_references(self, value):
        """What the block refers to; and, for the front-end cache to be emptied of its page, that it
        shows an authority: which one, only a request knows."""
        yield from super().extract_references(value)
        if apps.is_installed("wagtail.contrib.frontend_cache"):
            shown = ContentType.objects.get_for_model(LocalAuthority)
            yield ContentType, str(shown.pk), "", ""

    def get_api_representation(self, value, context=None):
        """The options, and where the facts stand as JSON: without a page no site is known."""
        options = super().get_api_representation(value, context)
        return {**options, "links": links} if (links := self._links(context)) else options

    def _links(self, context) -> list[str]:
        request = (context or {}).get("request")
        try:
            paths = [reverse(f"villes_internet:{name}") for name in self.machine_readable]
        except NoReverseMatch:  # the host does not include our addresses
            return []
        return [request.build_absolute_uri(path) if request else path for path in paths]

    class Meta:
        group = _("Villes Internet")
        preview_template = "wagtail_villes_internet/blocks/preview.html"


class HeadingLevelBlock(blocks.ChoiceBlock):
    """Which level the block's headings take, so that the page skips none (RGAA 9.1)."""

    choices = [
        ("h2", _("Level 2")),
        ("h3", _("Level 3")),
        ("h4", _("Level 4")),
        ("h5", _("Level 5")),
    ]

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "label": _("Heading level"),
                "default": "h2",
                "help_text": _("One below the heading that comes before the block in the page."),
                "search_index": False,
            }
            | kwargs
        )
