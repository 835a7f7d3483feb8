"""What may befall one exchange between the site and its registry.

Each is a function of the town, the process that runs, the request and a small number that was
drawn; it answers in the far side's place, or lets the request pass and does something beside.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from wagtail_villes_internet.registry.errors import Unreachable
from wagtail_villes_internet.registry.transport import Answer

from .mortal import Process
from .scene import FIELDS, SERVICES
from .town import Town
from .wire import Request, page, problem

Fault = Callable[[Town, Process, Request, int], Answer]
# Of our services alone: keys have letters in them, or more than zeros in the middle.
UUIDS = r"00000000-0000-0000-0000-[0-9]{12}"
FAULTS: dict[str, Fault] = {}
# The names of those of a kind, so that each kind is met as often.
LOST, REFUSED, KILLED, AGENT, EDITOR = KINDS = [], [], [], [], []


def fault(kind: list[str], name: str) -> Callable[[Fault], Fault]:
    def add(function: Fault) -> Fault:
        FAULTS[name] = function
        kind.append(name)
        return function

    return add


@fault(LOST, "done, and the answer lost")
def _lost_after(town: Town, process: Process, request: Request, n: int) -> Answer:
    town.wire.passed(request)
    raise Unreachable


@fault(LOST, "lost on the way")
def _lost_before(town: Town, process: Process, request: Request, n: int) -> Answer:
    raise Unreachable


@fault(LOST, "held up on the way")
def _late(town: Town, process: Process, request: Request, n: int) -> Answer:
    if request.writes:
        town.wire.late.append(request)
    raise Unreachable


@fault(LOST, "arrives twice")
def _twice(town: Town, process: Process, request: Request, n: int) -> Answer:
    if request.writes:
        town.wire.late.append(request)
    first = town.wire.passed(request)
    second = town.wire.passed(request)
    return second if n % 2 else first


@fault(LOST, "done in part")
def _in_part(town: Town, process: Process, request: Request, n: int) -> Answer:
    if request.path.endswith("/batch"):
        town.wire.batched(town.siren, request, most=n)
    raise Unreachable


@fault(LOST, "one result is later")
def _one_later(town: Town, process: Process, request: Request, n: int) -> Answer:
    if not request.path.endswith("/batch"):
        return page(503, Retry_After=str(n))
    operations = json.loads(request.octets)["operations"]
    later = operations.pop(n % len(operations))
    rest = Request(
        request.method,
        request.path,
        request.params,
        request.headers,
        json.dumps({"operations": operations}, ensure_ascii=False).encode(),
        request.token,
    )
    answer = town.wire.passed(rest)
    data = json.loads(answer.octets)
    if answer.status != 200:
        return answer
    said = {"id": later["id"], "status": 503, "etag": None, "hash": None, "replayed": False}
    data["results"].insert(
        n % (len(operations) + 1), {**said, "problem": {"status": 503}, "retry_after": 1}
    )
    return Answer(200, answer.headers, json.dumps(data).encode())


@fault(REFUSED, "429")
def _too_many(town: Town, process: Process, request: Request, n: int) -> Answer:
    return page(429, Retry_After=("0", "30", "soon", "Mon, 02 Mar 2026 11:00:00 GMT")[n % 4])


@fault(REFUSED, "500")
def _broken(town: Town, process: Process, request: Request, n: int) -> Answer:
    return page(500)


@fault(LOST, "503 once done")
def _unavailable(town: Town, process: Process, request: Request, n: int) -> Answer:
    if n % 2:
        town.wire.passed(request)
    return page(503)


@fault(REFUSED, "401")
def _unauthorized(town: Town, process: Process, request: Request, n: int) -> Answer:
    return problem(401)


@fault(REFUSED, "403")
def _forbidden(town: Town, process: Process, request: Request, n: int) -> Answer:
    return problem(403)


@fault(REFUSED, "a bare 404")
def _bare(town: Town, process: Process, request: Request, n: int) -> Answer:
    return page(404 if n % 2 else 410)


@fault(REFUSED, "412 for nothing")
def _stale(town: Town, process: Process, request: Request, n: int) -> Answer:
    if not request.writes:
        return town.wire.passed(request)
    return problem(412, "precondition-failed")


@fault(REFUSED, "409")
def _in_progress(town: Town, process: Process, request: Request, n: int) -> Answer:
    if not request.writes:
        return town.wire.passed(request)
    if n % 2:
        town.wire.passed(request)
    return problem(409, "in-progress")


@fault(REFUSED, "422")
def _refused(town: Town, process: Process, request: Request, n: int) -> Answer:
    if not request.writes:
        return town.wire.passed(request)
    wrong = [{"pointer": "/title", "code": "too_long", "detail": ""}]
    return problem(422, "invalid", errors=wrong)


@fault(REFUSED, "422 for a code")
def _unknown_code(town: Town, process: Process, request: Request, n: int) -> Answer:
    if request.method in ("GET", "DELETE"):
        # There is no code in it.
        return town.wire.passed(request)
    return problem(422, "unknown-code", matrix_version="another")


@fault(LOST, "cut short")
def _cut(town: Town, process: Process, request: Request, n: int) -> Answer:
    answer = town.wire.passed(request)
    return Answer(answer.status, answer.headers, answer.octets[: len(answer.octets) // 2])


@fault(REFUSED, "redirected")
def _redirected(town: Town, process: Process, request: Request, n: int) -> Answer:
    return page(302, Location="https://elsewhere.example/")


@fault(KILLED, "killed before it is sent")
def _killed_before(town: Town, process: Process, request: Request, n: int) -> Answer:
    process.die()
    raise AssertionError


@fault(KILLED, "killed before its answer")
def _killed_after(town: Town, process: Process, request: Request, n: int) -> Answer:
    town.wire.passed(request)
    process.die()
    raise AssertionError


def _ids(request: Request) -> list[str]:
    """The services that the request is about."""
    return re.findall(UUIDS, f"{request.path} {request.octets.decode()}")


def _meant(request: Request, n: int) -> int:
    """The number of one of them, or of any where there is none."""
    ids = _ids(request)
    return Town.number(UUID(ids[n % len(ids)])) if ids else n % SERVICES


def _beside(town: Town, request: Request, n: int, happens: Callable[[], None]) -> Answer:
    """What happens just before the far side answers, or just after."""
    if n % 2:
        happens()
        return town.wire.passed(request)
    answer = town.wire.passed(request)
    happens()
    return answer


@fault(AGENT, "an agent edits meanwhile")
def _agent_edits(town: Town, process: Process, request: Request, n: int) -> Answer:
    number, field = _meant(request, n), FIELDS[n % len(FIELDS)]
    return _beside(town, request, n, lambda: town.agent_edits(number, (field,)))


@fault(AGENT, "an agent edits another one meanwhile")
def _agent_edits_another(town: Town, process: Process, request: Request, n: int) -> Answer:
    ids = _ids(request)
    others = [number for number in range(SERVICES) if town.id(number) not in ids]
    number, field = others[n % len(others)] if others else 0, FIELDS[n % len(FIELDS)]
    return _beside(town, request, n, lambda: town.agent_edits(number, (field,)))


@fault(AGENT, "an agent withdraws meanwhile")
def _agent_deletes(town: Town, process: Process, request: Request, n: int) -> Answer:
    number = _meant(request, n)
    return _beside(town, request, n, lambda: town.agent_deletes(number))


@fault(AGENT, "an agent edits and puts back meanwhile")
def _agent_puts_back(town: Town, process: Process, request: Request, n: int) -> Answer:
    number = _meant(request, n)
    return _beside(town, request, n, lambda: town.agent_puts_back(number))


@fault(AGENT, "another dossier is filed meanwhile")
def _filed_elsewhere(town: Town, process: Process, request: Request, n: int) -> Answer:
    return _beside(town, request, n, town.file_elsewhere)


@fault(AGENT, "the campaign closes meanwhile")
def _closes(town: Town, process: Process, request: Request, n: int) -> Answer:
    return _beside(town, request, n, town.close_campaign)


@fault(EDITOR, "the dossier is filed again meanwhile")
def _filed_again(town: Town, process: Process, request: Request, n: int) -> Answer:
    return _beside(town, request, n, town.file)


@fault(EDITOR, "an editor edits meanwhile")
def _editor_edits(town: Town, process: Process, request: Request, n: int) -> Answer:
    town.edit(_meant(request, n), FIELDS[n % len(FIELDS)])
    return town.wire.passed(request)


@fault(EDITOR, "an editor unpublishes meanwhile")
def _editor_unpublishes(town: Town, process: Process, request: Request, n: int) -> Answer:
    town.unpublish(_meant(request, n))
    return town.wire.passed(request)


@fault(AGENT, "restored meanwhile")
def _restored(town: Town, process: Process, request: Request, n: int) -> Answer:
    town.restore()
    return town.wire.passed(request)


@fault(KILLED, "another runner takes over")
def _taken_over(town: Town, process: Process, request: Request, n: int) -> Answer:
    """This one stands still for longer than its lease lasts, and then goes on."""
    answer = town.wire.passed(request) if n % 2 else None
    town.clock.forward(timedelta(minutes=3))
    exchanges = town.wire.exchanges
    town.run(now=True)
    town.is_running, town.wire.exchanges = True, exchanges
    return answer or town.wire.passed(request)
