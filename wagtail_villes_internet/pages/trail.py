"""The way from the home page to where one is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.models import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One page on the way; without an address for where one is."""

    title: str
    url: str = ""
    lang: str = ""


def trail_of(page, request: HttpRequest, below: Iterable[Step] = ()) -> tuple[Step, ...]:
    """From the home page of the site, down through `page`, to the last of `below`, if any."""
    site = Site.find_for_request(request)
    ancestors = page.get_ancestors().filter(depth__gt=1).defer_streamfields()
    if site:
        depth = site.root_page.depth
        ancestors = ancestors.filter(depth__gte=depth)
    above = [Step(each.title, each.get_url(request) or "") for each in ancestors]
    if above and site:
        above[0] = Step(gettext("Home"), above[0].url)
    below = tuple(below)
    here = Step(page.title, page.get_url(request) or "") if below else Step(page.title)
    return (*above, here, *below)
