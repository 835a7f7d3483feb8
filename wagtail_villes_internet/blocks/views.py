"""The badge at addresses of its own, for other sites, e-mails and print.

What is answered depends on the address and on `?lang=` alone, never on a cookie, a session or what
a browser says it prefers, so that any cache may keep it for everybody. An address that would draw
what the data does not hold answers 404.
"""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from ..labels.drawing import draw
from ..labels.models import VILLES_INTERNET
from .facts import record_of
from .png import available, png

LANGUAGES = ("fr", "en")
# In seconds: what a town corrects is right everywhere after this.
MAX_AGE = 600
PNG_SIZES = {"600": 600, "2400": 2400}
PNG_KEPT_FOR = 24 * 3600


@login_not_required
@require_safe
def badge_svg(request: HttpRequest, programme: str = VILLES_INTERNET) -> HttpResponse:
    """The badge as it is shown today."""
    return answer(request, drawn(request, programme).encode(), "image/svg+xml")


@login_not_required
@require_safe
def pinned_svg(request: HttpRequest, year: int, programme: str = VILLES_INTERNET) -> HttpResponse:
    """The badge of one edition, in words that stay true wherever it was copied to."""
    return answer(request, drawn(request, programme, year).encode(), "image/svg+xml")


@login_not_required
@require_safe
def badge_png(request: HttpRequest, programme: str = VILLES_INTERNET) -> HttpResponse:
    """The badge of today, 600 or 2400 pixels wide; 404 without the extra `[png]`."""
    width = PNG_SIZES.get(request.GET.get("size", "600"))
    if width is None or not available():
        raise Http404
    svg = drawn(request, programme)
    key = f"villes-internet-png:{width}:{digest(svg.encode())}"
    return answer(
        request, cache.get_or_set(key, lambda: png(svg, width), PNG_KEPT_FOR), "image/png"
    )


def drawn(request: HttpRequest, programme: str, year: int | None = None) -> str:
    """The badge alone in its file: colours are attributes, no style sheet is needed."""
    record = record_of(request, programme)
    award = record and (record.shown if year is None else record.of(year))
    if not award:
        raise Http404
    with translation.override(language_of(request)):
        if year is None:
            wording = record.wording(award, localdate())
        else:
            wording = record.lasting_wording(award)
        return render_to_string(
            "wagtail_villes_internet/blocks/badge.svg",
            {
                "drawing": draw(wording, award.level, record.scale, "regular"),
                "spoken": wording.spoken,
            },
        )


def language_of(request: HttpRequest) -> str:
    """`?lang=`, else the language in the address, else the site's own; 404 for another `?lang=`."""
    asked = request.GET.get("lang")
    if asked is not None and asked not in LANGUAGES:
        raise Http404
    in_address = translation.get_language_from_path(request.path_info)
    own = (asked or in_address or settings.LANGUAGE_CODE).split("-")[0]
    return own if own in LANGUAGES else LANGUAGES[0]


def answer(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """`body` with what a cache needs to keep it and any page to show it; 304 where it is known."""
    etag = f'"{digest(body)}"'
    whole = HttpResponse(body, content_type=content_type)
    response = get_conditional_response(request, etag=etag, response=whole)
    # On a 304 as well: a browser asks a fresh answer whether the page may read what it kept.
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={MAX_AGE}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        # Opened by itself, a drawing may do nothing but be seen.
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        # Said here, so that LocaleMiddleware does not say the visitor's own.
        "Content-Language": language_of(request),
    }
    for header, value in headers.items():
        response[header] = value
    return response


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
