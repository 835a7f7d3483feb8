"""One write at a time: its tag, its condition, its key."""

import json

from django.utils.translation import gettext_lazy as _

from .. import parse
from ..canonical import content_hash
from ..types import ServiceBody
from .checks import KEYS, ORDER, RESOURCES, STORED, TAGS, check
from .probe import CREATE, JSON, Mismatch, Probe, Reply, expect, new_id, replaced
from .reads import understood


def holds(reply: Reply, body: dict[str, object], key: str | None) -> None:
    """Raises `Mismatch` unless the answer shows exactly that body, its hash and that key."""
    for name, value in body.items():
        expect(name, value, reply.get(name))
    expect("hash", content_hash(ServiceBody.from_json(body)), reply.get("hash"))
    expect("key", key, reply.get("key"))


@check(RESOURCES, _("A service is created, and read as it was sent."))
def create(probe: Probe) -> None:
    id, key, body = new_id(), new_id(), probe.body()
    created = probe.put(id, body, key=key).expect(201, epoch=probe.epoch())
    holds(created, body, key)
    found = probe.read(id)
    understood(found, parse.service, id)
    expect("GET", created.data, found.data)


@check(RESOURCES, _("A service is replaced under the tag it has."))
def replace(probe: Probe) -> None:
    created, body, key = probe.create(), probe.body(title="Essai, modifié"), new_id()
    id = created.get("id")
    changed = probe.put(id, body, replaced(created), key=key).expect(200)
    holds(changed, body, key)
    expect("title", body["title"], probe.read(id).get("title"))


@check(RESOURCES, _("A withdrawn service leaves its tombstone, and answers 410."))
def withdraw(probe: Probe) -> None:
    created, key, epoch = probe.create(), new_id(), probe.epoch()
    id = created.get("id")
    gone = probe.delete(id, replaced(created), key=key).expect(200, epoch=epoch)
    tombstone = {"id": id, "deleted": True, "sequence": gone.get("sequence"), "key": key}
    again = probe.delete(id, replaced(created))
    for reply in (gone, probe.read(id), again):
        if reply is not gone:
            reply.expect(410, "/service-withdrawn", epoch=epoch)
        for name, value in tombstone.items():
            expect(name, value, reply.get(name))


@check(STORED, _("Every field is stored as it was sent, whatever it holds."))
def stored_as_sent(probe: Probe) -> None:
    body = probe.body(
        title="  Œuvres & « cœur » <à lire> \u00a0  ",
        summary="ligne 1\n\n\nligne 2\n",
        description=(
            '<p>x  y&amp;z<br></p><p></p><ul><li><a href="https://v.example/?a=1&amp;b=2">v</a>'
            "</li></ul>texte hors paragraphe 🏛"
        ),
        url="HTTPS://V.example/Été?q=%C3%A9#a",
        offline_alternative="\u200fguichet",
        location={"lat": "-0.000001", "lon": "-180.000000"},
        started_on="0001-01-01",
        ended_on="9999-12-31",
        audiences=["agents", "youth"],
    )
    id, key = new_id(), new_id()
    holds(probe.put(id, body, key=key).expect(201), body, key)
    holds(probe.read(id).expect(200), body, key)


@check(TAGS, _("The body carries a strong tag, whatever became of the header."))
def tag_in_body(probe: Probe) -> None:
    created = probe.create()
    found = probe.read(created.get("id")).expect(200)
    expect("etag", created.tag(), found.tag())
    if "ETag" in created.headers:
        raise Mismatch("PUT: ETag", None, created.headers["ETag"])


@check(TAGS, _("A tag is never the content hash."))
def tag_is_not_the_hash(probe: Probe) -> None:
    one, other = probe.create(), probe.create()
    if one.tag() == other.tag() or str(one.get("hash")) in one.tag():
        raise Mismatch("etag", '"…"', one.tag())


@check(TAGS, _("A tag never comes back, even with the same content or after a withdrawal."))
def tag_never_returns(probe: Probe) -> None:
    first = probe.create()
    id = first.get("id")
    second = probe.put(id, probe.body(title="Essai 2"), replaced(first)).expect(200)
    third = probe.put(id, probe.body(), replaced(second)).expect(200)
    probe.delete(id, replaced(third)).expect(200)
    fourth = probe.put(id, probe.body()).expect(201)
    tags = [reply.tag() for reply in (first, second, third, fourth)]
    if len(set(tags)) != 4:
        raise Mismatch("etag", _("four different tags"), tags)


@check(TAGS, _("A write under a stale tag is refused with 412, and changes nothing."))
def stale(probe: Probe) -> None:
    first = probe.create()
    id = first.get("id")
    second = probe.put(id, probe.body(title="Essai 2"), replaced(first)).expect(200)
    for refused in (
        probe.put(id, probe.body(title="Essai 3"), replaced(first)),
        probe.delete(id, replaced(first)),
        probe.put(id, probe.body(title="Essai 4")),
    ):
        refused.expect(412)
        expect("etag", second.tag(), refused.get("etag"))
    expect("GET", second.data, probe.read(id).data)


