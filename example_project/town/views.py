"""Residents' search: the services they are offered, and the pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Locale, Page

from town.templatetags.town import home_of
from wagtail_villes_internet.pages.found import found_services
from wagtail_villes_internet.words import plain_words

MAX_QUERY = 100


def search(request: HttpRequest) -> HttpResponse:
    """The services and pages that hold every word of `q`, whatever its accents and capitals."""
    query = request.GET.get("q", "")[:MAX_QUERY].strip()
    context = {
        "query": query,
        "services": found_services(request, query),
        "pages": [],
        "in_every_language": True,
    }
    # Words only: SQLite's full-text search takes a lone quote for the start of a phrase.
    if words := plain_words(query):
        root = home_of(request)
        pages = Page.objects.descendant_of(root, inclusive=True).live().public()
        found = pages.filter(locale=Locale.get_active()).search(" ".join(words))
        context["pages"] = found[:20]
    return render(request, "town/search.html", context)
