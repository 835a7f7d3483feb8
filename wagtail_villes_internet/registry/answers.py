"""A registry's refusals → errors (contract, table of « How a client behaves »)."""

import time

from . import members as read
from . import parse
from .decode import Malformed, decode
from .errors import (
    Busy,
    CampaignClosed,
    Forbidden,
    InProgress,
    KeyReused,
    NotKnown,
    PreconditionFailed,
    RedirectRefused,
    RegistryError,
    Rejected,
    SequenceGone,
    Unauthorized,
    UnknownCode,
    UnknownDossier,
    UnknownService,
    Unparsable,
    Unreachable,
    WithdrawnService,
)
from .members import Object
from .problems import FieldProblem
from .retry import parse_retry_after
from .transport import Answer

MAX_PROBLEMS = 200
MAX_DETAIL = 500


def refusal(answer: Answer, *, max_depth: int) -> RegistryError:
    """What an answer that is not the one hoped for means. Returned, for the caller to raise.

    A status is believed from anybody on the way; what a 404, 409, 410 or 422 is about only from a
    problem (RFC 9457) of the contract's `type`: a bare 404 from a proxy means nothing.
    """
    problem = _problem(answer, max_depth)
    return _refusal(answer.status, problem, _epoch(problem), _retry_after(answer))


def result_refusal(status: int, result: Object, *, epoch: str) -> RegistryError:
    """What a refused result of a batch means: the same as if it had been the answer to one."""
    problem = result.get("problem")
    wait = result.get("retry_after")
    return _refusal(
        status,
        problem if isinstance(problem, dict) else {},
        epoch,
        parse_retry_after(str(wait), date=None, now=0) if type(wait) is int else None,
    )


def _refusal(
    status: int, problem: Object, epoch: str | None, retry_after: float | None
) -> RegistryError:
    kind = _kind(problem)
    if 300 <= status < 400 and status != 304:
        return RedirectRefused(epoch=epoch)
    if status in (408, 425, 429) or status >= 500:
        return Busy(retry_after, epoch=epoch)
    if status == 410:
        return _gone(kind, problem, epoch, retry_after)
    if status == 412:
        return PreconditionFailed(_tag(problem), epoch=epoch)
    if status == 422 and kind == "unknown-code":
        return UnknownCode(_matrix_version(problem), _problems(problem), epoch=epoch)
    if plain := _PLAIN.get((status, kind)) or _PLAIN.get((status, None)):
        return plain(epoch=epoch)
    if status == 404:
        return Unreachable(retry_after, epoch=epoch)
    return Rejected(status, _problems(problem), epoch=epoch)


_PLAIN: dict[tuple[int, str | None], type[RegistryError]] = {
    (401, None): Unauthorized,
    (403, None): Forbidden,
    (404, "service-unknown"): UnknownService,
    (404, "dossier-unknown"): UnknownDossier,
    (404, "not-known"): NotKnown,
    (409, "in-progress"): InProgress,
    (409, "campaign-closed"): CampaignClosed,
    (422, "key-reused"): KeyReused,
}


def _gone(
    kind: str | None, problem: Object, epoch: str | None, retry_after: float | None
) -> RegistryError:
    if kind == "sequence-gone" and epoch:
        return SequenceGone(epoch)
    if kind == "service-withdrawn":
        try:
            return WithdrawnService(parse.tombstone(problem), epoch=epoch)
        except Malformed:
            return Unparsable(retry_after, epoch=epoch)
    return Unreachable(retry_after, epoch=epoch)


def _problem(answer: Answer, max_depth: int) -> Object:
    """The members of a problem, none where the answer is not one."""
    if answer.media_type != "application/problem+json":
        return {}
    try:
        return read.an_object(decode(answer.octets, max_depth=max_depth))
    except Malformed:
        return {}


def _kind(problem: Object) -> str | None:
    """The last segment of the type's path: `…/errors/service-unknown` is `service-unknown`."""
    value = problem.get("type")
    if not isinstance(value, str):
        return None
    path, slash, name = value.partition("#")[0].partition("?")[0].rpartition("/")
    return name if slash else None


def _epoch(problem: Object) -> str | None:
    try:
        return read.epoch(problem)
    except Malformed:
        return None


def _tag(problem: Object) -> str | None:
    try:
        return read.tag(problem)
    except Malformed:
        return None


def _matrix_version(problem: Object) -> str | None:
    try:
        return read.code(problem, "matrix_version")
    except Malformed:
        return None


def _problems(problem: Object) -> tuple[FieldProblem, ...]:
    errors = problem.get("errors")
    if not isinstance(errors, list):
        return ()
    found = []
    for error in errors[:MAX_PROBLEMS]:
        values = [
            error.get(name, "") if isinstance(error, dict) else ""
            for name in ("pointer", "code", "detail")
        ]
        if all(isinstance(value, str) for value in values) and values[1]:
            found.append(FieldProblem(*(value[:MAX_DETAIL] for value in values)))
    return tuple(found)


def _retry_after(answer: Answer) -> float | None:
    return parse_retry_after(
        answer.headers.get("Retry-After"), date=answer.headers.get("Date"), now=time.time()
    )
