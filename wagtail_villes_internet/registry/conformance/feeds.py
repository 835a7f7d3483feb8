"""Many services at once: the list, the feed, the batch."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import parse
from .checks import BATCH, FEED, PAGING, check
from .probe import Mismatch, Probe, Reply, expect, new_id, replaced
from .reads import understood

# More pages than a probe's authority should need; a list that goes on is said, not followed.
MOST_PAGES = 10_000


@check(PAGING, _("The list shows each service once, by id, page after page."))
def plain_list(probe: Probe) -> None:
    made = sorted(probe.create().get("id") for _number in range(3))
    seen: list[str] = []
    cursor: dict[str, object] = {}
    # Two pages or three, whatever was declared before.
    limit = min(500, 1 + probe.get(probe.services).expect(200).get("total") // 2)
    for _page in range(MOST_PAGES):
        page = probe.get(probe.services, limit=limit, **cursor).expect(200)
        items = page.get("items") or []
        if len(items) > limit:
            raise Mismatch(f"limit={limit}", limit, len(items))
        seen += [item.get("id") for item in items]
        if page.get("next") is None:
            break
        cursor = {"cursor": page.get("next")}
    else:
        raise Mismatch("next", None, page.get("next"))
    expect(_("order"), sorted(set(seen)), seen)
    expect("total", len(seen), page.get("total"))
    if not set(made) <= set(seen):
        raise Mismatch("items", made, seen)


@check(PAGING, _("A limit is a whole number from 1; above 500, it counts as 500."))
def limits(probe: Probe) -> None:
    for limit in ("0", "-1", "x", "1.5", ""):
        probe.get(probe.services, limit=limit).expect(400)
    probe.get(probe.services, limit=501).expect(200)


def feed(probe: Probe, since: Any, **options: Any) -> Reply:
    reply = probe.get(probe.services, since=since, **options)
    understood(reply, parse.feed, since=since)
    return reply


@check(FEED, _("The feed shows what changed since, in order, each once, in its present state."))
def feed_order(probe: Probe) -> None:
    start, epoch = probe.sequence(), probe.epoch()
    one, two, three = (probe.create() for _number in range(3))
    probe.put(one.get("id"), probe.body(title="Essai 2"), replaced(one)).expect(200)
    probe.delete(two.get("id"), replaced(two)).expect(200)
    page = feed(probe, start, epoch=epoch, limit=500)
    said = [(item.get("id"), bool(item.get("deleted"))) for item in page.get("items")]
    wanted = [(three.get("id"), False), (one.get("id"), False), (two.get("id"), True)]
    expect("items", wanted, [found for found in said if found in wanted])
    expect("sequence", probe.sequence(), page.get("sequence"))
    expect("more", False, page.get("more"))


@check(FEED, _("The feed is read page after page, and ends where the sequence stands."))
def feed_pages(probe: Probe) -> None:
    since, epoch = probe.sequence(), probe.epoch()
    made = [probe.create().get("id") for _number in range(3)]
    seen = []
    for _page in range(MOST_PAGES):
        page = feed(probe, since, epoch=epoch, limit=1)
        seen += [item.get("id") for item in page.get("items")]
        since = page.get("sequence")
        if not page.get("more"):
            break
    expect("items", made, [id for id in seen if id in made])
    after = feed(probe, since, epoch=epoch)
    expect("items", [], after.get("items"))
    expect("sequence", since, after.get("sequence"))


@check(FEED, _("A place that cannot be followed is a 410 of the type /sequence-gone."))
def sequence_gone(probe: Probe) -> None:
    probe.create()
    sequence, epoch = probe.sequence(), probe.epoch()
    for since, of in ((sequence, new_id()), (sequence + 1_000_000, epoch)):
        reply = probe.get(probe.services, since=since, epoch=of)
        reply.expect(410, "/sequence-gone", epoch=epoch)
    probe.get(probe.services, since=sequence).expect(400)
    feed(probe, 0, epoch=new_id())


def operation(probe: Probe, **changes: Any) -> dict[str, Any]:
    return {
        "op": "put",
        "key": new_id(),
        "id": new_id(),
        "if_match": None,
        "body": probe.body(),
        **changes,
    }


@check(BATCH, _("Each operation of a batch is answered as if it had been sent alone."))
def batch(probe: Probe) -> None:
    there, epoch = probe.create(), probe.epoch()
    gone = {"op": "delete", "key": new_id(), "id": there.get("id"), "if_match": there.tag()}
    unknown = {"op": "delete", "key": new_id(), "id": new_id(), "if_match": '"x"'}
    unconditional = {"op": "delete", "key": new_id(), "id": new_id(), "if_match": None}
    operations: list[dict[str, Any]] = [
        operation(probe),
        gone,
        unknown,
        unconditional,
        operation(probe, key=""),
        operation(probe, body=probe.body(title="")),
        operation(probe, if_match='"x"'),
    ]
    reply = probe.batch(*operations).expect(200, epoch=epoch)
    results = reply.get("results") or []
    expect("ids", [each["id"] for each in operations], [each.get("id") for each in results])
    statuses = [result.get("status") for result in results]
    expect("status", [201, 200, 404, 428, 400, 422, 412], statuses)
    created = probe.read(operations[0]["id"]).expect(200)
    expect("etag", created.get("etag"), results[0].get("etag"))
    expect("hash", created.get("hash"), results[0].get("hash"))
    expect("key", operations[0]["key"], created.get("key"))
    expect("replayed", [False] * 7, [result.get("replayed") for result in results])
    problem = results[2].get("problem") or {}
    if not str(problem.get("type")).endswith("/service-unknown"):
        raise Mismatch("problem.type", "…/service-unknown", problem)


@check(BATCH, _("A batch sent again, whole or in parts, has no other effect."))
def batch_replay(probe: Probe) -> None:
    one, other = operation(probe), operation(probe)
    first = probe.batch(one, other).expect(200).get("results")
    before = probe.sequence()
    again = probe.batch(one, other).expect(200).get("results")
    expect("results", [{**result, "replayed": True} for result in first], again)
    alone = probe.put(one["id"], one["body"], key=one["key"]).expect(201)
    expect("Idempotency-Replayed", "true", alone.headers.get("Idempotency-Replayed"))
    expect("sequence", before, probe.sequence())


@check(BATCH, _("An envelope of another shape, or too large, is refused whole."))
def batch_envelope(probe: Probe) -> None:
    before = probe.sequence()
    good = operation(probe)
    for wrong in (
        (good, operation(probe, id=good["id"])),
        (good, {**operation(probe), "more": 1}),
        (good, operation(probe, op="post")),
        (good, {"op": "delete", "key": new_id(), "id": new_id()}),
        (good, None),
    ):
        probe.batch(*wrong).expect(400)
    probe.batch(*(operation(probe) for _number in range(101))).expect(413)
    expect("sequence", before, probe.sequence())
    expect("results", [], probe.batch().expect(200).get("results"))
