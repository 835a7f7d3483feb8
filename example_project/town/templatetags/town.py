"""The menus of the demo town's pages."""

from django import template
from wagtail.models import Page, Site

register = template.Library()


@register.inclusion_tag("town/menu.html", takes_context=True)
def town_menu(context, label: str, main: bool = True):
    """The pages under the home page: those of the main menu, or the others (`main=False`)."""
    request = context["request"]
    site = Site.find_for_request(request)
    pages = site.root_page.get_children().live().public() if site else Page.objects.none()
    return {
        "label": label,
        "main": main,
        "links": [
            {"title": page.title, "url": page.get_url(request), "pk": page.pk}
            for page in pages.filter(show_in_menus=main)
        ],
        "current": context.get("page"),
    }
