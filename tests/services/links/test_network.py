"""The checker against servers that are slow, endless, lost or hostile: a right verdict, in time."""

import socket
import time
import tracemalloc

import pytest

from tests.registry.hostile import Exchange, answer, hostile
from wagtail_villes_internet.services.links import network
from wagtail_villes_internet.services.links.network import Prober, is_public
from wagtail_villes_internet.services.links.verdict import Outcome, Verdict

PAGE = answer(200, b"<title>Portail famille</title>", content_type="text/html; charset=utf-8")
LOST = b"<title>Page introuvable</title>"


def page(body: bytes = b"<title>Accueil</title>", status: int = 200, **headers: str) -> bytes:
    return answer(status, body, content_type="text/html; charset=utf-8", **headers)


def moved(to: str, status: int = 302) -> bytes:
    return answer(status, b"", content_type="text/html", Location=to)


@pytest.fixture
def reached() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def prober(reached):
    """Lets itself speak to 127.0.0.1 alone, and notes to whom it would have."""

    def may_reach(ip: str, port: int) -> bool:
        reached.append((ip, port))
        return ip == "127.0.0.1"

    with Prober(may_reach, connect=0.5, exchange=0.5) as one:
        yield one


def reason(verdict: Verdict) -> str:
    assert verdict.outcome is Outcome.FAILS
    return verdict.reason


class TestAPage:
    def test_that_answers_works(self, prober):
        with hostile(PAGE) as server:
            assert prober.check(server.url).outcome is Outcome.WORKS

        assert [exchange.line.split()[0] for exchange in server.exchanges] == ["HEAD", "GET"]

    def test_that_is_a_file_is_not_fetched(self, prober):
        with hostile(answer(200, b"", content_type="application/pdf")) as server:
            assert prober.check(server.url).outcome is Outcome.WORKS

        assert len(server.exchanges) == 1

    def test_of_a_server_that_refuses_head_is_asked_with_get(self, prober):
        with hostile(answer(405, b""), PAGE) as server:
            assert prober.check(server.url).outcome is Outcome.WORKS

    def test_of_a_server_that_hangs_on_head_is_asked_with_get(self, prober):
        with hostile(lambda exchange: exchange.closing.wait(0.7), PAGE) as server:
            assert prober.check(server.url).outcome is Outcome.WORKS

    def test_that_is_gone_fails_with_its_status(self, prober):
        with hostile(page(status=404)) as server:
            assert reason(prober.check(server.url)) == "404"

    def test_that_says_with_200_that_it_was_not_found_fails(self, prober):
        with hostile(page(LOST)) as server:
            assert reason(prober.check(server.url)) == "not-found-page"

    @pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "no-such-charset"])
    def test_is_read_in_its_own_charset(self, prober, charset):
        body = "<title>Page non trouvée</title>".encode(
            "utf-8" if charset.startswith("no") else charset
        )
        with hostile(answer(200, body, content_type=f"text/html; charset={charset}")) as server:
            assert reason(prober.check(server.url)) == "not-found-page"

    def test_for_members_is_neither_broken_nor_not(self, prober):
        with hostile(page(status=403)) as server:
            assert prober.check(server.url) == Verdict(Outcome.UNKNOWN, "403")

    def test_hears_who_asks_and_nothing_of_who_is_logged_in(self, prober):
        with hostile(page(Set_Cookie="a=b")) as server:
            prober.check(server.url.replace("127.0.0.1", "moi:secret@127.0.0.1"))
            prober.check(server.url)

        for exchange in server.exchanges:
            assert exchange.headers["User-Agent"].startswith("wagtail-villes-internet/")
            assert "https://" in exchange.headers["User-Agent"]
            assert exchange.headers["Authorization"] is None
            assert exchange.headers["Cookie"] is None


class TestRedirections:
    def test_are_followed(self, prober):
        with hostile(PAGE) as there, hostile(moved(there.url)) as here:
            assert prober.check(here.url).outcome is Outcome.WORKS

    def test_may_be_relative_and_hold_letters_of_any_kind(self, prober):
        with hostile(moved("/démarches"), PAGE) as server:
            assert prober.check(server.url).outcome is Outcome.WORKS

        assert "/d%C3%A9marches" in server.exchanges[1].line

    def test_that_turn_round_end(self, prober):
        with hostile(moved("/api/v1/")) as server:
            assert reason(prober.check(server.url)) == "redirects"

        assert len(server.exchanges) <= 4

    def test_that_never_end_are_left(self, prober):
        numbers = iter(range(1000))

        def further(exchange: Exchange) -> None:
            exchange.send(moved(f"/{next(numbers)}"))

        with hostile(further) as server:
            assert reason(prober.check(server.url)) == "redirects"

        assert len(server.exchanges) <= 2 * (network.MOST_REDIRECTIONS + 1)

    @pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1", "//"])
    def test_to_what_is_no_page_fail(self, prober, to):
        with hostile(moved(to)) as server:
            assert reason(prober.check(server.url)) in {"redirects", "address"}

    def test_into_a_private_network_are_not_followed(self, prober, reached):
        with hostile(moved("http://127.0.0.2:9/")) as server:
            assert prober.check(server.url) == Verdict(Outcome.UNKNOWN, "private")

        assert ("127.0.0.2", 9) in reached


