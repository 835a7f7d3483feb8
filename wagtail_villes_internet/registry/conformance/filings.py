"""Dossiers: filed, filed again, refused. What is filed stays, so each check starts from there."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import dossiers
from .checks import DOSSIER, KEYS, ORDER, SIZES, TAGS, check
from .probe import CREATE, JSON, Mismatch, NotNow, Probe, Reply, expect, new_id, replaced
from .reads import NOBODY, understood

# The label's first edition is of 2000.
NO_EDITION = 1789


def edition(probe: Probe, *states: str) -> int:
    """The year of an edition in one of these states. Raises `NotNow` where there is none."""
    for each in probe.get("editions", token=None).expect(200).get("items"):
        if each["state"] in states:
            return int(each["year"])
    raise NotNow(_("no edition is in this state: {states}").format(states=", ".join(states)))


def a_dossier(probe: Probe, year: int, **changes: Any) -> dict[str, Any]:
    line = {
        "id": new_id(),
        "hash": "0" * 64,
        "title": "Essai de conformité",
        "reference_services": [probe.code],
    }
    return {
        "edition": year,
        "authority": probe.siren,
        "matrix_version": "1",
        "services": [line],
        "answers": "",
        "statement": "Déposé par la commande de conformité.",
        "signed_off": [],
        **changes,
    }


def octets_of(dossier: object) -> bytes:
    """JSON as nobody's library writes it: its hash is that of these octets or of none."""
    return b" " + json.dumps(dossier, ensure_ascii=False, indent=3).encode() + b"\n"


def path(probe: Probe, year: int, siren: str = "") -> str:
    return f"authorities/{siren or probe.siren}/dossiers/{year}"


