"""What the ready pages have in common."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

from ..blocks.facts import active_language
from ..conf import get_settings
from .base_page import Page
from .head import Alternate, SharedPicture, head_of
from .ready_form import ReadyPageForm
from .trail import Step, trail_of

FEATURES = ["h2", "h3", "bold", "italic", "ul", "ol", "link"]


class ReadyPage(Page):
    """A page that shows what the site already holds, between two texts that may stay empty.

    `usual_title` is what each type proposes for a new page.
    """

    usual_title: Promise
    base_form_class = ReadyPageForm

    introduction = RichTextField(_("introduction"), blank=True, features=FEATURES)
    conclusion = RichTextField(
        _("text at the end"), blank=True, features=FEATURES, help_text=_("Below everything else.")
    )

    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("conclusion"),
    ]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | self.surroundings(request) | {"language": active_language()}

    def surroundings(
        self,
        request: HttpRequest,
        *,
        title: str = "",
        description: str = "",
        below: str = "",
        steps: Iterable[Step] = (),
        feed: str = "",
        picture: SharedPicture | None = None,
        translated: bool = True,
    ) -> dict[str, Any]:
        """What the templates need besides the subject of the page.

        `below`: the path of this address under the page's own, with the `title`, the
        `description` and the `steps` of the trail that are its own; without one, `description` is
        what stands for those that the editor left empty. `picture`: that of the page, where it is
        not the badge. `translated`: whether the same path leads to the same subject in another
        language.
        """
        url = self.get_full_url(request) or ""
        page = self.speaking_of(title, description) if below else self
        # A host's own page model may do without these two.
        title = getattr(page, "seo_title", "") or page.title
        own = getattr(page, "search_description", "") or strip_tags(self.introduction)
        return {
            # Base templates take from the page what they write in the head.
            "page": page,
            "self": page,
            "base_template": get_settings().pages_base_template,
            "trail": trail_of(self, request, steps),
            "head": head_of(
                request,
                title=title,
                description=own or description or title,
                canonical=url and url + below,
                language=active_language(),
                feed=feed,
                alternates=self._alternates(request, below) if translated else (),
                picture=picture,
            ),
        }

    def speaking_of(self, title: str, description: str) -> "ReadyPage":
        """This page with the title and description of what one of its addresses shows."""
        page = copy.copy(self)
        page.seo_title, page.search_description = title, description
        return page

    def _alternates(self, request: HttpRequest, below: str) -> Iterator[Alternate]:
        if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
            return
        pages = list(self.get_translations(inclusive=True).live().public().select_related("locale"))
        for page in pages if len(pages) > 1 else ():
            if url := page.get_full_url(request):
                yield Alternate(page.locale.language_code, url + below)


INTRODUCTION = FieldPanel("introduction")
CONCLUSION = FieldPanel("conclusion")
