"""What a monitoring tool reads: whether declarations get through, for every authority at once."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse

from ..conf import get_settings
from ..registry.base import get_backend
from ..registry.errors import Misconfigured
from ..sync.figures import are_healthy, figures_of_all


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """The figures of every authority: 200 when they are healthy, 503 otherwise.

    404 to whoever does not show MONITORING_TOKEN, an administrator included: these are figures of
    all the towns, for a machine, and their address says nothing of itself.
    """
    if not _may_read(request):
        response = HttpResponse(status=HTTPStatus.NOT_FOUND)
    else:
        document = _document()
        status = HTTPStatus.OK if document["healthy"] else HTTPStatus.SERVICE_UNAVAILABLE
        response = JsonResponse(document, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _may_read(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if request.method not in ("GET", "HEAD") or scheme.lower() != "bearer":
        return False
    try:
        return get_settings().lets_monitor(token.strip())
    except ImproperlyConfigured:
        # Nobody can tell who may read; `manage.py check` says what is wrong.
        return False


def _document() -> dict[str, Any]:
    try:
        with get_backend() as backend:
            figures = figures_of_all(backend)
    except (Misconfigured, ImproperlyConfigured) as error:
        return {"healthy": False, "error": str(error), "authorities": []}
    return {
        "healthy": are_healthy(figures),
        "authorities": [one.as_json() for one in figures],
    }
