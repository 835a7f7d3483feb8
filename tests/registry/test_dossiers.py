"""Dossiers over HTTP: what is asked, what the answers mean, and registries that are hostile."""

import json
import time
from dataclasses import replace
from datetime import datetime

import pytest
from django.test import override_settings

from wagtail_villes_internet.registry import dossiers, errors
from wagtail_villes_internet.registry.decode import Malformed
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.registry.types import DossierWritten, FiledReceipt, StoredDossier

from .conftest import DEADLINE
from .hostile import answer, hostile, problem
from .test_hostile import PATIENCE, drip_the_body, hang_up, reset
from .values import HASH, ID, SIREN, a_dossier, a_filing

YEAR = 2026
RECEIVED = "2026-09-15T10:00:00.250+02:00"
RECEIPT = {"number": "R-1", "received_at": RECEIVED, "sha256": HASH, "key": "key-f"}
OLDER = {"number": "R-0", "received_at": "2026-09-01T08:00:00Z", "sha256": HASH, "key": None}
FILED = {"receipt": RECEIPT, "etag": '"d2"'}
STORED = {"key": "key-f", "dossier": a_dossier(), "receipts": [RECEIPT, OLDER], "etag": '"d2"'}
TYPED = FiledReceipt("R-1", datetime.fromisoformat(RECEIVED), HASH, "key-f")


class TestAsked:
    def test_a_first_filing_sends_the_very_octets(self, client, token):
        filing = replace(a_filing(), octets=b' {"\\u00e9": 1,\n "x":2 } ')
        with hostile(answer(201, FILED)) as server:
            written = client(server).file(SIREN, filing)

            asked = server.exchanges[0]
        assert asked.line == f"PUT /api/v1/authorities/{SIREN}/dossiers/{YEAR} HTTP/1.1"
        assert asked.body == filing.octets
        assert asked.headers["Idempotency-Key"] == '"key-f"'
        assert (asked.headers["If-None-Match"], asked.headers["If-Match"]) == ("*", None)
        assert asked.headers["Content-Type"] == "application/json"
        assert asked.headers["Content-Encoding"] is None
        assert asked.headers["Authorization"] == f"Bearer {token}"
        assert written == DossierWritten(201, '"d2"', TYPED, replayed=False)

    def test_a_later_filing_names_the_state_it_replaces(self, client):
        reply = answer(200, FILED, Idempotency_Replayed="true", ETag='W/"other"')
        with hostile(reply) as server:
            written = client(server).file(SIREN, a_filing(if_match='"d1"'))

            asked = server.exchanges[0].headers
        assert (asked["If-Match"], asked["If-None-Match"]) == ('"d1"', None)
        assert written == DossierWritten(200, '"d2"', TYPED, replayed=True)

    def test_a_dossier_is_read(self, client, token):
        with hostile(answer(200, STORED)) as server:
            found = client(server).dossier(SIREN, YEAR)

            asked = server.exchanges[0]
        assert asked.line == f"GET /api/v1/authorities/{SIREN}/dossiers/{YEAR} HTTP/1.1"
        assert asked.headers["Authorization"] == f"Bearer {token}"
        older = FiledReceipt("R-0", datetime.fromisoformat("2026-09-01T08:00:00Z"), HASH, None)
        assert found == StoredDossier('"d2"', "key-f", a_dossier(), (TYPED, older))

    def test_8_mib_are_sent_and_no_octet_more(self, client):
        filing = replace(a_filing(), octets=b"a" * dossiers.MAX_OCTETS)
        with hostile(answer(201, FILED)) as server:
            registry = client(server)
            assert registry.file(SIREN, filing).status == 201
            assert len(server.exchanges[0].body) == 8 * 1024 * 1024
            with pytest.raises(errors.TooLarge, match="8") as caught:
                registry.file(SIREN, replace(filing, octets=filing.octets + b"a"))

            assert len(server.exchanges) == 1
        assert (caught.value.status, caught.value.problems) == (413, ())

    def test_without_a_token_nothing_is_sent(self, client):
        with hostile(answer(200, STORED)) as server, override_settings(WAGTAIL_VILLES_INTERNET={}):
            registry = client(server)
            for ask in (
                lambda: registry.dossier(SIREN, YEAR),
                lambda: registry.file(SIREN, a_filing()),
                lambda: registry.dossier("1", YEAR),
            ):
                with pytest.raises(errors.RegistryError):
                    ask()
            assert server.exchanges == []

    def test_a_filing_is_not_shown_whole_in_a_log(self):
        assert "guichets" not in repr(a_filing())


