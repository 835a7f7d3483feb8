from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import path

from . import batch, dossiers, feed, pages, palmares, services, shared
from .answers import json_response
from .api import PrivateResource, PublicResource, Resource
from .problems import Problem

API = "api/v1/"
ONE_SERVICE = {"GET": services.read, "PUT": services.write, "DELETE": services.write}
# To these methods, « batch » is an id in another form.
NO_SERVICE = {name: partial(view, service_id="batch") for name, view in ONE_SERVICE.items()}

urlpatterns = [
    path("", pages.home),
    path("registre.css", pages.stylesheet, name="stylesheet"),
    path(f"{API}matrix", Resource(GET=shared.current_matrix)),
    path(f"{API}matrix/<str:version>", Resource(GET=shared.matrix_version)),
    path(f"{API}editions", Resource(GET=shared.editions)),
    path(f"{API}palmares/<str:year>", Resource(GET=palmares.listed)),
    path(f"{API}authorities/<str:siren>", PublicResource(GET=shared.authority)),
    path(f"{API}authorities/<str:siren>/awards", PublicResource(GET=shared.awards)),
    path(f"{API}authorities/<str:siren>/services", PrivateResource(GET=feed.services)),
    path(
        f"{API}authorities/<str:siren>/services/batch",
        PrivateResource(POST=batch.write_many, **NO_SERVICE),
    ),
    path(
        f"{API}authorities/<str:siren>/services/<str:service_id>",
        PrivateResource(**ONE_SERVICE),
    ),
    path(
        f"{API}authorities/<str:siren>/dossiers/<str:year>",
        PrivateResource(GET=dossiers.read, PUT=dossiers.write),
    ),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain_problem(400, "La demande est mal formée.")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain_problem(404, "Il n’y a rien à cette adresse.")


def handler500(request: HttpRequest) -> HttpResponse:
    return _plain_problem(500, "Le registre a fait une erreur.")


def _plain_problem(status: int, detail: str) -> HttpResponse:
    """Without a type of the contract: nothing to conclude about any service."""
    return json_response(Problem(status, detail).members, status)
