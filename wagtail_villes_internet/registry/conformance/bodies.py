"""What a registry refuses of a body."""

import json

from django.utils.translation import gettext_lazy as _

from .checks import EPOCH, ERRORS, SERVICE, SIZES, check
from .probe import Mismatch, Probe, expect, new_id, replaced

# What is changed of a good body, and what must be said of it.
REFUSED: list[tuple[dict[str, object], str, str]] = [
    ({"kind": "robot"}, "/kind", "bad_choice"),
    ({"title": ""}, "/title", "required"),
    ({"title": None}, "/title", "required"),
    ({"title": "x" * 256}, "/title", "too_long"),
    ({"title": 7}, "/title", "bad_type"),
    ({"title": "e\u0301"}, "/title", "not_canonical"),
    ({"title": "a\r\nb"}, "/title", "not_canonical"),
    ({"summary": "x" * 501}, "/summary", "too_long"),
    ({"description": "<b>x</b>"}, "/description", "bad_html"),
    ({"description": "<p>x"}, "/description", "bad_html"),
    ({"description": '<a href="/x">x</a>'}, "/description", "bad_html"),
    ({"description": "a & b"}, "/description", "bad_html"),
    ({"description": "x" * 20_001}, "/description", "too_long"),
    ({"url": "/x"}, "/url", "bad_url"),
    ({"url": "javascript:alert(1)"}, "/url", "bad_url"),
    ({"public": "true"}, "/public", "bad_type"),
    ({"reference_services": []}, "/reference_services", "required"),
    ({"status": "x"}, "/status", "bad_choice"),
    ({"started_on": "2024-02-30"}, "/started_on", "bad_date"),
    ({"started_on": "20240101"}, "/started_on", "bad_date"),
    ({"started_on": 7}, "/started_on", "bad_type"),
    ({"started_on": "2024-02-01", "ended_on": "2024-01-01"}, "/ended_on", "bad_order"),
    ({"provider": "x"}, "/provider", "bad_choice"),
    ({"audiences": ["families", "martians"]}, "/audiences/1", "bad_choice"),
    ({"audiences": ["youth", "agents"]}, "/audiences", "not_canonical"),
    ({"audiences": ["youth", "youth"]}, "/audiences", "not_canonical"),
    ({"audiences": [f"x{number:02}" for number in range(51)]}, "/audiences", "too_many"),
    ({"interactions": "pay"}, "/interactions", "bad_type"),
    ({"offline_alternative": "x" * 501}, "/offline_alternative", "too_long"),
    ({"location": "Lunel"}, "/location", "bad_type"),
    ({"location": {"lat": "43.67", "lon": "4.000000"}}, "/location/lat", "bad_location"),
    ({"location": {"lat": "43.000000", "lon": "-0.000000"}}, "/location/lon", "bad_location"),
    ({"etag": '"x"'}, "/etag", "unknown_field"),
]


@check(SERVICE, _("What breaks the rules of a service is refused, field by field."))
def field_rules(probe: Probe) -> None:
    for changes, pointer, code in REFUSED:
        refused = probe.put(new_id(), probe.body(**changes))
        if refused.status == 201:
            raise Mismatch(f"{pointer}, {code}", 422, f"201: {json.dumps(changes)}")
        refused.expect(422)
        errors = refused.get("errors")
        said = [
            (error.get("pointer"), error.get("code"))
            for error in (errors if isinstance(errors, list) else [])
            if isinstance(error, dict)
        ]
        if (pointer, code) not in said:
            raise Mismatch(f"errors: {json.dumps(changes)[:60]}", f"{pointer} {code}", said)


@check(SERVICE, _("Every field is always there: one that is missing is “required”."))
def field_missing(probe: Probe) -> None:
    for name in probe.body():
        body = {given: value for given, value in probe.body().items() if given != name}
        refused = probe.put(new_id(), body).expect(422)
        if {(error["pointer"], error["code"]) for error in refused.get("errors") or []} != {
            (f"/{name}", "required")
        }:
            raise Mismatch("errors", f"/{name} required", refused.get("errors"))


@check(ERRORS, _("A code of no matrix is a 422 of the type /unknown-code, with the version."))
def unknown_code(probe: Probe) -> None:
    codes = sorted([probe.code, "zz-conformance-unknown"])
    refused = probe.put(new_id(), probe.body(reference_services=codes))
    refused.expect(422, "/unknown-code", epoch=probe.epoch())
    if "matrix_version" not in refused.members:
        raise Mismatch("matrix_version", "…", None)
    worse = probe.put(new_id(), probe.body(reference_services=codes, title="")).expect(422)
    if str(worse.get("type")).endswith("/unknown-code"):
        raise Mismatch("type", _("another type: the title is at fault too"), worse.get("type"))


@check(ERRORS, _("What is not JSON in UTF-8, or names a member twice, is refused with 400."))
def not_json(probe: Probe) -> None:
    twice = json.dumps(probe.body())[:-1] + ', "title": "x"}'
    for octets in (b"", b"{", b'{"title": NaN}', b'{"title": "\xe9"}', twice.encode()):
        probe.put(new_id(), octets).expect(400)


@check(SIZES, _("A body above one mebibyte is refused with 413, a coded one with 415."))
def sizes(probe: Probe) -> None:
    octets = json.dumps(probe.body()).encode()
    probe.put(new_id(), octets.ljust(1024 * 1024)).expect(201)
    probe.put(new_id(), octets.ljust(1024 * 1024 + 1)).expect(413)
    probe.put(new_id(), octets, headers={"Content-Encoding": "gzip"}).expect(415)


@check(EPOCH, _("Every answer about services carries the epoch, errors included."))
def epoch(probe: Probe) -> None:
    current = probe.epoch()
    created = probe.create()
    id = created.get("id")
    for reply in (
        created,
        probe.read(id),
        probe.get(probe.services),
        probe.get(probe.services, since=0),
        probe.get(probe.services, limit=0),
        probe.put(id, probe.body()),
        probe.put(id, probe.body(), {}),
        probe.put(id, probe.body(title=""), replaced(created)),
        probe.put(id, b"{", replaced(created)),
        probe.batch(),
        probe.delete(id, replaced(created)),
    ):
        expect(f"epoch ({reply.status})", current, reply.get("epoch"))
