"""The lists of who was labelled: `GET palmares/{year}`, page by page."""

import base64
import re

from django.http import HttpRequest, HttpResponse

from .answers import joined_tag, tagged
from .feed import read_limit
from .models import Edition, PalmaresLine
from .problems import Problem, not_known


def listed(request: HttpRequest, year: str) -> HttpResponse:
    """`GET palmares/{year}`"""
    edition = _known_edition(year)
    limit, cursor = read_limit(request), request.GET.get("cursor", "")
    # The cursor is the last id of a page, so that what comes and goes moves nobody else.
    rows = list(edition.palmares.filter(line_id__gt=_read_cursor(cursor))[: limit + 1])
    page = rows[:limit]
    members = {
        "items": [line_members(line, edition) for line in page],
        "next": _cursor(page[-1].line_id) if len(rows) > limit else None,
        "total": edition.palmares.count(),
        "complete": edition.palmares_complete,
    }
    return tagged(request, members, joined_tag(edition.palmares_tag, cursor, limit))


def line_members(line: PalmaresLine, edition: Edition) -> dict[str, object]:
    return {
        "id": line.line_id,
        "edition": edition.year,
        "standing": line.standing,
        "level": line.level,
        "distinctions": line.distinctions,
        "source_url": line.source_url,
        "authority": {
            "siren": line.siren,
            "insee": line.insee,
            "name": line.name,
            "place": line.place,
        },
    }


def _known_edition(year: str) -> Edition:
    number = int(year) if re.fullmatch(r"[0-9]{4}", year) else 0
    edition = Edition.objects.filter(year=number).first()
    if edition is None:
        raise not_known("Édition")
    return edition


def _cursor(line_id: str) -> str:
    return base64.urlsafe_b64encode(f"after {line_id}".encode()).decode("ascii")


def _read_cursor(cursor: str) -> str:
    """The id a page starts after. Raises `Problem` 400."""
    if not cursor:
        return ""
    try:
        word, _, line_id = base64.urlsafe_b64decode(cursor).decode().partition(" ")
    except ValueError:
        word, line_id = "", ""
    if word != "after" or not line_id or "\0" in line_id:
        raise Problem(400, "Ce curseur n’est pas de ce registre.")
    return line_id