def put(
    probe: Probe,
    year: int,
    octets: bytes,
    condition: dict[str, str],
    *,
    key: str | None = None,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> Reply:
    given = {
        **JSON,
        "Idempotency-Key": f'"{new_id() if key is None else key}"',
        **condition,
        **(headers or {}),
    }
    return probe.send("PUT", path(probe, year, **options), headers=given, octets=octets)


def found(probe: Probe, year: int) -> Reply:
    return probe.get(path(probe, year))


def condition_there(probe: Probe, year: int) -> dict[str, str]:
    """What it takes to file now: for the first time, or in place of what is there."""
    there = found(probe, year)
    if there.status == 404:
        there.expect(404, "/dossier-unknown")
        return dict(CREATE)
    return replaced(there.expect(200))


def taken(
    probe: Probe, year: int, octets: bytes, condition: dict[str, str], *, key: str | None = None
) -> Reply:
    """A filing under that condition. Raises `Mismatch` when the registry does not take it."""
    return put(probe, year, octets, condition, key=key).expect(201 if condition == CREATE else 200)


def file(probe: Probe, year: int, octets: bytes, *, key: str | None = None) -> Reply:
    """A filing, be it the first or not."""
    return taken(probe, year, octets, condition_there(probe, year), key=key)


@check(DOSSIER, _("Where nothing is filed, reading is a 404 of the type /dossier-unknown."))
def dossier_unknown(probe: Probe) -> None:
    found(probe, NO_EDITION).expect(404, "/dossier-unknown")


@check(DOSSIER, _("A dossier is read and filed with the token of its authority only."))
def dossier_token(probe: Probe) -> None:
    octets = octets_of(a_dossier(probe, NO_EDITION))
    for token in (None, "not-a-token"):
        probe.get(path(probe, NO_EDITION), token=token).expect(401)
    probe.get(path(probe, NO_EDITION, NOBODY)).expect(403)
    put(probe, NO_EDITION, octets, CREATE, siren=NOBODY).expect(403)


@check(DOSSIER, _("A dossier of no such edition is refused: 404 /not-known."))
def dossier_no_edition(probe: Probe) -> None:
    octets = octets_of(a_dossier(probe, NO_EDITION))
    put(probe, NO_EDITION, octets, CREATE).expect(404, "/not-known")


@check(DOSSIER, _("An edition that is not open takes no dossier: 409 /campaign-closed."))
def dossier_closed(probe: Probe) -> None:
    year = edition(probe, "closed", "published", "upcoming")
    before = found(probe, year)
    for condition in (CREATE, {"If-Match": '"x"'}):
        refused = put(probe, year, octets_of(a_dossier(probe, year)), condition)
        refused.expect(409, "/campaign-closed")
    expect("status", before.status, found(probe, year).status)


@check(DOSSIER, _("The receipt has the SHA-256 of the very octets; the dossier is read as sent."))
def dossier_filed(probe: Probe) -> None:
    year, key = edition(probe, "open"), new_id()
    dossier = a_dossier(
        probe,
        year,
        statement="  « Œuvre »\n\nligne 3 🏛  ",
        answers="<b>texte</b> & rien d’autre",
        signed_off=[{"role": "technical", "on": "2024-02-29"}],
    )
    octets = octets_of(dossier)
    filed = file(probe, year, octets, key=key)
    receipt = filed.get("receipt")
    expect("sha256", hashlib.sha256(octets).hexdigest(), receipt["sha256"])
    expect("receipt.key", key, receipt["key"])
    if "ETag" in filed.headers:
        raise Mismatch("PUT: ETag", None, filed.headers["ETag"])
    reply = found(probe, year)
    understood(reply, dossiers.stored, probe.siren, year)
    expect("dossier", dossier, reply.get("dossier"))
    expect("key", key, reply.get("key"))
    expect("etag", filed.tag(), reply.tag())
    expect("receipts/0", receipt, reply.get("receipts")[0])


@check(DOSSIER, _("The receipt of every filing is kept, newest first."))
def dossier_receipts(probe: Probe) -> None:
    year = edition(probe, "open")
    octets = octets_of(a_dossier(probe, year))
    filed = [file(probe, year, octets).get("receipt") for _time in range(3)]
    receipts = found(probe, year).expect(200).get("receipts")
    expect("receipts", filed[::-1], receipts[:3])
    numbers = [receipt["number"] for receipt in receipts]
    expect(_("numbers"), len(numbers), len(set(numbers)))


@check(DOSSIER, _("The summary of the authority changes with every filing."))
def dossier_summary(probe: Probe) -> None:
    year = edition(probe, "open")
    seen = []
    for _time in range(3):
        file(probe, year, octets_of(a_dossier(probe, year)))
        seen.append(probe.get(probe.authority).expect(200).tag("dossiers_etag"))
    expect("dossiers_etag", 3, len(set(seen)))


@check(TAGS, _("A dossier's tag never comes back, even with the same octets."))
def dossier_tag(probe: Probe) -> None:
    year = edition(probe, "open")
    octets = octets_of(a_dossier(probe, year))
    tags = [file(probe, year, octets).tag() for _time in range(3)]
    if len(set(tags)) != 3 or any(hashlib.sha256(octets).hexdigest() in tag for tag in tags):
        raise Mismatch("etag", _("three different tags"), tags)
    same = probe.get(path(probe, year), headers={"If-None-Match": tags[-1]})
    expect("If-None-Match: status", 304, same.status)


@check(TAGS, _("A filing under a stale tag is refused with 412, and changes nothing."))
def dossier_stale(probe: Probe) -> None:
    year = edition(probe, "open")
    first = file(probe, year, octets_of(a_dossier(probe, year)))
    second = file(probe, year, octets_of(a_dossier(probe, year)))
    before = found(probe, year).data
    for condition in (replaced(first), CREATE):
        refused = put(probe, year, octets_of(a_dossier(probe, year)), condition).expect(412)
        expect("etag", second.tag(), refused.get("etag"))
    expect("GET", before, found(probe, year).data)


@check(TAGS, _("A filing has one condition: 428 without, 400 for *, lists and W/."))
def dossier_condition(probe: Probe) -> None:
    octets = octets_of(a_dossier(probe, NO_EDITION))
    put(probe, NO_EDITION, octets, {}).expect(428)
    for condition in ("*", '"x", "y"', 'W/"x"'):
        put(probe, NO_EDITION, octets, {"If-Match": condition}).expect(400)


@check(KEYS, _("A filing sent again receives the first answer, and files nothing."))
def dossier_replay(probe: Probe) -> None:
    year, key = edition(probe, "open"), new_id()
    octets, condition = octets_of(a_dossier(probe, year)), condition_there(probe, year)
    first = taken(probe, year, octets, condition, key=key)
    # Since replaced: its condition no longer holds, and its key is judged before it.
    file(probe, year, octets_of(a_dossier(probe, year)))
    before = found(probe, year).data
    again = put(probe, year, octets, condition, key=key).expect(first.status)
    expect("Idempotency-Replayed", "true", again.headers.get("Idempotency-Replayed"))
    expect(_("answer"), first.data, again.data)
    expect("GET", before, found(probe, year).data)


@check(KEYS, _("The same filing is the same octets: the same JSON in others is /key-reused."))
def dossier_octets(probe: Probe) -> None:
    year, key = edition(probe, "open"), new_id()
    octets, condition = octets_of(a_dossier(probe, year)), condition_there(probe, year)
    taken(probe, year, octets, condition, key=key)
    for other, under in ((octets.strip(), condition), (octets, {"If-Match": '"x"'})):
        put(probe, year, other, under, key=key).expect(422, "/key-reused")


@check(KEYS, _("A key serves one request, be it for a service or for a dossier."))
def dossier_key(probe: Probe) -> None:
    year, key = edition(probe, "open"), new_id()
    probe.put(new_id(), probe.body(), key=key).expect(201)
    condition = condition_there(probe, year)
    refused = put(probe, year, octets_of(a_dossier(probe, year)), condition, key=key)
    refused.expect(422, "/key-reused")
    octets = octets_of(a_dossier(probe, NO_EDITION))
    for malformed in ({"Idempotency-Key": "bare"}, {"Idempotency-Key": '""'}):
        put(probe, NO_EDITION, octets, CREATE, headers=malformed).expect(400)


@check(ORDER, _("A filing is judged in order: condition, edition, tag, JSON, rules."))
def dossier_order(probe: Probe) -> None:
    put(probe, NO_EDITION, b"{", {}).expect(428)
    put(probe, NO_EDITION, b"{", {"If-Match": '"x"'}).expect(404, "/not-known")
    year = edition(probe, "open")
    put(probe, year, b"{", {"If-Match": '"x"'}).expect(412)
    put(probe, year, b"{", condition_there(probe, year)).expect(400)


@check(DOSSIER, _("What breaks a rule is refused with 422 and pointed at; nothing is kept."))
def dossier_rules(probe: Probe) -> None:
    year, key = edition(probe, "open"), new_id()
    condition = condition_there(probe, year)
    line = a_dossier(probe, year)["services"][0]
    for changes, pointer, code in (
        ({"edition": year + 1}, "/edition", "bad_choice"),
        ({"authority": NOBODY}, "/authority", "bad_choice"),
        ({"statement": None}, "/statement", "required"),
        ({"answers": 3}, "/answers", "bad_type"),
        ({"answers": "a\r\nb"}, "/answers", "not_canonical"),
        ({"email": "maire@ville.example"}, "/email", "unknown_field"),
        ({"services": [{**line, "hash": "x"}]}, "/services/0/hash", "not_canonical"),
        ({"services": [{**line, "title": "x" * 256}]}, "/services/0/title", "too_long"),
        (
            {"services": [{**line, "reference_services": ["b", "a"]}]},
            "/services/0/reference_services",
            "not_canonical",
        ),
        (
            {"signed_off": [{"role": "mayor", "on": "2024-02-29"}]},
            "/signed_off/0/role",
            "bad_choice",
        ),
        ({"signed_off": [{"role": "elected", "on": "29/02/2024"}]}, "/signed_off/0/on", "bad_date"),
    ):
        octets = octets_of(a_dossier(probe, year, **changes))
        refused = put(probe, year, octets, condition, key=key).expect(422)
        said = [(each.get("pointer"), each.get("code")) for each in refused.get("errors") or ()]
        expect(_("errors of {pointer}").format(pointer=pointer), [[pointer, code]], _listed(said))
    taken(probe, year, octets_of(a_dossier(probe, year)), condition, key=key)
    expect("key", key, found(probe, year).expect(200).get("key"))


def _listed(pairs: list[tuple[Any, Any]]) -> list[list[Any]]:
    return [list(pair) for pair in pairs]


@check(SIZES, _("A dossier may have 8 MiB, and no octet more: 413."))
def dossier_size(probe: Probe) -> None:
    put(probe, NO_EDITION, b" " * (dossiers.MAX_OCTETS + 1), {}).expect(413)
    encoded = put(probe, NO_EDITION, b"{}", {}, headers={"Content-Encoding": "gzip"})
    encoded.expect(415)
    year = edition(probe, "open")
    bare = octets_of(a_dossier(probe, year))
    octets = bare + b" " * (dossiers.MAX_OCTETS - len(bare))
    receipt = file(probe, year, octets).get("receipt")
    expect("sha256", hashlib.sha256(octets).hexdigest(), receipt["sha256"])