REFUSALS = {
    "nothing filed": (problem(404, "dossier-unknown"), errors.UnknownDossier),
    "no such edition": (problem(404, "not-known"), errors.NotKnown),
    "bare 404": (problem(404), errors.Unreachable),
    "404 of HTML": (answer(404, b"<h1>", content_type="text/html"), errors.Unreachable),
    "nothing filed, of another status": (problem(410, "dossier-unknown"), errors.Unreachable),
    "nothing filed, as a 409": (problem(409, "dossier-unknown"), errors.Rejected),
    "closed": (problem(409, "campaign-closed"), errors.CampaignClosed),
    "in progress": (problem(409, "in-progress"), errors.InProgress),
    "412": (problem(412, etag='"d9"'), errors.PreconditionFailed),
    "401": (problem(401), errors.Unauthorized),
    "403": (problem(403), errors.Forbidden),
    "413": (problem(413), errors.Rejected),
    "key reused": (problem(422, "key-reused"), errors.KeyReused),
    "503": (problem(503), errors.Busy),
    "redirection": (answer(307, b"", Location="/elsewhere"), errors.RedirectRefused),
    "permanent redirection": (
        answer(308, b"", Location="https://x.example/"),
        errors.RedirectRefused,
    ),
    "304": (answer(304, b""), errors.Rejected),
    "202": (answer(202, FILED), errors.Rejected),
}


