"""The ready page types: « Notre label », « Nos services numériques », « En un coup d’œil »."""

import datetime
import hashlib
from typing import Any

from django.core.cache import cache
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.search import index

from ..authorities.scope import public_authority
from ..blocks.facts import active_language, listing_of, records_of
from ..blocks.labels import HISTORY_VIEWS
from ..blocks.languages import matrix_lang
from ..blocks.pictures import pictures_of
from ..blocks.png import png
from ..blocks.presentation import LIST
from ..blocks.services import PRESENTATIONS, ServicesByThemeBlock
from ..blocks.views import PNG_KEPT_FOR, answer, digest
from ..labels.models import VILLES_INTERNET
from ..services.listing import Listing
from .addresses import FEED, PICTURE, SERVICE, THEME, PageAddresses, service_at, theme_at
from .base_page import Page
from .feed import CONTENT_TYPE, Described, Entry, atom, newest
from .glance import quote_on, sheet_on, shown_at_a_glance, svg_of
from .head import SharedPicture
from .highlights import HighlightBlock
from .nearest import nearest_address
from .ready import CONCLUSION, INTRODUCTION, ReadyPage
from .sharing import HEIGHT, WIDTH
from .showcase import MOST
from .shown import ThemeLink, lang_of, shown_service
from .sitemap import paths_of, urls_of
from .trail import Step

TEMPLATES = "wagtail_villes_internet/pages/"


