"""Finds the services' page of the site that serves a request."""

from django.http import HttpRequest

from .addresses import PageAddresses
from .models import ServicesPage
from .nearest import nearest_page


def addresses_on(request: HttpRequest) -> PageAddresses | None:
    """The addresses under the services' page of that site; None where there is none."""
    page = nearest_page(request, ServicesPage)
    return PageAddresses(page.get_url(request)) if page else None
