"""Publishing a service in the admin: the queries of one POST, with us and without."""

from contextlib import ExitStack

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import Town
from wagtail_villes_internet.matrix.models import ReferenceService

from .plain import without_us

OURS, PLAIN = "/admin/villes-internet/services/edit/{}/", "/admin/plain/edit/{}/"
NOTHING = '{"blocks": [], "entityMap": {}}'


def queries_to_publish(*, plain: bool) -> list[str]:
    """What a webmaster's click on « Publier » asks of the database, once everything is warm."""
    town = Town("Lunel")
    services = [town.service(title=f"Service {n}") for n in range(2)]
    client = Client()
    client.force_login(town.webmestre)
    with ExitStack() as held:
        if plain:
            held.enter_context(without_us())
        for service in services:
            with CaptureQueriesContext(connection) as captured:
                answer = client.post(
                    (PLAIN if plain else OURS).format(service.pk), _posted(service.title)
                )
            assert answer.status_code == 302, answer.content
            service.refresh_from_db()
            assert service.title.endswith("modifié")
    return [query["sql"] for query in captured.captured_queries]


def _posted(title: str) -> dict:
    return {
        "title": f"{title} modifié",
        "summary": "Réserver les repas",
        "kind": "service",
        "status": "active",
        "reference_services": [ReferenceService.objects.get(code="p-rdv-titres").pk],
        "url": "https://lunel.example/cantine",
        "offline_alternative": "",
        "description": NOTHING,
        "provider": "authority",
        "department": "",
        "started_on": "",
        "ended_on": "",
        "latitude": "",
        "longitude": "",
        "public": "on",
        "counted": "on",
        "action-publish": "1",
    }
