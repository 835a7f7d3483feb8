"""The ready pages, added and visited as people do."""

import re

from bs4 import BeautifulSoup
from django.test import Client
from django.utils.text import slugify

from tests.factories import Town
from wagtail_villes_internet.pages.models import LabelPage, ServicesPage, ShowcasePage

LIST = "/nos-services/"
GLANCE = "/en-un-coup-d-oeil/"


def services_page(town: Town, **values) -> ServicesPage:
    values = {"title": "Nos services numériques", "slug": "nos-services"} | values
    return town.site.root_page.add_child(instance=ServicesPage(**values))


def label_page(town: Town, **values) -> LabelPage:
    values = {"title": "Notre label", "slug": "notre-label"} | values
    return town.site.root_page.add_child(instance=LabelPage(**values))


def showcase_page(town: Town, **values) -> ShowcasePage:
    values = {"title": "En un coup d’œil", "slug": "en-un-coup-d-oeil"} | values
    return town.site.root_page.add_child(instance=ShowcasePage(**values))


def get(town: Town, path: str = LIST, **headers):
    """What the town's site answers."""
    return Client().get(path, headers={"host": town.site.hostname, **headers})


def visit(town: Town, path: str = LIST) -> BeautifulSoup:
    """A page of the town's site, parsed."""
    response = get(town, path)
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser")


def address(service) -> str:
    """Where a service has its page, by its own title."""
    return f"{LIST}service/{slug(service)}/"


def slug(service) -> str:

    return f"{slugify(service.title)}-{service.remote_id[:8]}"


def said(node) -> str:
    """The text of `node`, with plain single spaces."""
    return re.sub(r"\s+", " ", node.get_text(" ")).strip()
