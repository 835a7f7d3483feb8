"""Registries whose answers arrive whole, and lie: bounded time, requests and memory, no token lost.

How the octets arrive is told in `test_hostile`.
"""

import time
import tracemalloc

import pytest
from django.utils.http import http_date

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.retry import DAY

from .conftest import DEADLINE
from .hostile import Exchange, answer, hostile, problem
from .test_hostile import HEAD, PATIENCE, drip_the_body, hang_up, reset
from .values import EPOCH, ID, SIREN, put, representation, service_id

GOOD = answer(200, {"items": [], "etag": '"good"'})


def feed(*items: dict, sequence: int, more: bool = False) -> bytes:
    return answer(200, {"epoch": EPOCH, "items": items, "sequence": sequence, "more": more})


def item(number: int, sequence: int) -> dict[str, object]:
    return representation(id=service_id(number), sequence=sequence)


class TestAFeed:
    @pytest.mark.parametrize(
        "reply",
        [
            feed(sequence=10, more=True),  # for ever, without a step
            feed(sequence=3),  # goes back
            feed(item(1, 3), sequence=3),  # goes back, with something
            feed(item(1, 10), sequence=10, more=True),  # says again what was read
            feed(item(1, 12), item(2, 11), sequence=11),  # out of order
            feed(item(1, 11), item(1, 12), sequence=12),  # one thing twice
            feed(item(1, 11), sequence=900),  # would step over what is not told
            feed(item(1, 11), sequence=10, more=True),
            feed(item(1, 2**60), sequence=2**60),  # nothing would ever come after
        ],
    )
    def test_that_would_lead_astray_is_not_followed(self, client, token, reply):
        with hostile(reply) as server:
            with pytest.raises(errors.Unparsable):
                client(server).feed(SIREN, since=10, epoch=EPOCH)

            assert len(server.exchanges) == 1

    @pytest.mark.parametrize("epoch", [None, "", "x", EPOCH + "0", 7, "../" + EPOCH])
    def test_of_no_epoch_is_not_read(self, client, token, epoch):
        body = {"epoch": epoch, "items": [], "sequence": 10, "more": False}
        with hostile(answer(200, body)) as server, pytest.raises(errors.Unparsable):
            client(server).feed(SIREN, since=10, epoch=EPOCH)

    def test_that_is_gone_without_an_epoch_cannot_be_begun_again(self, client, token):
        with (
            hostile(problem(410, "sequence-gone")) as server,
            pytest.raises(errors.Unreachable) as caught,
        ):
            client(server).feed(SIREN, since=10, epoch=EPOCH)

        assert not isinstance(caught.value, errors.SequenceGone)


class TestADelay:
    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize(
        "value", ["86401", "9" * 19, "9" * 5_000, http_date(2**33), "Fri, 31 Dec 9999 23:59:59 GMT"]
    )
    def test_of_years_is_a_day(self, client, token, status, value):
        with (
            hostile(problem(status, headers={"Retry_After": value})) as server,
            pytest.raises(errors.Busy) as caught,
        ):
            client(server).write(SIREN, put())

        assert caught.value.retry_after == DAY

    @pytest.mark.parametrize("value", ["-1", "1e9", "soon", "٣", "0x10", "1;2", "", "Fri, 99 Foo"])
    def test_that_means_nothing_is_none(self, client, token, value):
        with (
            hostile(problem(503, headers={"Retry_After": value})) as server,
            pytest.raises(errors.Busy) as caught,
        ):
            client(server).write(SIREN, put())

        assert caught.value.retry_after is None

    def test_that_is_over_is_no_delay(self, client, token):
        long_ago = {"Retry_After": http_date(0), "Date": http_date(1_000_000)}
        with (
            hostile(problem(503, headers=long_ago)) as server,
            pytest.raises(errors.Busy) as caught,
        ):
            client(server).write(SIREN, put())

        assert caught.value.retry_after == 0


def half_open(exchange: Exchange) -> None:
    """Announces more than it sends, and leaves the connection standing."""
    exchange.send(HEAD + b"Content-Length: 100\r\n\r\n{")
    exchange.closing.wait(10)


def without_an_end(exchange: Exchange) -> None:
    """Everything is there, but that it is everything."""
    exchange.send(HEAD + b"\r\n" + GOOD.partition(b"\r\n\r\n")[2])
    exchange.closing.wait(10)


