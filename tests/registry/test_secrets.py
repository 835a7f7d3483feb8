"""The token is in one header of the request, and nowhere else."""

import logging
import traceback
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory, override_settings
from django.views.debug import ExceptionReporter

from wagtail_villes_internet import bounded
from wagtail_villes_internet.conf import get_settings
from wagtail_villes_internet.registry.errors import Misconfigured, RegistryError, Unreachable
from wagtail_villes_internet.registry.http import HttpRegistry
from wagtail_villes_internet.registry.transport import Bearer, Transport

from .conftest import TOKEN
from .hostile import answer, hostile, problem
from .test_hostile import drip_a_header, hang_up
from .values import EPOCH, ID, SIREN, put

TESTS = str(Path(__file__).parents[1])
BODY_MARK = "a title nobody else may read"


def leaks(text: str) -> bool:
    return TOKEN in text or BODY_MARK in text


def told(error: BaseException) -> str:
    """All that logs and error pages tell of an exception and of those before it: their words, and
    the values of every frame, those of the tests left out."""
    said = []
    link: BaseException | None = error
    while link:
        said += [str(link), repr(link), repr(vars(link))]
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if not frame.f_code.co_filename.startswith(TESTS):
                said += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
        link = link.__cause__ or link.__context__
    return "\n".join(said)


REPLIES = {
    "hang up": hang_up,
    "slow": drip_a_header,
    "HTML": answer(200, b"<html>", content_type="text/html"),
    "another shape": answer(200, {}),
    "401": problem(401),
    "403": problem(403),
    "404": problem(404, "service-unknown"),
    "412": problem(412),
    "422": problem(422, errors=[{"pointer": "/title", "code": "too_long"}]),
    "503": problem(503),
    "redirection": answer(302, b"", Location="https://elsewhere.example/"),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_error_tells_no_secret(client, caplog, reply):
    caplog.set_level(logging.DEBUG)
    attempt = put(title=BODY_MARK)

    with hostile(reply) as server:
        registry = client(server, deadline=1)
        with pytest.raises(RegistryError) as caught:
            registry.write(SIREN, attempt)

        assert TOKEN in server.exchanges[0].headers["Authorization"]
        assert BODY_MARK.encode() in server.exchanges[0].body
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    # The attempt is the caller's own; what was sent of it is in no frame of ours.
    assert TOKEN not in told(error)
    assert not leaks(str(error))
    assert not leaks(caplog.text)
    assert server.url not in str(error)


def test_an_error_page_shows_no_token(client):
    request = RequestFactory().get("/")

    with hostile(hang_up) as server, pytest.raises(Unreachable) as caught:
        client(server).feed(SIREN, since=3, epoch=EPOCH)
    page = ExceptionReporter(
        request, type(caught.value), caught.value, caught.value.__traceback__
    ).get_traceback_html()

    assert TOKEN not in page


def test_no_object_shows_the_token(client):
    with hostile(answer(200, {})) as server:
        registry = client(server)
        shown = [registry, registry.__dict__, registry.transport.__dict__, get_settings()]

        assert not any(TOKEN in repr(value) + str(value) for value in shown)
        assert repr(Bearer(TOKEN)) == "Bearer(…)"
        assert repr(Bearer(None)) == "Bearer(None)"


def test_the_session_keeps_no_token(client):
    with hostile(problem(404, "service-unknown")) as server:
        registry = client(server)
        with pytest.raises(RegistryError):
            registry.service(SIREN, ID)

        assert TOKEN not in str(registry.transport.session.headers)
        assert registry.transport.session.auth is None


def test_credentials_of_the_environment_are_never_sent(monkeypatch, tmp_path):
    """Through a proxy, where the environment counts: the `.netrc` of whoever runs us does not."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password hidden\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with hostile(answer(200, {})) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        transport = Transport(
            "http://registre.example", connect=5, read=5, deadline=5, max_bytes=1000
        )
        transport.exchange("GET", "http://registre.example/x", auth=Bearer(None))
        transport.close()

        assert proxy.exchanges[0].line == "GET http://registre.example/x HTTP/1.1"
        assert proxy.exchanges[0].headers["Authorization"] is None


def test_what_anybody_may_read_is_asked_without_credentials(monkeypatch, client):
    """Not left to the HTTP library, which would look for some."""
    given = []

    def exchange(transport, *arguments, auth=None, **options):
        given.append(auth)
        raise Unreachable

    monkeypatch.setattr(Transport, "exchange", exchange)
    with hostile(b"") as server:
        registry = client(server)
        for ask in (registry.matrix, registry.editions, lambda: registry.awards(SIREN)):
            with pytest.raises(Unreachable):
                ask()
        with pytest.raises(Unreachable):
            registry.palmares_page(2024)

    assert list(map(repr, given)) == ["Bearer(None)"] * 4


def test_a_slow_proxy_does_not_take_our_time(monkeypatch):
    with hostile(drip_a_header) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        transport = Transport(
            "http://registre.example", connect=0.3, read=0.3, deadline=0.3, max_bytes=1000
        )
        with pytest.raises(Unreachable):
            transport.exchange("GET", "http://registre.example/x", auth=Bearer(None))
        transport.close()


def test_a_package_that_runs_from_its_sources_still_says_its_name(monkeypatch):
    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(bounded, "version", not_installed)
    transport = Transport("https://registre.example", connect=1, read=1, deadline=1, max_bytes=9)

    assert transport.session.headers["User-Agent"].startswith("wagtail-villes-internet/0 (+https")


def test_no_other_origin_is_ever_spoken_to():
    transport = Transport("https://registre.example", connect=1, read=1, deadline=1, max_bytes=1000)
    with hostile(answer(200, {})) as elsewhere:
        with pytest.raises(Unreachable):
            transport.exchange("GET", elsewhere.url, auth=Bearer(TOKEN))
        with pytest.raises(Unreachable):
            transport.exchange("GET", "https://registre.example.evil/", auth=Bearer(TOKEN))
        transport.close()

        assert elsewhere.exchanges == []


def give_a_bad_token(siren: str) -> str:
    return f"{TOKEN}\r\nX-Forged: 1"


def fail_to_give(siren: str) -> str:
    raise KeyError(TOKEN)


@pytest.mark.parametrize("source", ["give_a_bad_token", "fail_to_give"])
def test_a_token_that_cannot_be_had_is_not_told(source):
    path = f"{__name__}.{source}"
    with (
        override_settings(WAGTAIL_VILLES_INTERNET={"REGISTRY_TOKENS": path}),
        HttpRegistry({"url": "http://127.0.0.1:9/"}) as registry,
        pytest.raises(Misconfigured) as caught,
    ):
        registry.feed(SIREN)

    assert SIREN in str(caught.value)
    assert TOKEN not in told(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"REGISTRY_TOKENS": {SIREN: f"{TOKEN}\n"}},
        {"REGISTRY_TOKENS": {SIREN: TOKEN}, "MAX_WITHDRAW_PERCENT": 200},
        {"REGISTRY_TOKENS": {SIREN: TOKEN, "lunel": TOKEN}},
        {"REGISTRY_TOKENS": {SIREN: TOKEN}, "UNKNOWN": TOKEN},
    ],
)
def test_settings_that_cannot_be_read_tell_no_token(settings):
    with (
        override_settings(WAGTAIL_VILLES_INTERNET=settings),
        pytest.raises(ImproperlyConfigured) as caught,
    ):
        get_settings()

    assert TOKEN not in told(caught.value)
