"""How an answer may arrive.

Each takes the place of an honest one, which was given nevertheless: what the request did at the
registry is done.
"""

from collections.abc import Callable

from tests.registry.hostile import Exchange, answer, problem

from .gateway import body_of, reset, wait_for_hang_up

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
