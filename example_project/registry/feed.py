"""Many services at once: the plain list, page by page, and the feed of changes."""

import base64
import re

from django.http import HttpRequest, HttpResponse

from .answers import joined_tag, tagged
from .auth import Asker
from .models import Authority, Registry
from .problems import Problem
from .writes import is_service_id

DEFAULT_LIMIT = 100
MOST = 500


def services(request: HttpRequest, asker: Asker) -> HttpResponse:
    """`GET authorities/{siren}/services`, a feed as soon as `since` is given."""
    limit = read_limit(request)
    epoch = str(Registry.objects.get().epoch)
    if "since" in request.GET:
        return _feed(request, asker.authority, limit, epoch)
    return _plain_list(request, asker.authority, limit, epoch)


def read_limit(request: HttpRequest) -> int:
    """Raises `Problem` 400 on anything but a whole number from 1."""
    limit = _whole_number("limit", request.GET.get("limit", str(DEFAULT_LIMIT)))
    if limit < 1:
        raise Problem(400, "limit est un nombre entier à partir de 1.")
    return min(limit, MOST)


def _whole_number(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]+", text):
        raise Problem(400, f"{name} est un nombre entier.")
    # SQLite counts up to 2^63 - 1, and no sequence comes near.
    return int(text) if len(text) <= 18 else 10**18


def _plain_list(request: HttpRequest, authority: Authority, limit: int, epoch: str) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    current = authority.services.filter(fields__isnull=False).order_by("service_id")
    # The cursor is the last id of a page, so that what comes and goes moves nobody else.
    rows = list(current.filter(service_id__gt=_read_cursor(cursor))[: limit + 1])
    page = rows[:limit]
    members = {
        "items": [service.members() for service in page],
        "next": _cursor(page[-1].service_id) if len(rows) > limit else None,
        "total": current.count(),
        "epoch": epoch,
    }
    return tagged(request, members, _page_tag(authority, epoch, "list", cursor, limit))


def _cursor(service_id: str) -> str:
    return base64.urlsafe_b64encode(f"after {service_id}".encode("ascii")).decode("ascii")


def _read_cursor(cursor: str) -> str:
    """The id a page starts after. Raises `Problem` 400."""
    if not cursor:
        return ""
    try:
        word, _, service_id = base64.urlsafe_b64decode(cursor).decode("ascii").partition(" ")
    except ValueError:
        word, service_id = "", ""
    if word != "after" or not is_service_id(service_id):
        raise Problem(400, "Ce curseur n’est pas de ce registre.")
    return service_id


def _feed(request: HttpRequest, authority: Authority, limit: int, epoch: str) -> HttpResponse:
    since = _whole_number("since", request.GET["since"])
    if since > 0:
        _check_followed(request, authority, since, epoch)
    changed = authority.services.filter(sequence__gt=since).order_by("sequence")
    rows = list(changed[: limit + 1])
    page = rows[:limit]
    members = {
        "epoch": epoch,
        "items": [service.members() for service in page],
        "sequence": page[-1].sequence if page else since,
        "more": len(rows) > limit,
    }
    return tagged(request, members, _page_tag(authority, epoch, "feed", since, limit))


def _check_followed(request: HttpRequest, authority: Authority, since: int, epoch: str) -> None:
    """Raises `Problem`: 400 without `epoch`, 410 `/sequence-gone` when the reader's place is not
    one of this epoch, or lies before a tombstone that was removed."""
    asked_epoch = request.GET.get("epoch")
    if asked_epoch is None:
        raise Problem(400, "since demande epoch, sauf à partir de 0.")
    if asked_epoch != epoch or not authority.floor <= since <= authority.sequence:
        raise Problem(410, "Reprenez la lecture à since=0.", path="/sequence-gone")


def _page_tag(authority: Authority, epoch: str, *place: object) -> str:
    """Every change gives the authority a new sequence or floor, and neither ever goes back."""
    return joined_tag(epoch, authority.siren, authority.sequence, authority.floor, *place)
