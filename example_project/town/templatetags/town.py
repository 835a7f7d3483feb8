"""The menus of the demo town's pages, in the language of the page."""

from django import template
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info
from wagtail.models import Locale, Page, Site

register = template.Library()


def home_of(request) -> Page | None:
    """The home page in the active language."""
    site = Site.find_for_request(request)
    return site.root_page.localized if site else None


@register.simple_tag(takes_context=True)
def town_home(context) -> str:
    """The address of the home page in the active language."""
    home = home_of(context["request"])
    return home.get_url(context["request"]) if home else "/"


@register.inclusion_tag("town/menu.html", takes_context=True)
def town_menu(context, label: str, main: bool = True):
    """The pages under the home page: those of the main menu, or the others (`main=False`).

    The others are few and needed by all: in French where they are not translated.
    """
    request = context["request"]
    home = home_of(request)
    top = home if main or home is None else Site.find_for_request(request).root_page
    pages = top.get_children().live().public() if top else Page.objects.none()
    listed = [page if main else page.localized for page in pages.filter(show_in_menus=main)]
    return {
        "label": label,
        "main": main,
        "home": home.get_url(request) if home else "/",
        "links": [
            {
                "title": page.title,
                "url": page.get_url(request),
                "pk": page.pk,
                "lang": "" if page.locale_id == home.locale_id else page.locale.language_code,
            }
            for page in listed
        ],
        "current": context.get("page"),
    }


@register.inclusion_tag("town/languages.html", takes_context=True)
def town_languages(context):
    """The other languages: this page's own address in each, else that of its home page."""
    request, page = context["request"], context.get("page")
    links = []
    for locale in Locale.objects.exclude(language_code=get_language()):
        there = page.get_translation_or_none(locale) if page else None
        if there and there.live:
            below = request.path.removeprefix(page.get_url(request) or "")
            url = there.get_url(request) + (below if not below.startswith("/") else "")
        elif page is None and context.get("in_every_language"):
            url = translate_url(request.get_full_path(), locale.language_code)
        else:
            home = Site.find_for_request(request).root_page.get_translation_or_none(locale)
            url = home.get_url(request) if home and home.live else ""
        if url:
            info = get_language_info(locale.language_code)
            links.append({"url": url, "code": locale.language_code, "name": info["name_local"]})
    return {"links": links}
