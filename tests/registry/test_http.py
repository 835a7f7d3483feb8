"""The contract over HTTP: what is asked, and what the answers mean."""

import json
from datetime import UTC, date, datetime

import pytest
from django.test import override_settings
from django.utils.http import http_date

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.registry.types import (
    AuthoritySummary,
    RemoteAward,
    RemoteAxis,
    RemoteDistinction,
    RemoteEdition,
    RemoteMatrix,
    RemoteReferenceService,
    RemoteService,
    RemoteTheme,
    Tombstone,
    Written,
)

from .hostile import answer, hostile, problem
from .values import EPOCH, HASH, ID, SIREN, a_body, delete, put, representation, service_id

WHO = {"siren": SIREN, "insee": "34145", "name": "Lunel", "kind": "commune", "url": ""}
CHANGES = {
    "epoch": EPOCH,
    "sequence": 41,
    "awards_etag": '"a1"',
    "dossiers_etag": '"d1"',
    "matrix_version": "2026",
    "matrix_etag": '"m1"',
    "editions_etag": '"e1"',
}
WRITTEN = {**representation(), "sequence": 8, "epoch": EPOCH}
TOMBSTONE = {"id": ID, "deleted": True, "sequence": 9, "key": "key-d"}


def test_a_summary_says_who_and_what_may_have_changed(client, token):
    with hostile(answer(200, {**WHO, **CHANGES})) as server:
        found = client(server).summary(SIREN)

        assert found == AuthoritySummary(
            SIREN, "34145", "Lunel", "commune", "", EPOCH, 41,
            '"a1"', '"d1"', "2026", '"m1"', '"e1"',
        )  # fmt: skip
        asked = server.exchanges[0]
        assert asked.line == f"GET /api/v1/authorities/{SIREN} HTTP/1.1"
        assert asked.headers["Authorization"] == f"Bearer {token}"


def test_without_a_token_a_summary_says_who(client):
    with hostile(answer(200, WHO)) as server, override_settings(WAGTAIL_VILLES_INTERNET={}):
        found = client(server).summary(SIREN)

        assert found == AuthoritySummary(SIREN, "34145", "Lunel", "commune", "")
        assert server.exchanges[0].headers["Authorization"] is None


def test_every_request_says_who_asks_and_wants_nothing_compressed(client):
    with hostile(answer(200, {"items": [], "etag": '"e1"'})) as server:
        client(server).editions()

        asked = server.exchanges[0].headers
        assert asked["User-Agent"].startswith("wagtail-villes-internet/")
        assert "(+https://" in asked["User-Agent"]
        assert asked["Accept-Encoding"] == "identity"
        assert asked["Accept"] == "application/json, application/problem+json"


def test_editions(client):
    body = {
        "items": [
            {
                "year": 2024,
                "ordinal": 25,
                "opens_at": "2023-09-01T00:00:00+02:00",
                "closes_at": "2023-11-30T22:59:59Z",
                "ceremony_on": "2024-02-08",
                "place": "Montrouge",
                "labelled_count": 257,
                "state": "published",
            },
            {
                "year": 2025,
                "ordinal": None,
                "opens_at": None,
                "closes_at": None,
                "ceremony_on": None,
                "place": None,
                "labelled_count": None,
                "state": "upcoming",
            },
        ],
        "etag": '"e2"',
    }
    with hostile(answer(200, body)) as server:
        found = client(server).editions()

    assert found.etag == '"e2"'
    assert found.value[0] == RemoteEdition(
        2024,
        25,
        datetime(2023, 8, 31, 22, 0, tzinfo=UTC),
        datetime(2023, 11, 30, 22, 59, 59, tzinfo=UTC),
        date(2024, 2, 8),
        "Montrouge",
        257,
        "published",
    )
    assert found.value[1] == RemoteEdition(2025, None, None, None, None, None, None, "upcoming")


