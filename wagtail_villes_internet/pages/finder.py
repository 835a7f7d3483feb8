"""Finds the services' page of the site that serves a request."""

from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Site

from ..blocks.facts import active_language
from .addresses import PageAddresses
from .models import ServicesPage


def addresses_on(request: HttpRequest) -> PageAddresses | None:
    """The addresses under the live, public services' page of that site; None where there is none.

    That in the active language, else that of another: what a resident reads there is shown with
    its language.
    """
    if (site := Site.find_for_request(request)) is None:
        return None
    roots = Site.get_site_root_paths()
    under = Q()
    for root in roots:
        if root.site_id == site.pk:
            under |= Q(url_path__startswith=root.root_path)
    if not under:
        return None
    language = active_language()
    pages = sorted(
        ServicesPage.objects.live().public().filter(under).select_related("locale"),
        key=lambda page: (page.locale.language_code != language, page.depth, page.path),
    )
    for page in pages:
        # A site may stand under the root page of another: the page is that of the nearest.
        above = [root for root in roots if page.url_path.startswith(root.root_path)]
        if max(above, key=lambda root: len(root.root_path)).site_id == site.pk:
            return PageAddresses(page.get_url(request))
    return None
