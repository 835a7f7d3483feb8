"""The one way into every resource: who asks, which method, and how a refusal is said."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

from .answers import json_response
from .auth import admit, identify, unauthenticated
from .models import Registry
from .problems import Problem

logger = logging.getLogger("registry")
View = Callable[..., HttpResponse]


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one instant, and waits for no writer.

    `atomic()` would take the writers' lock (`transaction_mode` IMMEDIATE).
    """
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


class Resource:
    """A resource that is nobody's: the matrix, the editions. `Authorization` is not looked at."""

    def __init__(self, **methods: View) -> None:
        self.methods = methods

    def __call__(self, request: HttpRequest, **path: str) -> HttpResponse:
        about: dict[str, object] = {}
        try:
            if request.method in ("GET", "HEAD"):
                with snapshot():
                    return self.answer(request, about, **path)
            return self.answer(request, about, **path)
        except Exception as error:
            problem = as_problem(error)
            return json_response({**problem.members, **about}, problem.status, problem.headers)

    def answer(self, request: HttpRequest, about: dict[str, object], **path: str) -> HttpResponse:
        return self.view(request)(request, **path)

    def view(self, request: HttpRequest) -> View:
        view = self.methods.get("GET" if request.method == "HEAD" else request.method)
        if view is None:
            raise Problem(
                405,
                "Cette ressource n’admet pas cette méthode.",
                headers={"Allow": ", ".join(self.methods)},
            )
        return view


class PublicResource(Resource):
    """A resource of one authority that needs no token; one that is shown is judged."""

    token_needed = False

    def answer(self, request: HttpRequest, about: dict[str, object], **path: str) -> HttpResponse:
        token = identify(request.META.get("HTTP_AUTHORIZATION"))
        if token is None and self.token_needed:
            raise unauthenticated("Cette ressource demande un jeton.")
        if token is not None:
            # Every answer that passed authentication carries it, a 403 included.
            about["epoch"] = str(Registry.objects.get().epoch)
        asker = admit(token, path.pop("siren"))
        return self.view(request)(request, asker, **path)


class PrivateResource(PublicResource):
    """A resource of one authority that needs its token."""

    token_needed = True


def as_problem(error: Exception) -> Problem:
    """What a request that failed is answered: the refusal it is; busy when another write held the
    file too long; else a fault of ours, whose traceback is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, OperationalError) and "locked" in str(error):
        return Problem(503, "Le registre est occupé.", headers={"Retry-After": "1"})
    logger.error("The request failed.", exc_info=error)
    return Problem(500, "Le registre a fait une erreur. La demande peut être renvoyée.")