class LabelPage(ReadyPage):
    """« Notre label »: the badge, the history and the other labels. There is nothing to type."""

    view = models.CharField(
        _("history shown as"), max_length=20, choices=HISTORY_VIEWS, default="timeline"
    )

    usual_title = _("Our label")
    template = TEMPLATES + "label_page.html"
    content_panels = [*Page.content_panels, INTRODUCTION, FieldPanel("view"), CONCLUSION]
    page_description = _("The badge of the label with its history. There is nothing to type.")

    class Meta:
        verbose_name = _("“Our label” page")
        verbose_name_plural = _("“Our label” pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        records = records_of(request)
        others = {key: record.scale.programme for key, record in records.items()}
        others.pop(VILLES_INTERNET, None)
        return super().get_context(request, *args, **kwargs) | {"others": others}


class ServicesPage(RoutablePageMixin, ReadyPage):
    """« Nos services numériques »: the list, with an address for each theme and each service.

    What is not in the public listing has no address: no draft, nothing internal or ended, nothing
    of another town.
    """

    presentation = models.CharField(
        _("shown as"), max_length=20, choices=PRESENTATIONS, default=LIST
    )
    show_empty = models.BooleanField(_("also show the themes without a service"), default=False)

    usual_title = _("Our digital services")
    template = TEMPLATES + "services_page.html"
    content_panels = [
        *Page.content_panels,
        INTRODUCTION,
        FieldPanel("presentation"),
        FieldPanel("show_empty"),
        CONCLUSION,
    ]
    page_description = _(
        "The digital services by theme, with a page for each theme and each service. "
        "There is nothing to type: they come from “Services”."
    )

    class Meta:
        verbose_name = _("“Our digital services” page")
        verbose_name_plural = _("“Our digital services” pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        block, listing, under = ServicesByThemeBlock(), listing_of(request), self._under(request)
        options = {"presentation": self.presentation, "show_empty": self.show_empty}
        themes = listing.without_empty_themes().themes if listing else ()
        return super().get_context(request, *args, **kwargs) | {
            "services": block.bind(block.to_python(options)),
            "themes": [ThemeLink(theme.label, under.theme(theme.code)) for theme in themes],
            # Not that of the head: what the site says of its host and port may be wrong.
            "feed": under.feed if listing and under.list_url else "",
        }

    def surroundings(self, request: HttpRequest, **about: Any) -> dict[str, Any]:
        url = self.get_full_url(request)
        around = super().surroundings(request, feed=PageAddresses(url).feed if url else "", **about)
        return around | {"matrix_lang": matrix_lang(active_language())}

    @path("theme/<slug:segment>/", name="theme")
    def show_theme(self, request: HttpRequest, segment: str) -> HttpResponse:
        listing = self._listing(request)
        if (found := theme_at(listing, segment)) is None:
            raise Http404
        axis, theme = found
        titles = ", ".join(service.title for service in theme.services)
        around = self.surroundings(
            request,
            title=theme.label,
            description=titles,
            below=THEME.format(segment),
            steps=[Step(theme.label, lang=matrix_lang(active_language()))],
        )
        subject = {"axis": axis, "theme": theme, "unofficial": not listing.official}
        return self._answer(request, "theme.html", around | subject)

    @path("service/<slug:slug>/", name="service")
    def show_service(self, request: HttpRequest, slug: str) -> HttpResponse:
        listing = self._listing(request)
        if (listed := service_at(listing, slug)) is None:
            raise Http404
        if listed.slug != slug:
            # To be asked again: a title that is corrected may come back.
            return HttpResponsePermanentRedirect(
                self._under(request).service(listed), headers={"Cache-Control": "no-cache"}
            )
        language = active_language()
        around = self.surroundings(
            request,
            title=listed.title,
            description=listed.summary or strip_tags(listed.description),
            below=SERVICE.format(slug),
            steps=[Step(listed.title, lang=lang_of(listed, language))],
            translated=False,
        )
        subject = {
            "service": shown_service(listing, listed, self._under(request), language),
            "picture": pictures_of(request, [listed]).get(listed.image),
        }
        return self._answer(request, "service.html", around | subject)

    @path(FEED, name="feed")
    def show_feed(self, request: HttpRequest) -> HttpResponse:
        listing = self._listing(request)
        addresses = PageAddresses(self.get_full_url(request) or "")
        authority = public_authority(request)
        described = Described(
            identity=self.translation_key,
            title=gettext("New digital services – %(town)s") % {"town": authority.name},
            subtitle=getattr(self, "search_description", ""),
            url=addresses.list_url,
            feed_url=addresses.feed,
            author=authority.name,
            language=active_language(),
            updated=self.last_published_at or datetime.datetime.fromtimestamp(0, datetime.UTC),
        )
        entries = [Entry(each, addresses.service(each)) for each in newest(listing.services)]
        body = atom(described, entries)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response = HttpResponse(body, content_type=CONTENT_TYPE, headers={"ETag": etag})
        return get_conditional_response(request, etag=etag, response=response)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        [own] = super().get_sitemap_urls(request)
        return urls_of(self, own)

    def get_cached_paths(self) -> list[str]:
        return [*super().get_cached_paths(), *paths_of(self)]

    def _listing(self, request: HttpRequest) -> Listing:
        if (listing := listing_of(request)) is None:
            raise Http404
        return listing

    def _under(self, request: HttpRequest) -> PageAddresses:
        return PageAddresses(self.get_url(request) or "")

    def _answer(
        self, request: HttpRequest, template: str, subject: dict[str, Any]
    ) -> TemplateResponse:
        own = {"request": request, "language": active_language(), "addresses": self._under(request)}
        return TemplateResponse(request, TEMPLATES + template, own | subject)


class ShowcasePage(RoutablePageMixin, ReadyPage):
    """« En un coup d’œil »: what the town offers, on one page that can be quoted and shared.

    Where no editor put services forward, it names some by itself (see `showcase.chosen_of_itself`).
    Its picture stands at an address below it, for other sites; it is drawn from the badge, and
    there is none where no award is stated or the extra `[png]` is missing.
    """

    highlights = StreamField(
        [("highlight", HighlightBlock())],
        blank=True,
        max_num=MOST,
        verbose_name=_("services put forward"),
        help_text=_(
            "A few services worth knowing, each with one sentence. Left empty, the page chooses: "
            "all your services if there are twelve at most, else the six put online last, besides "
            "what is new."
        ),
    )

    usual_title = _("At a glance")
    template = TEMPLATES + "showcase_page.html"
    content_panels = [
        *Page.content_panels,
        HelpPanel(template=TEMPLATES + "election_law.html", heading=_("Before an election")),
        INTRODUCTION,
        FieldPanel("highlights"),
        CONCLUSION,
    ]
    search_fields = [*ReadyPage.search_fields, index.SearchField("highlights")]
    page_description = _(
        "The badge, your services, the key figures, the mosaic, what is new and a sentence to "
        "quote, on one page. They come from “Services” and “Our label”."
    )

    class Meta:
        verbose_name = _("“At a glance” page")
        verbose_name_plural = _("“At a glance” pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        shown = shown_at_a_glance(request, self._choices(), nearest_address(request, LabelPage))
        return super().get_context(request, *args, **kwargs) | shown

    def surroundings(self, request: HttpRequest, **about: Any) -> dict[str, Any]:
        told, url = str(quote_on(request) or ""), self.get_full_url(request)
        picture = None
        if url and sheet_on(request):
            picture = SharedPicture(url + PICTURE, told, WIDTH, HEIGHT)
        return super().surroundings(request, description=told, picture=picture, **about)

    @path(PICTURE, name="picture")
    def show_picture(self, request: HttpRequest) -> HttpResponse:
        if (sheet := sheet_on(request)) is None:
            raise Http404
        svg = svg_of(sheet)
        key = f"villes-internet-shared:{digest(svg.encode())}"
        body = cache.get_or_set(key, lambda: png(svg, WIDTH), PNG_KEPT_FOR)
        response = answer(request, body, "image/png")
        response["Content-Language"] = active_language()
        return response

    def get_cached_paths(self) -> list[str]:
        return [*super().get_cached_paths(), f"/{PICTURE}"]

    def _choices(self) -> list[tuple[str, str]]:
        # A service that was deleted since is None.
        chosen = (each.value for each in self.highlights if each.value["service"])
        return [(each["service"].remote_id, each["sentence"]) for each in chosen]
