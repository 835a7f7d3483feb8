"""The blocks as template tags, for hosts without StreamField.

    {% load villes_internet %}
    {% villes_internet_css %}
    {% villes_internet_badge size="mark" %}
    {% villes_internet_history heading="Notre label" heading_level="h2" view="table" %}
    {% villes_internet_labels heading="Nos labels" %}
    {% villes_internet_sentence %}
    {% villes_internet_palmares edition=2024 area="department" %}
    {% villes_internet_services heading_level="h2" show_empty=True %}
    {% villes_internet_featured number=3 %}
    {% villes_internet_mosaic heading="Nos thèmes" %}
    {% villes_internet_figures label_page=page %}
    {% villes_internet_open_data_links %}

They need the request in the context (`django.template.context_processors.request`) and write
nothing on a site that is bound to no local authority.
"""

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from ..authorities.scope import public_authority
from ..blocks.addresses import addresses_of
from ..blocks.facts import (
    active_language,
    anchor_prefix,
    listing_of,
    palmares_shown,
    record_of,
    records_of,
)
from ..blocks.featured import featured_of
from ..blocks.figures_presentation import Proofs, figures_of
from ..blocks.label_presentation import badge_of, history_of, labels_of
from ..blocks.media import media_of
from ..blocks.mosaic_presentation import mosaic_of
from ..blocks.pictures import pictures_of
from ..blocks.png import available
from ..blocks.presentation import CARDS, Options
from ..blocks.presentation import heading_level as level_of
from ..blocks.proofs import list_links, page_url
from ..blocks.service_items import items_of
from ..blocks.services import services_shown
from ..labels.record import label_record
from ..labels.story import sentence
from ..services.listing import ListedService, as_listed

register = template.Library()

OPEN_DATA = [
    ("label_json", "application/json", gettext_lazy("Our labels (JSON)")),
    ("labels_csv", "text/csv", gettext_lazy("Our labels (CSV)")),
    ("services_json", "application/json", gettext_lazy("Our digital services (JSON)")),
    ("services_csv", "text/csv", gettext_lazy("Our digital services (CSV)")),
]
TEMPLATES = "wagtail_villes_internet/blocks/"
STYLE_SHEET = "wagtail_villes_internet/villes-internet.css"


@register.simple_tag(takes_context=True)
def villes_internet_css(context) -> str:
    """The link to the style sheet of the blocks; once, though a page and its base both ask."""
    if context.render_context.get(STYLE_SHEET):
        return ""
    context.render_context[STYLE_SHEET] = True
    return format_html('<link rel="stylesheet" href="{}">', static(STYLE_SHEET))


@register.simple_tag(takes_context=True)
def villes_internet_badge(
    context, size: str = "regular", link=None, layout: str = "", programme: str = ""
) -> str:
    """The badge, as `LabelBadgeBlock` draws it; `link`: the page it leads to, if any."""
    request = context.get("request")
    badge = badge_of(record_of(request, programme), localdate(), size, layout)
    return _render("label_badge.html", {"request": request, "badge": badge, "link": link})


