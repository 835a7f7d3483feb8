"""The open data of a site, for whoever asks, under the licence that it states.

What is answered depends on the site and on the address alone, never on a cookie, a session or what
a browser says it prefers. A copy that is still good costs one query: the tag is made of the
version that the site's setting carries (see `authorities.catalogue`), of the day, on which dates
come true, and of the language. There is no `Last-Modified`: nothing keeps the hour of a change, and
a false one would let changes be missed.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.coreutils import get_supported_content_language_variant

from ..authorities.models import VillesInternetSettings
from ..authorities.scope import public_settings
from ..labels.record import label_records
from ..services.listing import services_by_theme
from . import labels, services
from .cells import cell
from .licence import LICENCE

# Another one whenever a member or a column is added or changes meaning.
VERSION = 1
# In seconds: what a town corrects is right everywhere after this.
MAX_AGE = 600
JSON = "application/json"
CSV = "text/csv; charset=utf-8; header=present"

# What a file holds, in pieces, from the setting of the site, the language and the site's address.
Contents = Callable[[VillesInternetSettings, str, str], Iterable[str]]


@login_not_required
@require_safe
def label_json(request: HttpRequest) -> HttpResponseBase:
    """The labels of the authority: `docs/reference/donnees-ouvertes.md`."""
    return answer(request, JSON, _label_json)


@login_not_required
@require_safe
def labels_csv(request: HttpRequest) -> HttpResponseBase:
    """The same, an award a line."""
    return answer(request, CSV, _labels_csv, "labels")


@login_not_required
@require_safe
def services_json(request: HttpRequest) -> HttpResponseBase:
    """The services that residents see."""
    return answer(request, JSON, _services_json)


@login_not_required
@require_safe
def services_csv(request: HttpRequest) -> HttpResponseBase:
    """The same, a service a line."""
    return answer(request, CSV, _services_csv, "services-numeriques")


def _label_json(settings: VillesInternetSettings, language: str, root: str) -> Iterable[str]:
    records = label_records(settings.authority)
    return [_json(_about(language) | labels.document(settings.authority, records, localdate()))]


def _labels_csv(settings: VillesInternetSettings, language: str, root: str) -> Iterable[str]:
    records = label_records(settings.authority)
    return _csv(labels.COLUMNS, labels.rows(settings.authority, records))


def _services_json(settings: VillesInternetSettings, language: str, root: str) -> Iterable[str]:
    listing = services_by_theme(settings.authority, language)
    head = _json(_about(language) | services.head(settings.authority, listing))
    documents = services.documents(listing, language, root)
    return chain([head[:-1], ', "services": ['], _joined(map(_json, documents)), ["]}"])


def _services_csv(settings: VillesInternetSettings, language: str, root: str) -> Iterable[str]:
    listing = services_by_theme(settings.authority, language)
    return _csv(services.COLUMNS, services.rows(settings.authority, listing, language, root))


def answer(
    request: HttpRequest, content_type: str, contents: Contents, filename: str = ""
) -> HttpResponseBase:
    """The file, sent piece by piece; 304 where it is known, 404 on a site bound to nobody."""
    settings = public_settings(request)
    if settings is None or settings.authority is None:
        return _headers(_nobody())
    language, root = language_of(request), request.build_absolute_uri("/").rstrip("/")
    asked = (VERSION, content_type, contents.__name__, language, root)
    etag = _etag(*asked, settings.catalogue_version.hex, localdate())
    response = get_conditional_response(request, etag=etag)
    if response is None:
        with translation.override(language):
            response = StreamingHttpResponse(
                contents(settings, language, root), content_type=content_type
            )
        if filename:
            number = settings.authority.siren or settings.authority.insee or settings.authority.pk
            response["Content-Disposition"] = f'attachment; filename="{filename}-{number}.csv"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Content-Language"] = language
    return _headers(response)


def language_of(request: HttpRequest) -> str:
    """The language in the address, else the site's own, by the code that its contents have."""
    code = translation.get_language_from_path(request.path_info) or django_settings.LANGUAGE_CODE
    try:
        return get_supported_content_language_variant(code)
    except LookupError:
        return code


def _nobody() -> HttpResponse:
    words = _("This site is bound to no local authority: it publishes neither labels nor services.")
    return HttpResponse(words, status=404, content_type="text/plain; charset=utf-8")


def _headers(response: HttpResponseBase) -> HttpResponseBase:
    # On a 304 as well: a browser asks a fresh answer whether a page may read what it kept.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Link"] = f'<{LICENCE["url"]}>; rel="license"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _about(language: str) -> dict[str, object]:
    return {"version": VERSION, "license": LICENCE, "language": language}


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f",\n{piece}" if number else piece


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines by RFC 4180."""
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow(map(cell, row))


class _Echo:
    """A file for `csv.writer` that gives back each line."""

    def write(self, line: str) -> str:
        return line


def _etag(*parts: object) -> str:
    # The address of the site may hold anything a client sends as its host.
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