def trailers_for_ever(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    exchange.drip(b"A: b\r\n")


def a_size_for_ever(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    exchange.drip(b"0")


@pytest.mark.parametrize(
    "behaviour", [half_open, without_an_end, trailers_for_ever, a_size_for_ever]
)
def test_an_answer_without_an_end_ends(client, behaviour):
    with hostile(behaviour) as server:
        started = time.monotonic()
        with pytest.raises(errors.Unreachable):
            client(server, deadline=DEADLINE).editions()

        assert time.monotonic() - started < PATIENCE


def flood(exchange: Exchange) -> None:
    exchange.send(HEAD + b"\r\n[")
    while True:
        exchange.send(b"0," * 32_768)


def one_great_chunk(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n7fffffffffff\r\n[")
    while True:
        exchange.send(b"0," * 32_768)


def a_promise(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Content-Length: 9999999999999\r\n\r\n[")
    while True:
        exchange.send(b"0," * 32_768)


@pytest.mark.parametrize("behaviour", [flood, one_great_chunk, a_promise])
def test_a_flood_takes_no_more_memory_than_was_allowed(client, behaviour):
    most = 1_000_000
    with hostile(behaviour) as server:
        registry = client(server, max_bytes=most)
        tracemalloc.start()
        try:
            with pytest.raises(errors.Unparsable):
                registry.editions()
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 4 * most


@pytest.mark.parametrize(
    "octets",
    [
        b"[" * 5_000_000,
        b'{"a":' * 1_000_000,
        b'{"items": [], "etag": "\\"e\\"", "x": ' + b"[" * 50 + b"]" * 50 + b"}",
        b'{"items": [], "etag": "\\"e\\"", "x": 1' + b"0" * 1_000_000 + b"}",
        b'{"items": [], "etag": "\\"e\\"", "x": "' + b"\\ud800" * 10 + b'"}',
    ],
)
def test_a_text_made_to_exhaust_a_reader_is_put_down(client, octets):
    with hostile(answer(200, octets)) as server:
        started = time.monotonic()
        with pytest.raises(errors.Unparsable):
            client(server).editions()

        assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400, "1.5", '"7"', "true"])
def test_a_sequence_that_is_no_number_of_ours_is_not_kept(client, token, number):
    text = feed(sequence=7).replace(b'"sequence": 7', f'"sequence": {number}'.encode())
    body = text.partition(b"\r\n\r\n")[2]
    with hostile(answer(200, body)) as server, pytest.raises(errors.Unparsable):
        client(server).feed(SIREN)


@pytest.mark.parametrize(
    "etag", ['"a"\r\nX: y', '"a\nb"', 'W/"a"', '"a", "b"', "*", '""x', '"' + "a" * 300 + '"', ""]
)
def test_a_tag_that_would_forge_a_header_is_not_kept(client, token, etag):
    body = {**representation(etag=etag), "epoch": EPOCH}
    with hostile(answer(200, body)) as server, pytest.raises(errors.Unparsable):
        client(server).service(SIREN, ID)


@pytest.mark.parametrize(
    "headers",
    [
        {"Refresh": "0; url={elsewhere}"},
        {"Link": '<{elsewhere}>; rel="next"'},
        {"Alt_Svc": 'h2="{host}"; ma=86400'},
        {"Content_Location": "{elsewhere}"},
        {"Location": "{elsewhere}"},
        {"Set_Cookie": "a=b; Domain=127.0.0.1"},
    ],
)
def test_no_answer_sends_the_token_elsewhere(client, token, headers):
    with hostile(GOOD) as elsewhere:
        host = f"127.0.0.1:{elsewhere.port}"
        given = {
            name: value.format(elsewhere=elsewhere.url, host=host)
            for name, value in headers.items()
        }
        with hostile(problem(503, headers=given)) as server:
            registry = client(server)
            for _ in range(2):
                with pytest.raises(errors.Busy):
                    registry.write(SIREN, put())

            asked = server.exchanges
            assert [each.headers["Authorization"] for each in asked] == [f"Bearer {token}"] * 2
        assert elsewhere.exchanges == []


@pytest.mark.parametrize("challenge", ["Basic", "Digest", "Negotiate"])
def test_a_challenge_is_answered_with_nothing(client, token, challenge):
    reply = problem(401, headers={"WWW_Authenticate": f'{challenge} realm="x", nonce="y"'})
    with hostile(reply) as server:
        with pytest.raises(errors.Unauthorized):
            client(server).write(SIREN, put())

        assert len(server.exchanges) == 1


@pytest.mark.parametrize("behaviour", [hang_up, reset, drip_the_body, flood, b"SSH-2.0\r\n"])
def test_what_went_wrong_leaves_nothing_behind_for_the_next_request(client, behaviour):
    with hostile(behaviour, GOOD) as server:
        registry = client(server, deadline=1, max_bytes=100_000)
        with pytest.raises(errors.Unreachable):
            registry.editions()
        # The server is one at a time: it must first have done with the other.
        registry.transport.deadline = 20
        registry.transport.timeout = (20, 20)

        assert registry.editions().etag == '"good"'
