"""One service: read, declared, withdrawn."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from . import keys, ledger
from .answers import json_response, tagged
from .auth import Asker
from .jsontext import Body, NotJson
from .judge import judge
from .keys import Outcome
from .models import Matrix, ReferenceCode, Registry, Service
from .problems import Problem, invalid, not_json, service_unknown, service_withdrawn
from .writes import Order, read_body, read_order


def read(request: HttpRequest, asker: Asker, service_id: str) -> HttpResponse:
    """`GET authorities/{siren}/services/{id}`"""
    service = _present(ledger.find(asker.authority, service_id))
    return tagged(request, {**service.members(), "epoch": _epoch()}, service.tag)


def write(request: HttpRequest, asker: Asker, service_id: str) -> HttpResponse:
    """`PUT` and `DELETE authorities/{siren}/services/{id}`"""
    order = read_order(request, service_id, read_body(request))
    with transaction.atomic():
        outcome = perform(asker, order)
        epoch = _epoch()
    headers = {"Idempotency-Replayed": "true"} if outcome.replayed else {}
    return json_response({**outcome.members, "epoch": epoch}, outcome.status, headers)


def perform(asker: Asker, order: Order) -> Outcome:
    """Judges one write in the contract's order and does it, inside a transaction.

    Raises `Problem`, and then nothing changed.
    """
    replayed = keys.replay(asker.authority, order)
    if replayed is not None:
        return replayed
    order.check_id()
    order.check_precondition()
    service = ledger.find(asker.authority, order.resource)
    outcome = (
        _put(asker, order, service)
        if order.operation == "PUT"
        else _delete(asker, order, _present(service))
    )
    return keys.store(asker.authority, order, outcome)


def _put(asker: Asker, order: Order, service: Service | None) -> Outcome:
    current = service if service is not None and not service.is_withdrawn else None
    if order.creates and current is not None:
        # Stored, unlike other refusals: a late copy must not re-create what was withdrawn since.
        return Outcome(412, _stale(current).members)
    if not order.creates and (current is None or current.tag != order.if_match):
        raise _stale(current)
    fields = _judged(order.body)
    written = ledger.declare(
        asker.authority, order.resource, fields, key=order.key, actor=asker.token_name
    )
    return Outcome(201 if order.creates else 200, written.members())


def _delete(asker: Asker, order: Order, service: Service) -> Outcome:
    if service.tag != order.if_match:
        raise _stale(service)
    tombstone = ledger.withdraw(service, key=order.key, actor=asker.token_name)
    return Outcome(200, tombstone.members())


def _judged(sent: Body) -> dict[str, object]:
    """The fields of a body. Raises `Problem`: 400 no JSON, 422 what the judge found."""
    try:
        body = sent.parsed()
    except NotJson as error:
        raise not_json(error) from error
    faults = judge(body, lambda code: ReferenceCode.objects.filter(code=code).exists())
    if not faults and isinstance(body, dict):
        return body
    if all(fault.code == "unknown_code" for fault in faults):
        raise invalid(
            faults,
            "Un service de référence n’est d’aucune matrice publiée ici.",
            path="/unknown-code",
            matrix_version=_current_version(),
        )
    raise invalid(faults, "Le service ne suit pas les règles du contrat.")


def _current_version() -> str | None:
    return Matrix.objects.filter(is_current=True).values_list("version", flat=True).first()


def _present(service: Service | None) -> Service:
    """Raises `Problem`: 404 `/service-unknown`, 410 `/service-withdrawn`."""
    if service is None:
        raise service_unknown()
    if service.is_withdrawn:
        raise service_withdrawn(service.members())
    return service


def _stale(current: Service | None) -> Problem:
    if current is None:
        return Problem(412, "Aucun service n’est déclaré sous cet identifiant.")
    return Problem(412, "Le service a changé, ou existe déjà.", etag=current.tag)


def _epoch() -> str:
    return str(Registry.objects.get().epoch)