@pytest.mark.parametrize(("reply", "expected"), REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("method", ["file", "dossier"])
def test_a_refusal_means_what_the_contracts_table_says(client, reply, expected, method):
    with hostile(reply) as server, pytest.raises(errors.RegistryError) as caught:
        ask(client(server), method)

    assert type(caught.value) is expected
    assert len(server.exchanges) == 1


def ask(registry: HttpRegistry, method: str) -> object:
    if method == "file":
        return registry.file(SIREN, a_filing())
    return registry.dossier(SIREN, YEAR)


def test_what_is_there_and_what_is_wrong_are_told(client):
    with (
        hostile(problem(412, etag='"d9"')) as server,
        pytest.raises(errors.PreconditionFailed) as failed,
    ):
        client(server).file(SIREN, a_filing())
    reply = problem(422, errors=[{"pointer": "/services/3/title", "code": "too_long"}])
    with hostile(reply) as server, pytest.raises(errors.Rejected) as refused:
        client(server).file(SIREN, a_filing())

    assert failed.value.etag == '"d9"'
    assert refused.value.problems == (FieldProblem("/services/3/title", "too_long"),)


# Answers of the right status that say something else: never a rejection, never a receipt.
def without(value: dict, name: str) -> dict:
    return {key: old for key, old in value.items() if key != name}


RECEIPT_FAULTS = {
    "no number": without(RECEIPT, "number"),
    "an empty number": {**RECEIPT, "number": ""},
    "a number that is one": {**RECEIPT, "number": 1},
    "a number too long to keep": {**RECEIPT, "number": "n" * 256},
    "no instant": without(RECEIPT, "received_at"),
    "an instant without an offset": {**RECEIPT, "received_at": "2026-09-15T10:00:00"},
    "a day": {**RECEIPT, "received_at": "2026-09-15"},
    "an instant after all others": {**RECEIPT, "received_at": "9999-12-31T23:59:59-12:00"},
    "an instant before all others": {**RECEIPT, "received_at": "0001-01-01T00:00:00+14:00"},
    "no such instant": {**RECEIPT, "received_at": "2026-02-30T10:00:00Z"},
    "no hash": without(RECEIPT, "sha256"),
    "a hash in capitals": {**RECEIPT, "sha256": HASH.upper()},
    "a hash cut short": {**RECEIPT, "sha256": HASH[:-1]},
    "a hash too long": {**RECEIPT, "sha256": HASH + "0"},
    "a hash and a line end": {**RECEIPT, "sha256": HASH + "\n"},
    "no key": without(RECEIPT, "key"),
    "an empty key": {**RECEIPT, "key": ""},
    "a receipt that is none": "R-1",
    "no receipt": None,
}


@pytest.mark.parametrize("receipt", RECEIPT_FAULTS.values(), ids=RECEIPT_FAULTS)
def test_a_receipt_is_read_strictly(client, receipt):
    replies = [answer(201, {**FILED, "receipt": receipt})]
    for reply in [*replies, answer(200, {**STORED, "receipts": [receipt, OLDER]})]:
        method = "file" if reply in replies else "dossier"
        with hostile(reply) as server, pytest.raises(errors.Unparsable):
            ask(client(server), method)


@pytest.mark.parametrize("key", ["key-g", "KEY-F", None])
def test_the_answer_to_another_filing_is_not_ours(client, key):
    reply = answer(201, {**FILED, "receipt": {**RECEIPT, "key": key}})

    with hostile(reply) as server, pytest.raises(errors.Unparsable):
        client(server).file(SIREN, a_filing())


def test_a_receipt_for_other_octets_comes_through_to_be_compared(client):
    with hostile(answer(201, {**FILED, "receipt": {**RECEIPT, "sha256": "0" * 64}})) as server:
        assert client(server).file(SIREN, a_filing()).receipt.sha256 == "0" * 64


ANSWER_FAULTS = {
    "no tag": ("file", without(FILED, "etag")),
    "a weak tag": ("file", {**FILED, "etag": 'W/"d2"'}),
    "a service": ("file", {"id": ID, "etag": '"d2"', "hash": HASH, "key": "key-f"}),
    "a list": ("file", [FILED]),
    "read: no tag": ("dossier", without(STORED, "etag")),
    "read: no key": ("dossier", without(STORED, "key")),
    "read: no dossier": ("dossier", without(STORED, "dossier")),
    "read: a dossier that is none": ("dossier", {**STORED, "dossier": "x"}),
    "read: of another year": ("dossier", {**STORED, "dossier": a_dossier(edition=2025)}),
    "read: of a year in words": ("dossier", {**STORED, "dossier": a_dossier(edition="2026")}),
    "read: of another town": ("dossier", {**STORED, "dossier": a_dossier(authority="000000000")}),
    "read: no receipts": ("dossier", without(STORED, "receipts")),
    "read: not one receipt": ("dossier", {**STORED, "receipts": []}),
    "read: receipts that are none": ("dossier", {**STORED, "receipts": {"0": RECEIPT}}),
}


@pytest.mark.parametrize(("method", "body"), ANSWER_FAULTS.values(), ids=ANSWER_FAULTS)
def test_an_answer_of_another_shape_cannot_be_read(client, method, body):
    reply = answer(201 if method == "file" else 200, body)

    with hostile(reply) as server, pytest.raises(errors.Unparsable):
        ask(client(server), method)


GARBAGE = {
    "HTML": answer(200, b"<html>Connectez-vous", content_type="text/html"),
    "JSON that says it is HTML": answer(200, FILED, content_type="text/html"),
    "cut in the middle": answer(200, json.dumps(STORED).encode()[:-20]),
    "shorter than it says": answer(200, STORED)[:-20],
    "nothing": answer(200, b""),
    "a member twice": answer(200, json.dumps(STORED)[:-1].encode() + b', "etag": "\\"d3\\""}'),
    "gzip": answer(200, STORED, Content_Encoding="gzip"),
    "nested without end": answer(200, b'{"dossier":' * 100 + b"1" + b"}" * 100),
    "huge": answer(200, {**STORED, "more": "x" * 3000}),
    "no answer": hang_up,
    "no connection": reset,
}


@pytest.mark.parametrize("reply", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("method", ["file", "dossier"])
def test_garbage_is_never_a_rejection(client, reply, method):
    with hostile(reply) as server, pytest.raises(errors.Unreachable):
        ask(client(server, max_bytes=3000), method)


def test_an_answer_that_never_ends_takes_no_more_than_its_time(client):
    with hostile(drip_the_body) as server:
        started = time.monotonic()
        with pytest.raises(errors.Unreachable):
            client(server, deadline=DEADLINE).file(SIREN, a_filing())
        assert time.monotonic() - started < PATIENCE


def test_a_member_that_the_contract_does_not_name_is_left_alone():
    more = {**STORED, "epoch": "x", "receipts": [{**RECEIPT, "pdf": "https://x.example/"}]}

    assert dossiers.stored(more, SIREN, YEAR).receipts == (TYPED,)


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_what_is_no_answer_is_malformed(data):
    with pytest.raises(Malformed):
        dossiers.stored(data, SIREN, YEAR)
    with pytest.raises(Malformed):
        dossiers.written(data, a_filing(), status=201, replayed=False)
