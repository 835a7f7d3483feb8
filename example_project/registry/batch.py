"""Many writes in one request, each judged and done as if it had been sent alone."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from . import jsontext, services
from .answers import json_response
from .api import as_problem
from .auth import Asker
from .jsontext import Body
from .models import Registry
from .problems import Problem, not_json
from .writes import Order, check_key, read_body

MOST_OPERATIONS = 100
MEMBERS = {
    "put": {"op", "key", "id", "if_match", "body"},
    "delete": {"op", "key", "id", "if_match"},
}


def write_many(request: HttpRequest, asker: Asker) -> HttpResponse:
    """`POST authorities/{siren}/services/batch`"""
    operations = _read(read_body(request))
    results = [_result(asker, operation) for operation in operations]
    epoch = str(Registry.objects.get().epoch)
    return json_response({"results": results, "epoch": epoch})


def _read(octets: bytes) -> list[dict]:
    """The operations of an envelope of the contract's shape.

    Raises `Problem`, before anything is done: 400 for another shape, 413 for too many.
    """
    try:
        envelope = jsontext.parse(octets)
    except jsontext.NotJson as error:
        raise not_json(error) from error
    operations = envelope.get("operations") if isinstance(envelope, dict) else None
    if not isinstance(operations, list) or len(envelope) != 1:
        raise Problem(400, "Le corps est un objet dont « operations » est le seul membre.")
    if len(operations) > MOST_OPERATIONS:
        raise Problem(413, f"Un groupe compte {MOST_OPERATIONS} opérations au plus.")
    seen: list[object] = []
    for rank, operation in enumerate(operations):
        named = isinstance(operation, dict) and operation.get("op")
        members = MEMBERS.get(named) if isinstance(named, str) else None
        if members is None or set(operation) != members:
            raise Problem(400, f"L’opération {rank} n’a pas la forme d’une opération.")
        if operation["id"] in seen:
            raise Problem(400, f"L’opération {rank} porte un identifiant déjà présent.")
        seen.append(operation["id"])
    return operations


def _result(asker: Asker, operation: dict) -> dict[str, object]:
    """Does one operation in a transaction of its own, and says how it went."""
    result = {"id": operation["id"], "etag": None, "hash": None, "problem": None, "replayed": False}
    try:
        order = _order(operation)
        with transaction.atomic():
            outcome = services.perform(asker, order)
    except Exception as error:
        problem = as_problem(error)
        result |= {"status": problem.status, "problem": problem.members}
        if "Retry-After" in problem.headers:
            result["retry_after"] = int(problem.headers["Retry-After"])
        return result
    result |= {"status": outcome.status, "replayed": outcome.replayed}
    if outcome.status >= 400:
        return {**result, "problem": outcome.members}
    return {**result, "etag": outcome.members.get("etag"), "hash": outcome.members.get("hash")}


def _order(operation: dict) -> Order:
    """Raises `Problem` 400 for a malformed key; the rest is judged with the write."""
    creates = operation["op"] == "put" and operation["if_match"] is None
    return Order(
        operation=operation["op"].upper(),
        resource=operation["id"],
        key=check_key(operation["key"]),
        if_match=operation["if_match"],
        if_none_match="*" if creates else None,
        body=Body(operation.get("body")),
    )
