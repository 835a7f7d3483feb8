"""Residents' search: the services they are offered, and the pages."""

import re
import unicodedata

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Page, Site

from wagtail_villes_internet.authorities.scope import public_authority
from wagtail_villes_internet.services.listing import services_by_theme

MAX_QUERY = 100


def search(request: HttpRequest) -> HttpResponse:
    """The services and pages that hold every word of `q`, whatever its accents and capitals.

    Services are searched among those the public block lists, so nothing else can be found.
    """
    query = request.GET.get("q", "")[:MAX_QUERY].strip()
    context = {"query": query, "services": [], "pages": []}
    # Words only: SQLite's full-text search takes a lone quote for the start of a phrase.
    if words := re.findall(r"\w+", plain(query)):
        context["services"] = [
            service
            for service in listed_services(request)
            if all(word in plain(f"{service.title} {service.summary}") for word in words)
        ]
        root = Site.find_for_request(request).root_page
        pages = Page.objects.descendant_of(root, inclusive=True).live().public()
        context["pages"] = pages.search(" ".join(words))[:20]
    return render(request, "town/search.html", context)


def listed_services(request: HttpRequest) -> list:
    """The services residents are shown, each once, by title."""
    listing = services_by_theme(public_authority(request))
    listed = {
        service.remote_id: service
        for axis in listing.axes
        for theme in axis.themes
        for service in theme.services
    }
    return sorted(listed.values(), key=lambda service: plain(service.title))


def plain(text: str) -> str:
    """`text` without capitals nor accents: « Élections » is found by « elections »."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
