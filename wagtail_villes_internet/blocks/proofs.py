"""Where a number on a page leads: to the services, or to the label, that it counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest
from wagtail import VERSION
from wagtail.fields import StreamField
from wagtail.models import Page

from .addresses import addresses_of
from .services import ServicesByThemeBlock


@dataclass(frozen=True, slots=True)
class ListLinks:
    """The address of the list of services, and that of a theme in it; empty for nowhere."""

    url: str = ""
    theme: Callable[[str], str] = lambda code: ""


def list_links(
    request: HttpRequest | None, page: Page | None = None, chosen: Page | None = None
) -> ListLinks:
    """Where the services are listed: on the page that an editor chose, else on pages of their own,
    else lower down or higher up the same `page`."""
    url, own = page_url(chosen, request), addresses_of(request)
    if own and url in ("", own.list_url):
        return ListLinks(own.list_url, own.theme)
    if url:
        return ListLinks(url, lambda code: url)
    if stem := next(_lists_in(page), ""):
        return ListLinks(theme=lambda code: f"#{stem}-{quote(quote(code, safe=''))}")
    return ListLinks()


def page_url(page: Page | None, request: HttpRequest | None) -> str:
    """The address of a page that is online; empty for any other."""
    return (page.get_url(request) or "") if page and page.live else ""


def _lists_in(page: Page | None) -> Iterator[str]:
    """What begins the ids of each list of all the services among the blocks of a page."""
    children = (
        child
        for field in (page._meta.get_fields() if page else ())
        if isinstance(field, StreamField)
        for child in getattr(page, field.name)
        if isinstance(child.block, ServicesByThemeBlock)
    )
    for number, child in enumerate(children, 1):
        if child.value.get("themes") or child.value.get("audiences"):
            continue
        # As `anchor_prefix` gives them: Wagtail 7.4 tells a block nothing of its id.
        if VERSION >= (8, 0) and child.id:
            yield f"vi-{child.id[:8]}"
        else:
            yield "vi" if number == 1 else f"vi-{number}"
