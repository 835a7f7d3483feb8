"""The only page for people: what the registry holds, and that it is a demonstration."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import Authority, Filing, Matrix

MOST_AUTHORITIES = 50
MOST_CHANGES = 20
STYLESHEET = Path(__file__).resolve().parent / "templates" / "registry" / "registre.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex",
}


def home(request: HttpRequest) -> HttpResponse:
    authorities = list(Authority.objects.all()[:MOST_AUTHORITIES])
    context = {
        "authorities": [
            {
                "authority": authority,
                "declared": authority.services.filter(fields__isnull=False).count(),
                "filings": Filing.objects.filter(dossier__authority=authority)
                .select_related("dossier__edition")
                .defer("octets")[:MOST_CHANGES],
                "changes": authority.log.order_by("-sequence")[:MOST_CHANGES],
            }
            for authority in authorities
        ],
        "others": Authority.objects.count() - len(authorities),
        "matrix": Matrix.objects.filter(is_current=True).first(),
    }
    page = render(request, "registry/home.html", context)
    for name, value in HEADERS.items():
        page.headers[name] = value
    return page


def stylesheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLESHEET.read_bytes(), content_type="text/css; charset=utf-8")
