"""The dossier of an authority for one edition: read, and filed while the edition is open."""

import json
import re
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import filings, keys
from .answers import json_response, tagged
from .auth import Asker
from .dossier_judge import judge_dossier
from .jsontext import Body, NotJson
from .keys import Outcome
from .models import Dossier, Edition, Filing, Registry
from .problems import Problem, invalid, not_json, not_known
from .shared import instant, state_of
from .writes import Order, read_body, read_order

MAX_DOSSIER = 8 * 1024 * 1024


def read(request: HttpRequest, asker: Asker, year: str) -> HttpResponse:
    """`GET authorities/{siren}/dossiers/{year}`"""
    dossier = filings.find(asker.authority, year) if _is_year(year) else None
    if dossier is None:
        raise Problem(404, "Rien n’est déposé pour cette édition.", path="/dossier-unknown")
    return tagged(request, {**_members(dossier), "epoch": _epoch()}, dossier.tag)


def write(request: HttpRequest, asker: Asker, year: str) -> HttpResponse:
    """`PUT authorities/{siren}/dossiers/{year}`"""
    octets = read_body(request, most=MAX_DOSSIER)
    # The last octet is there: what happens to the edition from here on refuses nothing.
    received_at = timezone.now()
    edition = Edition.objects.filter(year=year).first() if _is_year(year) else None
    is_open = edition is not None and state_of(edition, received_at) == "open"
    order = read_order(request, f"dossiers/{year}", octets, by_octets=True)
    with transaction.atomic():
        outcome = keys.replay(asker.authority, order)
        if outcome is None:
            order.check_precondition()
            if edition is None:
                raise not_known("Édition")
            if not is_open:
                raise Problem(409, "Cette édition n’est pas ouverte.", path="/campaign-closed")
            done = _file(asker, edition, order, octets, received_at)
            outcome = keys.store(asker.authority, order, done)
        epoch = _epoch()
    headers = {"Idempotency-Replayed": "true"} if outcome.replayed else {}
    return json_response({**outcome.members, "epoch": epoch}, outcome.status, headers)


def _file(
    asker: Asker, edition: Edition, order: Order, octets: bytes, received_at: datetime
) -> Outcome:
    current = filings.find(asker.authority, edition.year)
    if order.creates and current is not None:
        # Stored, unlike other refusals, as for a service.
        return Outcome(412, _stale(current).members)
    if not order.creates and (current is None or current.tag != order.if_match):
        raise _stale(current)
    _check(order.body, asker.authority.siren, edition.year)
    filing = filings.add(
        asker.authority,
        edition,
        octets,
        key=order.key,
        actor=asker.token_name,
        received_at=received_at,
    )
    members = {"receipt": _receipt(filing), "etag": filing.dossier.tag}
    return Outcome(201 if order.creates else 200, members)


def _check(sent: Body, siren: str, year: int) -> None:
    """Raises `Problem`: 400 no JSON, 422 what the judge found."""
    try:
        body = sent.parsed()
    except NotJson as error:
        raise not_json(error) from error
    if faults := judge_dossier(body, siren, year):
        raise invalid(faults, "Le dossier ne suit pas les règles du contrat.")


def _members(dossier: Dossier) -> dict[str, object]:
    kept = list(dossier.filings.all())
    return {
        "key": kept[0].key,
        "dossier": json.loads(bytes(kept[0].octets)),
        "receipts": [_receipt(filing) for filing in kept],
    }


def _receipt(filing: Filing) -> dict[str, object]:
    return {
        "number": filing.number,
        "received_at": instant(filing.received_at),
        "sha256": filing.sha256,
        "key": filing.key,
    }


def _stale(current: Dossier | None) -> Problem:
    if current is None:
        return Problem(412, "Aucun dossier n’est déposé pour cette édition.")
    return Problem(412, "Un autre dossier est déposé.", etag=current.tag)


def _is_year(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{3}", text) is not None


def _epoch() -> str:
    return str(Registry.objects.get().epoch)
