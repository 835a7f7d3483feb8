"""The ready page of a kind, on the site that serves a request."""

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Site

from ..authorities.scope import public_settings
from ..blocks.facts import KEPT_FOR, active_language, once

KEPT_AS = "villes-internet-page:1"


def nearest_address(request: HttpRequest, model: type) -> str:
    """The address of `nearest_page`, kept as the facts of its site are; empty where there is none.

    Whoever makes, moves or removes such pages calls `authorities.catalogue.touch`.
    """
    settings = public_settings(request)
    if settings is None or settings.authority is None:
        return ""
    version, language = settings.catalogue_version.hex, active_language()
    key = f"{KEPT_AS}:{model._meta.label_lower}:{settings.site_id}:{version}:{language}"

    def find() -> str:
        page = nearest_page(request, model)
        return (page.get_url(request) or "") if page else ""

    return once(request, ("page", model, language), lambda: cache.get_or_set(key, find, KEPT_FOR))


def nearest_page(request: HttpRequest, model: type):
    """The live, public page of `model` on that site; None where there is none.

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
        model.objects.live().public().filter(under).select_related("locale"),
        key=lambda page: (page.locale.language_code != language, page.depth, page.path),
    )
    for page in pages:
        # A site may stand under the root page of another: the page is that of the nearest.
        above = [root for root in roots if page.url_path.startswith(root.root_path)]
        if max(above, key=lambda root: len(root.root_path)).site_id == site.pk:
            return page
    return None