def test_awards(client):
    item = {
        "id": "a-2024",
        "edition": 2024,
        "standing": "labelled",
        "level": 5,
        "distinctions": [
            {"name": "Arobase verte", "valid_until": "2026-06-30"},
            {"name": "Inclusion", "valid_until": None},
        ],
        "source_url": "https://registre.example/palmares/2024",
    }
    with hostile(answer(200, {"items": [item], "etag": '"a1"'})) as server:
        found = client(server).awards(SIREN)

    assert found.value == (
        RemoteAward(
            "a-2024",
            2024,
            "labelled",
            5,
            (
                RemoteDistinction("Arobase verte", date(2026, 6, 30)),
                RemoteDistinction("Inclusion", None),
            ),
            "https://registre.example/palmares/2024",
        ),
    )


def test_the_matrix(client):
    service = {"code": "s1", "label": "Service", "replaces": ["s0"]}
    theme = {"code": "t1", "label": "Enjeu", "services": [service]}
    body = {
        "version": "2026",
        "official": True,
        "axes": [{"code": "x1", "label": "Axe", "themes": [theme]}],
        "etag": '"m1"',
    }
    with hostile(answer(200, body)) as server:
        found = client(server).matrix(version="2026/é").value

        assert found == RemoteMatrix(
            "2026",
            True,
            (
                RemoteAxis(
                    "x1",
                    "Axe",
                    (
                        RemoteTheme(
                            "t1", "Enjeu", (RemoteReferenceService("s1", "Service", ("s0",)),)
                        ),
                    ),
                ),
            ),
        )
        assert found.codes == {"s1"}
        assert server.exchanges[0].line == "GET /api/v1/matrix/2026%2F%C3%A9 HTTP/1.1"