@check(TAGS, _("Nothing is replaced where nothing is: 412, without a tag."))
def nothing_to_replace(probe: Probe) -> None:
    refused = probe.put(new_id(), probe.body(), {"If-Match": '"x"'}).expect(412)
    expect("etag", None, refused.get("etag"))


@check(TAGS, _("A write without a condition is refused with 428."))
def condition_missing(probe: Probe) -> None:
    created = probe.create()
    id = created.get("id")
    probe.put(id, probe.body(), {}).expect(428)
    probe.delete(id, {}).expect(428)


@check(TAGS, _("If-Match holds exactly one strong tag: *, lists and W/ are refused with 400."))
def condition_malformed(probe: Probe) -> None:
    created = probe.create()
    id, tag = created.get("id"), created.tag()
    for condition in ("*", f'{tag}, "x"', f"W/{tag}"):
        for refused in (
            probe.put(id, probe.body(title="Essai 2"), {"If-Match": condition}),
            probe.delete(id, {"If-Match": condition}),
        ):
            refused.expect(400)
    expect("GET", created.data, probe.read(id).data)


@check(KEYS, _("A write without a key, or with one that is malformed, is refused with 400."))
def key_missing(probe: Probe) -> None:
    octets = json.dumps(probe.body()).encode()
    for key in ({}, {"Idempotency-Key": "bare"}, {"Idempotency-Key": '""'}):
        id = new_id()
        headers = {**JSON, **CREATE, **key}
        probe.send("PUT", probe.service(id), headers=headers, octets=octets).expect(400)


@check(KEYS, _("A request sent again receives the first answer, and has no other effect."))
def replay(probe: Probe) -> None:
    id, key, body = new_id(), new_id(), probe.body()
    first = probe.put(id, body, key=key).expect(201)
    # Since replaced: its condition no longer holds, and its key is judged before it.
    second = probe.put(id, probe.body(title="Essai 2"), replaced(first)).expect(200)
    spaced = json.dumps(dict(reversed(body.items())), indent=1).encode()
    before = probe.sequence()
    for again in (probe.put(id, body, key=key), probe.put(id, spaced, key=key)):
        again.expect(201)
        expect("Idempotency-Replayed", "true", again.headers.get("Idempotency-Replayed"))
        expect(_("answer"), first.data, again.data)
    expect("sequence", before, probe.sequence())
    expect("GET", second.data, probe.read(id).data)


@check(KEYS, _("A withdrawal sent again receives the first answer."))
def replay_of_a_withdrawal(probe: Probe) -> None:
    created, key = probe.create(), new_id()
    id = created.get("id")
    first = probe.delete(id, replaced(created), key=key).expect(200)
    again = probe.delete(id, replaced(created), key=key).expect(200)
    expect("Idempotency-Replayed", "true", again.headers.get("Idempotency-Replayed"))
    expect(_("answer"), first.data, again.data)


@check(KEYS, _("A key that served another request is refused: 422 /key-reused."))
def key_reused(probe: Probe) -> None:
    id, key = new_id(), new_id()
    created = probe.put(id, probe.body(), key=key).expect(201)
    for other in (
        probe.put(id, probe.body(title="Essai 2"), key=key),
        probe.put(new_id(), probe.body(), key=key),
        probe.put(id, probe.body(), replaced(created), key=key),
        probe.delete(id, replaced(created), key=key),
    ):
        other.expect(422, "/key-reused", epoch=probe.epoch())
    expect("GET", created.data, probe.read(id).data)


@check(KEYS, _("A late copy of a refused creation does not bring back what was withdrawn since."))
def late_creation(probe: Probe) -> None:
    created, key, body = probe.create(), new_id(), probe.body()
    id = created.get("id")
    probe.put(id, body, key=key).expect(412)
    probe.delete(id, replaced(created)).expect(200)
    probe.put(id, body, key=key).expect(412)
    probe.read(id).expect(410, "/service-withdrawn")


@check(KEYS, _("A refusal that changed nothing is not stored: its key may serve again."))
def refusal_not_stored(probe: Probe) -> None:
    id, key = new_id(), new_id()
    probe.put(id, probe.body(title=""), key=key).expect(422)
    probe.put(id, probe.body(), key=key).expect(201)


@check(ORDER, _("A condition is judged before what is there, and that before the body."))
def order_of_judgement(probe: Probe) -> None:
    created = probe.create()
    id = created.get("id")
    probe.put(id, b"{", {}).expect(428)
    probe.put(id, b"{", {"If-Match": "*"}).expect(400)
    probe.put(id, b"{", {"If-Match": '"stale"'}).expect(412)
    probe.put(id, b"{", replaced(created)).expect(400)
    probe.delete(new_id(), {}).expect(428)
