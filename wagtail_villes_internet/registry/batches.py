"""Many writes in one request (contract, `POST authorities/{siren}/services/batch`)."""

import json
from collections.abc import Iterable, Iterator, Sequence

from . import members as read
from .answers import result_refusal
from .decode import Malformed
from .errors import RegistryError, Unparsable
from .members import Object, an_object
from .types import Write, Written

MAX_OPERATIONS = 100
MAX_OCTETS = 1024 * 1024

_HEAD, _SEPARATOR, _TAIL = b'{"operations":[', b",", b"]}"
# Of a batch before its first operation, which has no separator.
_EMPTY = len(_HEAD) + len(_TAIL) - len(_SEPARATOR)


def envelope(attempts: Sequence[Write]) -> bytes:
    """The octets of a batch. Each body goes in as it was stored, octet for octet."""
    return _HEAD + _SEPARATOR.join(map(_operation, attempts)) + _TAIL


def cut(attempts: Iterable[Write]) -> Iterator[tuple[Write, ...]]:
    """The attempts in order, in pieces that one batch may hold: 100 operations and 1 MiB at most,
    and no id twice. A write that is too large by itself is a piece of its own."""
    piece: list[Write] = []
    size = _EMPTY
    for attempt in attempts:
        added = len(_operation(attempt)) + len(_SEPARATOR)
        full = len(piece) == MAX_OPERATIONS or size + added > MAX_OCTETS
        if piece and (full or any(attempt.id == other.id for other in piece)):
            yield tuple(piece)
            piece, size = [], _EMPTY
        piece.append(attempt)
        size += added
    if piece:
        yield tuple(piece)


def _operation(attempt: Write) -> bytes:
    members = {
        "op": attempt.operation,
        "key": attempt.key,
        "id": attempt.id,
        "if_match": attempt.if_match,
    }
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    if attempt.body is not None:
        text = f'{text[:-1]},"body":{attempt.body}}}'
    return text.encode()


def outcomes(data: object, attempts: Sequence[Write]) -> list[Written | RegistryError]:
    """What became of each attempt, in order.

    Raises `Malformed` for an answer that is not one result an attempt; a result that nobody can
    read is `Unparsable`, and the others stand.
    """
    given = an_object(data)
    epoch = read.epoch(given)
    results = read.objects(given, "results")
    if [result.get("id") for result in results] != [attempt.id for attempt in attempts]:
        raise Malformed("the results of another batch")
    return [
        _outcome(result, attempt, epoch) for result, attempt in zip(results, attempts, strict=True)
    ]


def _outcome(result: Object, attempt: Write, epoch: str) -> Written | RegistryError:
    try:
        status = read.integer(result, "status", 100, 599)
        replayed = read.boolean(result, "replayed")
        if status >= 400:
            return result_refusal(status, result, epoch=epoch)
        if status != 200 and not (status == 201 and attempt.operation == "put"):
            raise Malformed("status")
        withdrawn = attempt.operation == "delete"
        return Written(
            id=attempt.id,
            status=status,
            etag=None if withdrawn else read.tag(result),
            hash=None if withdrawn else read.content_hash(result),
            key=attempt.key,
            sequence=None,
            epoch=epoch,
            replayed=replayed,
            tombstone=withdrawn,
        )
    except Malformed:
        return Unparsable(epoch=epoch)
