"""How an answer may arrive.

Each takes the place of an honest one, which was given nevertheless: what the request did at the
registry is done. `altered` makes whole answers that lie.
"""

import json
from collections.abc import Callable

from tests.registry.hostile import Exchange, answer, problem

from .gateway import Behaviour, body_of, reset, wait_for_hang_up

Honest = Callable[[], bytes]


def nothing(exchange: Exchange, honest: Honest) -> None:
    honest()


def reset_in_mid_body(exchange: Exchange, honest: Honest) -> None:
    octets = honest()
    exchange.send(octets[: -len(body_of(octets)) // 2])
    reset(exchange)


def half_open(exchange: Exchange, honest: Honest) -> None:
    octets = honest()
    exchange.send(octets[: -len(body_of(octets)) // 2])
    wait_for_hang_up(exchange)


def one_octet_at_a_time(exchange: Exchange, honest: Honest) -> None:
    head = honest().partition(b"\r\n\r\n")[0]
    exchange.drip(head + b"\r\n\r\n" + b" " * 100)


def longer_than_it_is(exchange: Exchange, honest: Honest) -> None:
    exchange.send(answer(200, body_of(honest()), Content_Length="100000"))


def shorter_than_it_is(exchange: Exchange, honest: Honest) -> None:
    exchange.send(answer(200, body_of(honest()), Content_Length="10"))


def without_an_end(exchange: Exchange, honest: Honest) -> None:
    honest()
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        exchange.send(b"0," * 32_768)


def deep(exchange: Exchange, honest: Honest) -> None:
    honest()
    exchange.send(answer(200, b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"))


def of_another_type(exchange: Exchange, honest: Honest) -> None:
    exchange.send(answer(200, body_of(honest()), content_type="text/html"))


def a_word_for_another(exchange: Exchange, honest: Honest) -> None:
    exchange.send(answer(200, {"items": [], "etag": '"x"', "epoch": None}))
    honest()


def not_found(exchange: Exchange, honest: Honest) -> None:
    honest()
    exchange.send(answer(404, b"<h1>Not found</h1>", content_type="text/html"))


def wait_a_century(exchange: Exchange, honest: Honest) -> None:
    honest()
    exchange.send(problem(503, headers={"Retry_After": "3153600000"}))


def altered(**members) -> Behaviour:
    """The honest answer, in which some members are others; a callable is given the honest one."""

    def behave(exchange, honest):
        if exchange.line.startswith("GET"):
            # It has something to say, whatever is known of it.
            del exchange.headers["If-None-Match"]
        octets = honest()
        document = json.loads(body_of(octets))
        for name, value in members.items():
            document[name] = value(document) if callable(value) else value
        status = int(octets.split(b" ", 2)[1])
        exchange.send(answer(status, document))

    return behave


def fresh(_document) -> str:
    fresh.count += 1
    return f'"{fresh.count:06}"'


fresh.count = 0
