"""Pages that hold our blocks, fetched as a resident would."""

import re

from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.factories import Town
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.services.models import DigitalService


def publish(town: Town, *body: tuple[str, dict], title: str = "Page") -> BlocksPage:
    """A live page of `town` whose body is `body`: pairs of a block's name and its value."""
    page = BlocksPage(title=title, body=list(body))
    return town.site.root_page.add_child(instance=page)


def fetch(town: Town, page) -> str:
    """What the town's site answers for `page`."""
    response = Client().get(f"/{page.slug}/", headers={"host": town.site.hostname})
    assert response.status_code == 200
    return response.content.decode()


def show(town: Town, *body: tuple[str, dict]) -> BeautifulSoup:
    """The page made of `body`, parsed."""
    return BeautifulSoup(fetch(town, publish(town, *body)), "html.parser")


def our_queries(town: Town, page) -> int:
    """How many queries of one GET of `page`, of which nothing is cached, read our tables."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        fetch(town, page)
    return sum('"wagtail_villes_internet_' in query["sql"] for query in queries)


def said(node) -> str:
    """The text of `node`, with plain single spaces."""
    return re.sub(r"\s+", " ", node.get_text(" ")).strip()


def offer(town: Town, number: int) -> None:
    """Give `town` `number` live services, spread over the reference services of the matrix."""
    references = list(ReferenceService.objects.order_by("pk"))
    locale = Locale.get_default()
    services = DigitalService.objects.bulk_create(
        DigitalService(
            authority=town.authority,
            locale=locale,
            title=f"Service numérique {n} de la ville",
            summary=f"Ce que le service {n} permet aux habitants, en une phrase ou deux.",
            url=f"https://www.ville.example/services/{n}",
            offline_alternative=f"au guichet {n % 7} de la mairie, du lundi au vendredi",
        )
        for n in range(number)
    )
    attachments = DigitalService.reference_services.through
    attachments.objects.bulk_create(
        attachments(
            digitalservice_id=service.pk, referenceservice_id=references[n % len(references)].pk
        )
        for n, service in enumerate(services)
    )
