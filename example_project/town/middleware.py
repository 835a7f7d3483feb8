"""What every page for residents says to browsers and to search engines."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.defaults import page_not_found

POLICY = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"


class PublicPages:
    """Forbids what a town's page has no need of: scripts and styles inline, other hosts, indexing.

    The admin is Wagtail's and keeps its own rules; its pages are only kept out of search engines.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["X-Robots-Tag"] = "noindex, nofollow"
        if not in_admin(request):
            response.setdefault("Content-Security-Policy", POLICY)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # With DEBUG, Django would answer a resident's mistyped address with a page for developers.
        if isinstance(exception, Http404) and not in_admin(request):
            return page_not_found(request, exception)
        return None


def in_admin(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("wagtailadmin_home"))