class TestPrivateNetworks:
    @pytest.mark.parametrize(
        "ip",
        [
            "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
            "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1",
            "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "fec0::1", "feff::1", "64:ff9b:1::a00:1", "::7f00:1", "::10.0.0.1",
        ],
    )  # fmt: skip
    def test_are_never_spoken_to(self, ip):
        assert not is_public(ip, 443)

    @pytest.mark.parametrize(
        "ip", ["193.0.6.139", "2001:67c:2e8:22::c100:68b", "64:ff9b::c100:68b"]
    )
    def test_the_public_internet_is(self, ip):
        assert is_public(ip, 443)

    @pytest.mark.parametrize("port", [22, 25, 110, 143, 465])
    def test_not_the_ports_of_mail_and_machines(self, port):
        assert not is_public("193.0.6.139", port)

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "[::ffff:7f00:1]"],
    )
    def test_are_known_however_they_are_written(self, host):
        with hostile(PAGE) as server, Prober(connect=0.5, exchange=0.5) as prober:
            verdict = prober.check(f"http://{host}:{server.port}/")

        assert verdict.outcome is not Outcome.WORKS
        assert server.exchanges == []

    def test_a_name_that_changes_its_mind_leads_nowhere_else(self, prober, reached, monkeypatch):
        """The address that was found public is the one that is spoken to: nothing is looked up a
        second time."""
        looked_up = []

        def getaddrinfo(host, port, *args, **kwargs):
            looked_up.append(host)
            where = "127.0.0.1" if len(looked_up) == 1 else "127.0.0.2"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, server.port))]

        with hostile(answer(200, b"", content_type="application/pdf")) as server:
            original = socket.create_connection
            monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
            monkeypatch.setattr(
                socket,
                "create_connection",
                lambda address, *args, **kwargs: _plain(address),
            )
            assert prober.check("http://change.example/").outcome is Outcome.WORKS
            monkeypatch.setattr(socket, "create_connection", original)
            monkeypatch.undo()

        assert looked_up == ["change.example"]
        assert reached == [("127.0.0.1", server.port)]

    def test_the_proxies_of_the_environment_are_not_asked(self, prober, monkeypatch):
        with hostile(PAGE) as proxy, hostile(PAGE) as server:
            for name in ("http_proxy", "https_proxy", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            prober.check(server.url)

        assert proxy.exchanges == []


def _plain(address) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.settimeout(1)
    made.connect(address)
    return made


class TestHostileServers:
    def check(self, prober, *answers, tls=False) -> tuple[Verdict, float]:
        with hostile(*answers, tls=tls) as server:
            started = time.monotonic()
            verdict = prober.check(server.url)
            return verdict, time.monotonic() - started

    def test_that_never_answer(self, prober):
        verdict, took = self.check(prober, lambda exchange: exchange.closing.wait(5))

        assert reason(verdict) == "timeout"
        assert took < 3

    @pytest.mark.parametrize(
        "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", PAGE.split(b"<")[0]]
    )
    def test_that_drip(self, prober, start):
        def drip(exchange: Exchange) -> None:
            exchange.send(start)
            exchange.drip(b"x")

        verdict, took = self.check(prober, drip)

        assert verdict.outcome is not Outcome.UNKNOWN
        assert took < 3

    def test_that_never_end(self, prober):
        def endless(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Sans fin")
            while not exchange.closing.is_set():
                exchange.send(b"x" * 65_536)

        tracemalloc.start()
        verdict, took = self.check(prober, page(), endless)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert verdict.outcome is Outcome.WORKS
        assert took < 3
        assert peak < 5_000_000

    def test_that_send_endless_headers(self, prober):
        def endless(exchange: Exchange) -> None:
            exchange.send(b"HTTP/1.1 200 OK\r\n")
            while not exchange.closing.is_set():
                exchange.send(b"X-A: " + b"x" * 1000 + b"\r\n")

        verdict, took = self.check(prober, endless)

        assert reason(verdict) == "connection"
        assert took < 3

    @pytest.mark.parametrize(
        "octets", [b"", b"\x00\x01\x02", b"HTTP/1.1 abc\r\n\r\n", b"SSH-2.0\r\n"]
    )
    def test_that_speak_no_http(self, prober, octets):
        assert reason(self.check(prober, octets)[0]) == "connection"

    def test_that_are_compressed_to_death_are_not_unpacked(self, prober):
        bomb = page(b"\x1f\x8b" + b"\0" * 1000, Content_Encoding="gzip")

        assert self.check(prober, bomb)[0].outcome is Outcome.WORKS

    def test_whose_certificate_nobody_signed(self, prober):
        assert reason(self.check(prober, PAGE, tls=True)[0]) == "tls"

    def test_that_speak_plainly_where_a_certificate_is_due(self, prober):
        with hostile(PAGE) as server:
            url = server.url.replace("http:", "https:")
            assert reason(prober.check(url)) in {"tls", "connection", "timeout"}

    def test_that_are_not_there(self, prober):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]

        assert reason(prober.check(f"http://127.0.0.1:{port}/")) == "connection"

    def test_names_that_nobody_has(self, prober, monkeypatch):
        def getaddrinfo(*args, **kwargs):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

        assert reason(prober.check("https://personne.example/")) == "dns"

    @pytest.mark.parametrize(
        "url", ["http://", "https://[", "http://exa mple/", "http://a..b/", "x"]
    )
    def test_addresses_that_are_none(self, prober, url):
        assert reason(prober.check(url)) in {"address", "connection", "dns"}
