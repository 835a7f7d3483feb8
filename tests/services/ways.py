"""Every way by which residents and machines read the services of a town.

A way takes a town and answers how to look: called again and again, that gives what is read there.
What is added to the package is added here in a line, and is then tried with every hidden service
(`test_never_shown`).
"""

from collections.abc import Callable

from bs4 import BeautifulSoup
from django.test import Client, RequestFactory

from tests.blocks.pages import publish
from tests.factories import Town
from tests.pages.visiting import LIST, services_page, slug
from tests.testapp.models import TagsPage
from wagtail_villes_internet.pages.addresses import FEED
from wagtail_villes_internet.pages.found import found_services

Look = Callable[[], str]

# What no resident may read, and a word by which it would be found: the page repeats the word.
SECRET = "Ce que la mairie prepare"
WORD = "prepare"


def read(town: Town, path: str) -> str:
    """What the town's site answers there, wherever that leads."""
    response = Client().get(path, headers={"host": town.site.hostname}, follow=True)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.status_code} {content.decode()}"


def _at(path: str) -> Callable[[Town], Look]:
    return lambda town: lambda: read(town, path)


def _block(name: str, **value) -> Callable[[Town], Look]:
    title = "-".join([name, *map(str, value.values())]).replace("_", "-")

    def way(town: Town) -> Look:
        page = publish(town, (name, value), title=title)
        return lambda: read(town, f"/{page.slug}/")

    return way


def _searched_list(town: Town) -> Look:
    page = publish(town, ("services_by_theme", {"show_filters": True}), title="Chercher")

    def look() -> str:
        everything = read(town, f"/{page.slug}/")
        field = BeautifulSoup(everything, "html.parser").select_one("input[name$='-text']")
        if field is None:
            return everything
        return read(town, f"/{page.slug}/?{field['name']}={WORD}")

    return look


def _tags(town: Town) -> Look:
    page = town.site.root_page.add_child(instance=TagsPage(title="Gabarits"))
    return lambda: read(town, f"/{page.slug}/")


def _site_search(town: Town) -> Look:
    def look() -> str:
        request = RequestFactory(SERVER_NAME=town.site.hostname).get("/")
        return str([*found_services(request, WORD), *found_services(request, "cantine")])

    return look


def _sitemap(town: Town) -> Look:
    page = _page(town)

    def look() -> str:
        request = RequestFactory(SERVER_NAME=town.site.hostname).get("/sitemap.xml")
        return str([page.get_sitemap_urls(request), page.get_cached_paths()])

    return look


def _page(town: Town):
    return town.site.root_page.get_children().filter(slug="nos-services").get().specific


# All that tells of several services at once.
WAYS: dict[str, Callable[[Town], Look]] = {
    "block: list": _block("services_by_theme"),
    "block: cards": _block("services_by_theme", presentation="cards"),
    "block: folded themes": _block("services_by_theme", presentation="folded"),
    "block: list, searched": _searched_list,
    "block: latest": _block("featured_services", number=12),
    "block: mosaic": _block("theme_mosaic"),
    "block: figures": _block("key_figures"),
    "tags": _tags,
    "page: list": _at(LIST),
    "page: theme": _at(f"{LIST}theme/services-publics/"),
    "page: feed": _at(f"{LIST}{FEED}"),
    "sitemap": _sitemap,
    "site search": _site_search,
    "services.json": _at("/villes-internet/services.json"),
    "services.csv": _at("/villes-internet/services.csv"),
}


def _chosen(town: Town, service) -> str:
    page = publish(town, ("featured_services", {"services": [service]}), title="Choisis")
    return read(town, f"/{page.slug}/")


# All that tells of one service, to whoever knows which.
WAYS_TO_ONE: dict[str, Callable[[Town, object], str]] = {
    "block: chosen": _chosen,
    "page: service": lambda town, service: read(town, f"{LIST}service/{slug(service)}/"),
}


def looks(town: Town) -> dict[str, Look]:
    """The way to each, on a site that has all of them."""
    services_page(town)
    return {name: way(town) for name, way in WAYS.items()}
