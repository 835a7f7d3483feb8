"""Servers that are slow, broken or hostile: one clear error each, within the time."""

import socket
import time

import pytest
from django.utils.translation import override

from wagtail_villes_internet.bounded import BoundedSocket, within
from wagtail_villes_internet.registry.errors import (
    RedirectRefused,
    RegistryError,
    Unparsable,
    Unreachable,
)
from wagtail_villes_internet.registry.http import HttpRegistry

from .conftest import DEADLINE
from .hostile import CERTIFICATE, Exchange, answer, hostile
from .values import EPOCH, HASH, ID, SIREN, put

EDITIONS = {"items": [], "etag": '"e1"'}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Generous to a busy machine, and far from what a client without a deadline would take.
PATIENCE = DEADLINE + 5


def hang_up(exchange: Exchange) -> None:
    pass


def reset(exchange: Exchange) -> None:
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def say_nothing(exchange: Exchange) -> None:
    exchange.closing.wait(10)


def drip_the_status(exchange: Exchange) -> None:
    exchange.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_a_header(exchange: Exchange) -> None:
    exchange.send(HEAD)
    exchange.drip(b"X")


def drip_headers(exchange: Exchange) -> None:
    exchange.send(HEAD)
    exchange.drip(b"A: b\r\n")


def drip_the_body(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    exchange.drip(b" ")


def drip_chunks(exchange: Exchange) -> None:
    exchange.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    exchange.drip(b"1\r\n \r\n")


@pytest.mark.parametrize(
    "behaviour",
    [say_nothing, drip_the_status, drip_a_header, drip_headers, drip_the_body, drip_chunks],
)
def test_a_server_that_takes_its_time_does_not_take_ours(client, behaviour):
    with hostile(behaviour) as server:
        started = time.monotonic()
        with pytest.raises(Unreachable):
            client(server, deadline=DEADLINE).editions()

        assert time.monotonic() - started < PATIENCE


def test_a_server_that_does_not_read_does_not_take_our_time(client):
    attempt = put(description="x" * 20_000_000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        registry = HttpRegistry(
            {"url": f"http://127.0.0.1:{listener.getsockname()[1]}/", "deadline": DEADLINE}
        )
        started = time.monotonic()
        with registry, pytest.raises(Unreachable):
            registry.write(SIREN, attempt)

        assert time.monotonic() - started < PATIENCE


def test_no_wait_begins_once_the_time_is_over():
    ours, theirs = socket.socketpair()
    with ours, theirs, within(-1), pytest.raises(TimeoutError):
        BoundedSocket(ours).sendall(b"x")


def test_time_is_kept_under_tls_too(client):
    with hostile(drip_a_header, tls=True) as server:
        registry = client(server, deadline=1)
        registry.transport.session.verify = str(CERTIFICATE)
        started = time.monotonic()
        with pytest.raises(Unreachable):
            registry.editions()

        assert time.monotonic() - started < PATIENCE
        assert len(server.exchanges) == 1


def test_a_large_write_passes_under_tls(client):
    reply = {"id": ID, "etag": '"v1"', "hash": HASH, "key": "key-1", "sequence": 1, "epoch": EPOCH}
    attempt = put(description="x" * 1_000_000)

    with hostile(answer(201, reply), tls=True) as server:
        registry = client(server)
        registry.transport.session.verify = str(CERTIFICATE)

        assert registry.write(SIREN, attempt).status == 201
        assert server.exchanges[0].body.decode() == attempt.body


@pytest.mark.parametrize(
    "reply",
    [
        hang_up,
        reset,
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nContent-Type: application/json\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n{}",
        HEAD + b"X: y\r\n" * 200 + b"\r\n{}",
        b"HTTP/1.1 999999 No\r\n\r\n",
    ],
)
def test_no_whole_answer_is_no_answer(client, reply):
    with hostile(reply) as server, pytest.raises(Unreachable) as caught:
        client(server).editions()

    assert type(caught.value) is Unreachable
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    "reply",
    [
        answer(200, b"<!DOCTYPE html><title>Portail captif</title>", content_type="text/html"),
        answer(200, b"<html>", content_type="application/json"),
        answer(200, EDITIONS, content_type="text/plain"),
        answer(200, EDITIONS, content_type="application/json-seq"),
        answer(200, EDITIONS, content_type="application/problem+json"),
        answer(200, b""),
        answer(200, b'{"items": [], "etag": "\\"e1\\""'),
        answer(200, b'{"items": [], "items": [], "etag": "\\"e1\\""}'),
        answer(200, b'{"etag": "\\"e1\\"", "items": ' + b"[" * 200 + b"]" * 200 + b"}"),
        answer(200, b"[" * 200_000),
        answer(200, b'{"items": [], "etag": "\\"e1\\"", "x": NaN}'),
        answer(200, b'{"items": [], "etag": "\\"\xe9\\""}'),
        answer(200, EDITIONS, Content_Encoding="gzip"),
        answer(200, []),
        answer(200, "items"),
        answer(200, {"items": [], "etag": 'W/"e1"'}),
        answer(200, {"items": {}, "etag": '"e1"'}),
        answer(200, {"items": []}),
    ],
)
def test_what_is_not_the_contract_is_not_guessed_at(client, reply):
    with hostile(reply) as server, pytest.raises(Unparsable):
        client(server).editions()


def test_an_endless_answer_is_cut(client):
    def flood(exchange: Exchange) -> None:
        exchange.send(HEAD + b"\r\n[")
        while True:
            exchange.send(b"0," * 32_768)

    with hostile(flood) as server, pytest.raises(Unparsable):
        client(server, max_bytes=1_000_000).editions()


def test_an_answer_is_read_up_to_the_size_one_set(client):
    reply = answer(200, EDITIONS)
    size = len(reply.partition(b"\r\n\r\n")[2])

    with hostile(reply) as server:
        assert client(server, max_bytes=size).editions().value == ()
        with pytest.raises(Unparsable):
            client(server, max_bytes=size - 1).editions()


def test_what_follows_an_answer_is_not_the_next_answer(client):
    """Two answers to one request, on a connection that stays open."""
    first, forged, second = (
        answer(200, {"items": [], "etag": f'"{name}"'}, Connection="keep-alive")
        for name in ("first", "forged", "second")
    )

    def two_at_once(exchange: Exchange) -> None:
        exchange.send(first + forged)
        if exchange.connection.recv(65_536):
            exchange.send(second)

    with hostile(two_at_once, second) as server:
        registry = client(server)

        assert registry.editions().etag == '"first"'
        assert registry.editions().etag == '"second"'


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirection_is_refused_and_not_followed(client, status):
    with (
        hostile(answer(200, EDITIONS)) as elsewhere,
        hostile(answer(status, b"", Location=elsewhere.url)) as server,
    ):
        with pytest.raises(RedirectRefused):
            client(server).write(SIREN, put())

        assert elsewhere.exchanges == []
        assert len(server.exchanges) == 1


@pytest.mark.parametrize("location", ["http://[", "//", "\x80", "javascript:alert(1)", ""])
def test_where_a_redirection_leads_is_not_even_looked_at(client, location):
    reply = answer(302, b"", Location=location)

    with hostile(reply) as server, pytest.raises(RedirectRefused):
        client(server).editions()


def test_the_body_of_a_redirection_is_cut_like_any_other(client):
    def flood(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")
        while True:
            exchange.send(b"x" * 65_536)

    with hostile(flood) as server, pytest.raises(Unparsable):
        client(server, max_bytes=1_000_000).editions()


def test_nobody_at_the_address_is_no_answer(client):
    with hostile(b"") as server:
        port = server.port

    registry = HttpRegistry({"url": f"http://127.0.0.1:{port}/"})

    with registry, pytest.raises(Unreachable) as caught:
        registry.editions()
    assert type(caught.value) is Unreachable


def test_a_cookie_is_never_sent_back(client):
    reply = answer(200, EDITIONS, Set_Cookie="session=1; Path=/")

    with hostile(reply) as server:
        registry = client(server)
        registry.editions()
        registry.editions()

        assert [exchange.headers["Cookie"] for exchange in server.exchanges] == [None, None]


def test_a_certificate_nobody_signed_is_refused_before_anything_is_said(client):
    with hostile(answer(200, EDITIONS), tls=True) as server:
        with override("en"), pytest.raises(Unreachable, match="certificate"):
            client(server).service(SIREN, ID)

        assert server.exchanges == []


def test_a_server_without_tls_never_sees_the_request(client):
    with hostile(b"") as server:
        with pytest.raises(Unreachable):
            client(server, url=server.url.replace("http:", "https:"), deadline=DEADLINE).service(
                SIREN, ID
            )

        assert server.exchanges == []


def test_every_failure_is_of_the_one_hierarchy(client):
    with hostile(hang_up) as server:
        registry = client(server)
        for call in (
            lambda: registry.summary(SIREN),
            lambda: registry.editions(),
            lambda: registry.awards(SIREN),
            lambda: registry.matrix(),
            lambda: registry.feed(SIREN),
            lambda: registry.service(SIREN, ID),
            lambda: registry.write(SIREN, put()),
        ):
            with pytest.raises(RegistryError):
                call()