@register.simple_tag(takes_context=True)
def villes_internet_history(
    context,
    heading: str = "",
    heading_level: str = "h2",
    view: str = "timeline",
    summed_up: bool = True,
    programme: str = "",
) -> str:
    """The history, as `LabelHistoryBlock` shows it."""
    request = context.get("request")
    record = record_of(request, programme)
    media = media_of(record, request)
    return _render(
        "label_history.html",
        {
            "request": request,
            "history": history_of(record, localdate(), view, media, summed_up=summed_up),
            "heading": heading,
            "heading_level": level_of(heading_level),
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_labels(
    context, heading: str = "", heading_level: str = "h2", form: str = "badges"
) -> str:
    """Every label the authority holds, as `LabelsBlock` lists them."""
    request = context.get("request")
    return _render(
        "labels.html",
        {
            "request": request,
            "labels": labels_of(records_of(request).values(), localdate()),
            "as_lines": form == "lines",
            "heading": heading,
            "heading_level": level_of(heading_level),
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_sentence(context, programme: str = "") -> str:
    """The history in one sentence to quote, as text; empty where nothing is stated."""
    record = record_of(context.get("request"), programme)
    return sentence(record) if record else ""


@register.simple_tag(takes_context=True)
def villes_internet_palmares(
    context,
    edition: int | None = None,
    area: str = "",
    heading: str = "",
    heading_level: str = "h2",
) -> str:
    """Who was labelled, as `PalmaresBlock` lists them; `area`: `department`, `region`, or a code
    such as `D34` or `R76`."""
    level = level_of(heading_level)
    return _render(
        "palmares.html",
        {
            "palmares": palmares_shown(context.get("request"), edition, area),
            "heading": heading,
            "heading_level": level,
            "group_level": level + 1,
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_services(
    context,
    heading_level: str = "h2",
    show_empty: bool = False,
    intro: str = "",
    presentation: str = "list",
    themes: str = "",
    audiences: str = "",
    show_filters: bool = True,
    show_summary: bool = False,
) -> str:
    """The services, as `ServicesByThemeBlock` lists them; `intro`: rich text above them; `themes`
    and `audiences`: codes with spaces between them."""
    request = context.get("request")
    level = level_of(heading_level)
    options = Options(
        presentation=presentation,
        themes=frozenset(themes.split()),
        audiences=frozenset(audiences.split()),
        show_empty=show_empty,
        show_filters=show_filters,
        show_summary=show_summary,
    )
    anchor = anchor_prefix(request)
    return _render(
        "services_by_theme.html",
        {
            "services": services_shown(request, options, anchor),
            "intro": intro,
            "axis_level": level,
            "theme_level": level + 1,
            "anchor": anchor,
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_items(context, services, presentation: str = "list") -> list:
    """Services of a listing as the templates `service_list.html` and `service_cards.html` take
    them: `{% villes_internet_items theme.services as services %}`. A service of the database, in
    its preview, leads nowhere but to itself."""
    services, request = list(services), context.get("request")
    listed = [each if isinstance(each, ListedService) else as_listed(each) for each in services]
    items = items_of(
        listed,
        language=active_language(),
        today=localdate(),
        addresses=addresses_of(request) if listed == services else None,
        pictures=pictures_of(request, listed) if presentation == CARDS else None,
    )
    return [items[each.remote_id] for each in listed]


@register.simple_tag(takes_context=True)
def villes_internet_featured(
    context,
    number: int = 3,
    presentation: str = "cards",
    heading: str = "",
    heading_level: str = "h2",
) -> str:
    """The services put online last, as `FeaturedServicesBlock` shows them."""
    request = context.get("request")
    return _render(
        "featured_services.html",
        {
            "request": request,
            "featured": featured_of(listing_of(request), number=number),
            "presentation": presentation,
            "heading": heading,
            "heading_level": level_of(heading_level),
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_mosaic(
    context, heading: str = "", heading_level: str = "h2", list_page=None
) -> str:
    """The themes, as `ThemeMosaicBlock` shows them; `list_page`: where the services are listed."""
    request = context.get("request")
    links = list_links(request, context.get("page"), list_page)
    level = level_of(heading_level)
    return _render(
        "theme_mosaic.html",
        {
            "request": request,
            "mosaic": mosaic_of(listing_of(request), links.theme),
            "heading": heading,
            "heading_level": level,
            "axis_level": level + 1 if heading else level,
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_figures(
    context, heading: str = "", heading_level: str = "h2", list_page=None, label_page=None
) -> str:
    """The key figures, as `KeyFiguresBlock` shows them, with the pages that prove them."""
    request = context.get("request")
    links = list_links(request, context.get("page"), list_page)
    proofs = Proofs(links.url, page_url(label_page, request))
    return _render(
        "key_figures.html",
        {
            "request": request,
            "figures": figures_of(listing_of(request), record_of(request), localdate(), proofs),
            "heading": heading,
            "heading_level": level_of(heading_level),
        },
    )


@register.simple_tag(takes_context=True)
def villes_internet_open_data_links(context) -> str:
    """For the head of a page: where its labels and services stand for machines. Nothing on a site
    bound to no authority, or whose addresses do not include the package's."""
    if public_authority(context.get("request")) is None:
        return ""
    try:
        links = [
            (kind, reverse(f"villes_internet:{name}"), title) for name, kind, title in OPEN_DATA
        ]
    except NoReverseMatch:
        return ""
    link = '<link rel="alternate" type="{}" href="{}" title="{}">'
    return format_html_join("\n", link, links)


@register.inclusion_tag("wagtail_villes_internet/desk/badge_addresses.html")
def villes_internet_addresses(settings) -> dict:
    """For editors: where the badge of a site stands for other sites, and the code to embed it.

    `included` is false where the project's addresses do not include the package's.
    """
    try:
        svg = reverse("villes_internet:badge_svg")
    except NoReverseMatch:
        return {"included": False}
    root = settings.site.root_url
    record = label_record(settings.authority)
    award = record.shown if record else None
    context = {
        "included": True,
        "svg": root + svg,
        "png": root + reverse("villes_internet:badge_png"),
        "png_available": available(),
    }
    if award:
        pinned = root + reverse("villes_internet:pinned_svg", args=[award.year])
        spoken = record.lasting_wording(award).spoken
        context["embed"] = format_html(
            '<img src="{}" alt="{}" width="320" height="116">', pinned, spoken
        )
    return context


def _render(name: str, context: dict) -> str:
    return render_to_string(TEMPLATES + name, context)