@pytest.mark.parametrize("read", ["editions", "matrix", "awards"])
def test_what_did_not_change_is_not_read_again(client, read):
    with hostile(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n") as server:
        registry = client(server)
        siren = (SIREN,) if read == "awards" else ()

        assert getattr(registry, read)(*siren, etag='"known"') is None
        assert server.exchanges[0].headers["If-None-Match"] == '"known"'
        assert server.exchanges[0].headers["Authorization"] is None


def test_a_304_that_nobody_asked_for_is_no_answer_to_rely_on(client):
    with hostile(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n") as server:
        registry = client(server)
        with pytest.raises(errors.Rejected) as caught:
            registry.editions()

    assert caught.value.status == 304


def test_a_page_of_the_feed(client, token):
    items = [representation(), {**TOMBSTONE, "id": service_id(2)}]
    body = {"epoch": EPOCH, "items": items, "sequence": 9, "more": True}

    with hostile(answer(200, body)) as server:
        page = client(server).feed(SIREN, since=6, epoch=EPOCH, limit=2)

        assert page.items == (
            RemoteService(ID, '"v1"', HASH, "key-1", 7, a_body()),
            Tombstone(service_id(2), 9, "key-d"),
        )
        assert (page.epoch, page.sequence, page.more) == (EPOCH, 9, True)
        asked = server.exchanges[0]
        assert asked.line == (
            f"GET /api/v1/authorities/{SIREN}/services?since=6&limit=2&epoch={EPOCH} HTTP/1.1"
        )
        assert asked.headers["Authorization"] == f"Bearer {token}"


def test_the_feed_is_followed_from_the_start_without_an_epoch(client):
    body = {"epoch": EPOCH, "items": [], "sequence": 0, "more": False}

    with hostile(answer(200, body)) as server:
        assert client(server).feed(SIREN, epoch=EPOCH).items == ()
        assert "epoch" not in server.exchanges[0].line


def test_one_service_comes_with_its_epoch(client):
    with hostile(answer(200, WRITTEN)) as server:
        found = client(server).service(SIREN, ID)

        assert found == RemoteService(ID, '"v1"', HASH, "key-1", 8, a_body(), EPOCH)
        assert server.exchanges[0].line.split()[1].endswith(f"/services/{ID}")


def test_a_creation_is_sent_as_it_was_frozen(client, token):
    attempt = put(title="Été", key='a key, with  spaces')  # fmt: skip
    reply = {**WRITTEN, "key": attempt.key}

    with hostile(answer(201, reply)) as server:
        written = client(server).write(SIREN, attempt)

        assert written == Written(ID, 201, '"v1"', HASH, attempt.key, 8, EPOCH, False, False)
        asked = server.exchanges[0]
        assert asked.line == f"PUT /api/v1/authorities/{SIREN}/services/{ID} HTTP/1.1"
        assert asked.body == attempt.body.encode()
        assert asked.headers["Idempotency-Key"] == f'"{attempt.key}"'
        assert asked.headers["If-None-Match"] == "*"
        assert asked.headers["If-Match"] is None
        assert asked.headers["Content-Type"] == "application/json"
        assert asked.headers["Authorization"] == f"Bearer {token}"


def test_a_replacement_names_the_state_it_replaces(client):
    with hostile(answer(200, WRITTEN, Idempotency_Replayed="true")) as server:
        written = client(server).write(SIREN, put(if_match='"v0"'))

        assert written.replayed is True
        assert server.exchanges[0].headers["If-Match"] == '"v0"'
        assert server.exchanges[0].headers["If-None-Match"] is None


def test_a_withdrawal(client):
    with hostile(answer(200, {**TOMBSTONE, "epoch": EPOCH})) as server:
        written = client(server).write(SIREN, delete(ID, '"v1"'))

        assert written == Written(ID, 200, None, None, "key-d", 9, EPOCH, False, True)
        asked = server.exchanges[0]
        assert asked.line.startswith("DELETE ")
        assert asked.headers["If-Match"] == '"v1"'
        assert asked.headers["Content-Type"] is None
        assert asked.body == b""


@pytest.mark.parametrize(
    "change",
    [
        {"id": service_id(3)},
        {"key": "another-key"},
        {"key": None},
        {"etag": 'W/"v1"'},
        {"hash": HASH.upper()},
        {"epoch": None},
        {"sequence": "8"},
        {"sequence": True},
        {"sequence": 2**53},
    ],
)
def test_an_answer_to_another_write_is_no_answer(client, change):
    with hostile(answer(200, {**WRITTEN, **change})) as server, pytest.raises(errors.Unparsable):
        client(server).write(SIREN, put(if_match='"v0"'))


@pytest.mark.parametrize("status", [202, 203, 206, 226])
def test_another_success_is_no_success(client, status):
    with hostile(answer(status, WRITTEN)) as server, pytest.raises(errors.Rejected) as caught:
        client(server).write(SIREN, put())

    assert caught.value.status == status


@pytest.mark.parametrize("deleted", [False, None])
def test_a_withdrawal_that_withdrew_nothing_is_no_answer(client, deleted):
    reply = answer(200, {**TOMBSTONE, "deleted": deleted, "epoch": EPOCH})

    with hostile(reply) as server, pytest.raises(errors.Unparsable):
        client(server).write(SIREN, delete(ID, '"v1"'))


def test_a_withdrawal_creates_nothing(client):
    with hostile(answer(201, TOMBSTONE)) as server, pytest.raises(errors.Rejected):
        client(server).write(SIREN, delete(ID, '"v1"'))


PLAIN = {
    "401": (problem(401), errors.Unauthorized),
    "401 by anybody": (answer(401, b"no", content_type="text/plain"), errors.Unauthorized),
    "403": (problem(403), errors.Forbidden),
    "service unknown": (problem(404, "service-unknown"), errors.UnknownService),
    "not known": (problem(404, "not-known"), errors.NotKnown),
    "bare 404": (problem(404), errors.Unreachable),
    "404 of another type": (problem(404, "page-missing"), errors.Unreachable),
    "404 of HTML": (answer(404, b"<h1>", content_type="text/html"), errors.Unreachable),
    "bare 410": (problem(410), errors.Unreachable),
    "410 of HTML": (answer(410, b"<h1>", content_type="text/html"), errors.Unreachable),
    "type of another status": (problem(404, "service-withdrawn"), errors.Unreachable),
    "404 unknown, as JSON that is no problem": (
        answer(404, {"type": "/service-unknown"}, content_type="application/json"),
        errors.Unreachable,
    ),
    "408": (problem(408), errors.Busy),
    "425": (problem(425), errors.Busy),
    "429": (problem(429), errors.Busy),
    "500": (problem(500), errors.Busy),
    "503": (answer(503, b"<h1>Maintenance", content_type="text/html"), errors.Busy),
    "599": (problem(599), errors.Busy),
    "in progress": (problem(409, "in-progress"), errors.InProgress),
    "campaign closed": (problem(409, "campaign-closed"), errors.CampaignClosed),
    "another 409": (problem(409), errors.Rejected),
    "412": (problem(412), errors.PreconditionFailed),
    "412 by anybody": (answer(412, b"", content_type="text/plain"), errors.PreconditionFailed),
    "key reused": (problem(422, "key-reused"), errors.KeyReused),
    "unknown code": (problem(422, "unknown-code"), errors.UnknownCode),
    "400": (problem(400), errors.Rejected),
    "405": (problem(405), errors.Rejected),
    "413": (problem(413), errors.Rejected),
    "415": (problem(415), errors.Rejected),
    "422": (problem(422), errors.Rejected),
    "422 of no JSON": (answer(422, b"{"), errors.Rejected),
    "422 of another shape": (answer(422, []), errors.Rejected),
    "428": (problem(428), errors.Rejected),
    "451": (problem(451), errors.Rejected),
    "sequence gone without an epoch": (problem(410, "sequence-gone"), errors.Unreachable),
    "withdrawn without a tombstone": (problem(410, "service-withdrawn"), errors.Unparsable),
}


@pytest.mark.parametrize(("reply", "expected"), PLAIN.values(), ids=PLAIN)
def test_a_refusal_means_what_the_contracts_table_says(client, reply, expected):
    with hostile(reply) as server, pytest.raises(errors.RegistryError) as caught:
        client(server).write(SIREN, put())

    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "kind",
    [
        "https://registre.example/errors/service-unknown",
        "/service-unknown",
        "tag:registre.example,2026:errors/service-unknown",
        "https://registre.example/service-unknown?lang=fr",
        "https://registre.example/service-unknown#top",
    ],
)
def test_a_type_is_known_by_the_end_of_its_path(client, kind):
    with (
        hostile(answer(404, {"type": kind})) as server,
        pytest.raises(errors.UnknownService),
    ):
        client(server).service(SIREN, ID)


@pytest.mark.parametrize(
    "kind",
    [
        "service-unknown",
        "/no-service-unknown",
        "/service-unknown/",
        "/x?y=/service-unknown",
        "/x#/service-unknown",
        "/service-unknown-too",
        None,
        3,
        ["/service-unknown"],
    ],
)
def test_another_type_says_nothing(client, kind):
    with hostile(answer(404, {"type": kind})) as server, pytest.raises(errors.Unreachable):
        client(server).service(SIREN, ID)


def test_a_withdrawn_service_leaves_its_tombstone(client):
    reply = problem(410, "service-withdrawn", epoch=EPOCH, **TOMBSTONE)

    with hostile(reply) as server, pytest.raises(errors.WithdrawnService) as caught:
        client(server).service(SIREN, ID)

    assert caught.value.tombstone == Tombstone(ID, 9, "key-d")
    assert caught.value.epoch == EPOCH


def test_a_feed_that_cannot_be_followed_says_the_new_epoch(client):
    reply = problem(410, "sequence-gone", epoch=EPOCH)

    with hostile(reply) as server, pytest.raises(errors.SequenceGone) as caught:
        client(server).feed(SIREN, since=5, epoch=service_id(9))

    assert caught.value.epoch == EPOCH


@pytest.mark.parametrize(
    ("etag", "expected"), [('"v9"', '"v9"'), (None, None), ('W/"v9"', None), (9, None)]
)
def test_a_failed_precondition_says_what_is_there(client, etag, expected):
    reply = problem(412, epoch=EPOCH, etag=etag)

    with hostile(reply) as server, pytest.raises(errors.PreconditionFailed) as caught:
        client(server).write(SIREN, put(if_match='"v0"'))

    assert (caught.value.etag, caught.value.epoch) == (expected, EPOCH)


def test_field_errors_reach_the_fields(client):
    reply = problem(
        422,
        epoch=EPOCH,
        errors=[
            {"pointer": "/title", "code": "too_long", "detail": "255 au plus"},
            {"pointer": "/audiences/1", "code": "bad_choice"},
        ],
    )
    with hostile(reply) as server, pytest.raises(errors.Rejected) as caught:
        client(server).write(SIREN, put())

    assert caught.value.problems == (
        FieldProblem("/title", "too_long", "255 au plus"),
        FieldProblem("/audiences/1", "bad_choice"),
    )
    assert (caught.value.status, caught.value.epoch) == (422, EPOCH)


@pytest.mark.parametrize(
    "listed",
    [None, "title", {}, [None], [3], [{}], [{"pointer": 3, "code": "x"}], [{"pointer": "/x"}]],
)
def test_field_errors_of_another_shape_are_left_out(client, listed):
    with hostile(problem(422, errors=listed)) as server, pytest.raises(errors.Rejected) as caught:
        client(server).write(SIREN, put())

    assert caught.value.problems == ()


def test_field_errors_without_end_are_cut(client):
    listed = [{"pointer": "/x", "code": "bad_type", "detail": "y" * 5000}] * 1000

    with hostile(problem(422, errors=listed)) as server, pytest.raises(errors.Rejected) as caught:
        client(server).write(SIREN, put())

    assert len(caught.value.problems) == 200
    assert len(caught.value.problems[0].detail) == 500


def test_an_unknown_code_says_which_matrix_the_registry_has(client):
    listed = [{"pointer": "/reference_services/0", "code": "unknown_code"}]
    reply = problem(422, "unknown-code", matrix_version="2025", errors=listed, epoch=EPOCH)

    with hostile(reply) as server, pytest.raises(errors.UnknownCode) as caught:
        client(server).write(SIREN, put())

    assert caught.value.matrix_version == "2025"
    assert caught.value.problems == (FieldProblem("/reference_services/0", "unknown_code"),)


@pytest.mark.parametrize("status", [404, 410, 408, 425, 429, 500, 503])
def test_a_busy_registry_says_when_to_come_back(client, status):
    reply = problem(status, headers={"Retry-After": "120"})

    with hostile(reply) as server, pytest.raises(errors.Unreachable) as caught:
        client(server).write(SIREN, put())

    assert caught.value.retry_after == 120.0


def test_a_date_to_come_back_is_read_on_the_registrys_clock(client):
    wrong_clock = 1_000_000_000
    reply = problem(
        503,
        headers={"Date": http_date(wrong_clock), "Retry-After": http_date(wrong_clock + 90)},
    )

    with hostile(reply) as server, pytest.raises(errors.Busy) as caught:
        client(server).editions()

    assert caught.value.retry_after == 90.0


def test_a_malformed_delay_is_none(client):
    reply = problem(503, headers={"Retry-After": "-5"})

    with hostile(reply) as server, pytest.raises(errors.Busy) as caught:
        client(server).editions()

    assert caught.value.retry_after is None


def test_a_connection_is_kept_for_the_next_request(client):
    kept = answer(200, {"items": [], "etag": '"e1"'}, Connection="keep-alive")

    def twice(exchange):
        exchange.send(kept)
        # The second request arrives on the same connection.
        exchange.connection.recv(65_536)
        exchange.send(kept)

    with hostile(twice) as server:
        registry = client(server)
        registry.editions()
        registry.editions()

        assert len(server.exchanges) == 1


@pytest.mark.parametrize("siren", ["", "21340145", "21340145é", "213401458/x", "٢١٣٤٠١٤٥٨"])
def test_only_a_siren_names_an_authority(client, siren):
    with hostile(b"") as server:
        registry = client(server)
        for call in (
            lambda: registry.summary(siren),
            lambda: registry.awards(siren),
            lambda: registry.feed(siren),
            lambda: registry.service(siren, ID),
            lambda: registry.write(siren, put()),
        ):
            with pytest.raises(errors.Misconfigured):
                call()

        assert server.exchanges == []


def test_without_a_token_nothing_is_declared_nor_read(client):
    with hostile(b"") as server, override_settings(WAGTAIL_VILLES_INTERNET={}):
        registry = client(server)
        for call in (
            lambda: registry.feed(SIREN),
            lambda: registry.service(SIREN, ID),
            lambda: registry.write(SIREN, put()),
        ):
            with pytest.raises(errors.Misconfigured, match="[Tt]oken|jeton"):
                call()

        assert server.exchanges == []


def test_a_service_is_asked_for_by_one_segment_of_the_path(client):
    with hostile(problem(404, "service-unknown")) as server:
        with pytest.raises(errors.UnknownService):
            client(server).service(SIREN, "../../matrix?x")

        assert server.exchanges[0].line.split()[1].endswith("/services/..%2F..%2Fmatrix%3Fx")


ADDRESSES = {
    "https://registre.example/api/v1/": "https://registre.example/api/v1/",
    "https://registre.example/api/v1": "https://registre.example/api/v1/",
    "HTTPS://Registre.Example:443/api/v1//": "https://registre.example/api/v1/",
    "https://registre.example": "https://registre.example/",
    "https://registre.example:8443/é": "https://registre.example:8443/%C3%A9/",
    "https://régistre.example/": "https://xn--rgistre-bya.example/",
    "http://127.0.0.1:8001/api/v1/": "http://127.0.0.1:8001/api/v1/",
    "http://127.9.9.9:80/": "http://127.9.9.9/",
    "http://localhost:8001/": "http://localhost:8001/",
    "http://[::1]:8001/": "http://[::1]:8001/",
}


@pytest.mark.parametrize(("url", "address"), ADDRESSES.items())
def test_an_address_has_one_writing(url, address):
    with HttpRegistry({"url": url}) as registry:
        assert registry.address == address


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"url": None},
        {"url": 3},
        {"url": ""},
        {"url": "registre.example"},
        {"url": "ftp://registre.example/"},
        {"url": "https:///api/"},
        {"url": "https://registre.example:99999/"},
        {"url": "https://[::1/"},
        {"url": "https://user@registre.example/"},
        {"url": "https://user:pass@registre.example/"},
        {"url": "https://registre.example/?key=1"},
        {"url": "https://registre.example/#x"},
        {"url": "http://registre.example/"},
        {"url": "http://10.0.0.1/"},
        {"url": "http://localhost.example/"},
        {"url": "http://0.0.0.0/"},
        {"url": "https://registre.example/", "token": "x"},
        {"url": "https://registre.example/", "timeout": 0},
        {"url": "https://registre.example/", "timeout": "5"},
        {"url": "https://registre.example/", "timeout": True},
        {"url": "https://registre.example/", "timeout": (1, 2, 3)},
        {"url": "https://registre.example/", "timeout": float("nan")},
        {"url": "https://registre.example/", "deadline": 61},
        {"url": "https://registre.example/", "deadline": None},
        {"url": "https://registre.example/", "max_bytes": 0},
        {"url": "https://registre.example/", "max_bytes": 1.5},
        {"url": "https://registre.example/", "max_depth": True},
    ],
)
def test_options_that_lead_to_no_registry(options):
    with pytest.raises(errors.Misconfigured) as caught:
        HttpRegistry(options)

    assert "pass" not in str(caught.value)


def test_time_limits_may_be_two(client):
    with HttpRegistry({"url": "https://registre.example/", "timeout": (3, 7)}) as registry:
        assert registry.transport.timeout == (3, 7)
        assert registry.transport.deadline == 30


def test_proxies_are_for_others_than_this_machine(client, monkeypatch):
    with hostile(b"") as proxy, hostile(answer(200, {"items": [], "etag": '"e"'})) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)

        assert client(server).editions().etag == '"e"'
        assert proxy.exchanges == []


def test_the_body_of_a_write_is_not_rewritten_by_the_client(client):
    """The octets are those that were stored, whatever JSON would make of them."""
    attempt = put()
    odd = type(attempt)(attempt.key, "put", ID, None, json.dumps({"b": 1, "a": "é"}, indent=3))

    with hostile(answer(201, WRITTEN)) as server:
        client(server).write(SIREN, odd)

        assert server.exchanges[0].body.decode() == odd.body
