"""The blocks as template tags, for hosts without StreamField.

    {% load villes_internet %}
    {% villes_internet_css %}
    {% villes_internet_badge size="mark" %}
    {% villes_internet_history heading="Notre label" heading_level="h2" %}
    {% villes_internet_services heading_level="h2" show_empty=True %}

They need the request in the context (`django.template.context_processors.request`) and write
nothing on a site that is bound to no local authority.
"""

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.timezone import localdate

from ..blocks.facts import anchor_prefix, listing_of, record_of
from ..blocks.presentation import badge_of, history_of, services_of
from ..blocks.presentation import heading_level as level_of

register = template.Library()

TEMPLATES = "wagtail_villes_internet/blocks/"
STYLE_SHEET = "wagtail_villes_internet/villes-internet.css"


@register.simple_tag
def villes_internet_css() -> str:
    """The link to the style sheet of the blocks."""
    return format_html('<link rel="stylesheet" href="{}">', static(STYLE_SHEET))


@register.simple_tag(takes_context=True)
def villes_internet_badge(context, size: str = "regular", link=None) -> str:
    """The badge, as `LabelBadgeBlock` draws it; `link`: the page it leads to, if any."""
    request = context.get("request")
    badge = badge_of(record_of(request), localdate(), size)
    return _render("label_badge.html", {"request": request, "badge": badge, "link": link})


@register.simple_tag(takes_context=True)
def villes_internet_history(context, heading: str = "", heading_level: str = "h2") -> str:
    """The history, as `LabelHistoryBlock` shows it."""
    return _render(
        "label_history.html",
        {
            "history": history_of(record_of(context.get("request")), localdate()),
            "heading": heading,
            "heading_level": level_of(heading_level),
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_services(
    context, heading_level: str = "h2", show_empty: bool = False, intro: str = ""
) -> str:
    """The services, as `ServicesByThemeBlock` lists them; `intro`: rich text above them."""
    request = context.get("request")
    level = level_of(heading_level)
    return _render(
        "services_by_theme.html",
        {
            "services": services_of(listing_of(request), show_empty=show_empty),
            "intro": intro,
            "axis_level": level,
            "theme_level": level + 1,
            "anchor": anchor_prefix(request),
        },
    )


def _render(name: str, context: dict) -> str:
    return render_to_string(TEMPLATES + name, context)
