"""A run: every town's addresses, each asked once, host by host, and what is kept of it."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import DigitalServiceFactory, Town
from wagtail_villes_internet.services.links import checking
from wagtail_villes_internet.services.links.models import CheckedLink
from wagtail_villes_internet.services.links.telling import mailboxes, tell
from wagtail_villes_internet.services.links.verdict import WORKS, Outcome, Verdict

pytestmark = pytest.mark.django_db

GONE = Verdict(Outcome.FAILS, "404")
NOBODY = Verdict(Outcome.FAILS, "dns")
NOON = "2026-03-02 12:00+01:00"


class Web:
    """What stands at each address; the rest works. Notes what was asked, and each pause."""

    def __init__(self, **verdicts: Verdict) -> None:
        self.verdicts: dict[str, Verdict] = verdicts
        self.asked: list[str] = []
        self.pauses: list[float] = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def check(self, url: str) -> Verdict:
        self.asked.append(url)
        return self.verdicts.get(url, WORKS)

    def run(self, *towns, **options) -> checking.Report:
        return checking.run(
            [town.authority for town in towns],
            prober=lambda: self,
            pause=self.pauses.append,
            **options,
        )


@pytest.fixture
def lunel():
    return Town("Lunel")


def link(url: str) -> CheckedLink:
    return CheckedLink.objects.get(url=url)


def days(web: Web, *towns, number: int) -> None:
    """One run a day, for that many days."""
    with time_machine.travel(NOON, tick=False) as clock:
        for _day in range(number):
            web.run(*towns)
            clock.shift(timedelta(days=1))


def test_asks_what_live_services_lead_to_and_nothing_else(lunel):
    web = Web()
    lunel.service(
        url="https://a.example/",
        description='<p><a href="https://b.example/?x=1&amp;y=2">b</a> <a linktype="page" id="3">'
        'c</a> <a href="mailto:mairie@a.example">d</a></p>',
    )
    lunel.service(url="https://draft.example/", live=False)
    lunel.service(url="https://ended.example/", status="ended")
    lunel.service(url="https://over.example/", ended_on=timezone.localdate() - timedelta(days=1))
    lunel.service(url="")

    web.run(lunel)

    assert sorted(web.asked) == ["https://a.example/", "https://b.example/?x=1&y=2"]


def test_what_two_towns_lead_to_is_asked_once_and_known_to_both(lunel):
    agde, web = Town("Agde"), Web()
    for town in (lunel, agde):
        town.service(url="https://partage.example/#ancre")

    web.run(lunel, agde)

    assert web.asked == ["https://partage.example/"]
    assert CheckedLink.objects.count() == 2


def test_a_host_is_given_time_between_two_requests(lunel):
    web = Web()
    for path in "abc":
        lunel.service(url=f"https://un.example/{path}")
    lunel.service(url="https://autre.example/")

    web.run(lunel)

    assert web.pauses == [checking.PAUSE, checking.PAUSE]


def test_a_host_that_asks_to_be_left_alone_is(lunel):
    web = Web(**{"https://un.example/a": Verdict(Outcome.UNKNOWN, "429")})
    for path in "abc":
        lunel.service(url=f"https://un.example/{path}")

    web.run(lunel)

    assert web.asked == ["https://un.example/a"]


def test_a_host_of_many_slow_links_takes_a_part_of_the_run_and_all_get_their_turn(lunel):
    web = Web()
    clock = itertools.count(step=checking.MOST_OF_A_HOST // 2)
    for path in "abcde":
        lunel.service(url=f"https://un.example/{path}")

    with time_machine.travel(NOON, tick=False) as day:
        for _day in range(3):
            web.run(lunel, clock=lambda: float(next(clock)))
            day.shift(timedelta(days=1))

    assert [url[-1] for url in web.asked] == ["a", "b", "c", "d", "e", "a"]


def test_an_address_too_long_to_be_kept_stops_nobody_s_run(lunel):
    web, agde = Web(), Town("Agde")
    long = "https://a.example/?" + "x" * 2_000
    lunel.service(description=f'<p><a href="{long}">a</a></p>')
    agde.service(url="https://b.example/")

    web.run(lunel, agde)

    assert web.asked == ["https://b.example/"]
    assert link("https://b.example/").state == "works"


def test_the_same_day_nothing_is_asked_again_unless_one_insists(lunel):
    web = Web()
    lunel.service(url="https://a.example/")

    web.run(lunel)
    web.run(lunel)
    assert len(web.asked) == 1

    web.run(lunel, everything=True)
    assert len(web.asked) == 2


def test_three_days_of_failures_make_a_broken_link(lunel):
    web = Web(**{"https://a.example/": GONE})
    lunel.service(url="https://a.example/")

    days(web, lunel, number=2)
    assert link("https://a.example/").state == "failing"

    days(web, lunel, number=5)
    assert link("https://a.example/").state == "broken"
    assert link("https://a.example/").reason == "404"


def test_a_corrected_address_is_forgotten_with_its_past(lunel):
    web = Web(**{"https://a.example/": GONE})
    service = lunel.service(url="https://a.example/")
    days(web, lunel, number=3)
    service.url = "https://b.example/"
    service.save()

    web.run(lunel)

    assert set(CheckedLink.objects.values_list("url", "state")) == {("https://b.example/", "works")}


def test_one_town_asked_for_leaves_the_others_as_they_are(lunel):
    agde, web = Town("Agde"), Web()
    agde.service(url="https://agde.example/")
    web.run(agde)
    lunel.service(url="https://lunel.example/")

    web.run(lunel)

    assert CheckedLink.objects.count() == 2


def test_where_nothing_at_all_answers_nothing_is_noted(lunel):
    hosts = [f"https://{name}.example/" for name in "abc"]
    web = Web(**dict.fromkeys(hosts, NOBODY))
    for url in hosts:
        lunel.service(url=url)

    report = web.run(lunel)

    assert report.offline
    assert not CheckedLink.objects.exists()


def test_queries_do_not_grow_with_the_links(lunel):
    def queries(number: int) -> int:
        DigitalServiceFactory.create_batch(number, authority=lunel.authority)
        for position, service in enumerate(lunel.authority.digital_services.all()):
            service.url = f"https://a.example/{position}"
            service.save()
        CheckedLink.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            Web().run(lunel)
        return len(captured)

    assert queries(2) == queries(30)


class TestTelling:
    @pytest.fixture(autouse=True)
    def _broken(self, lunel):
        lunel.service(title="Portail famille", url="https://a.example/")
        CheckedLink.objects.create(
            authority=lunel.authority,
            digest=checking.digest("https://a.example/"),
            url="https://a.example/",
            state="broken",
            reason="404",
        )

    def test_the_mailbox_of_the_settings_is_written_to_once(self, lunel):
        settings = lunel.settings
        settings.technical_email = "webmestre@lunel.example"
        settings.save()

        assert tell(lunel.authority, "https://lunel.example/admin/liens/") is True
        assert tell(lunel.authority) is None

        [sent] = mail.outbox
        assert sent.to == ["webmestre@lunel.example"]
        assert "Lunel" in sent.subject
        for words in ("Portail famille", "https://a.example/", "404", "/admin/liens/"):
            assert words in sent.body

    def test_without_a_mailbox_the_webmasters_of_that_town_are(self, lunel):
        agde = Town("Agde")
        for number, person in enumerate([lunel.webmestre, lunel.elu, agde.webmestre]):
            person.email = f"personne-{number}@example.org"
            person.save()

        assert mailboxes(lunel.authority) == ["personne-0@example.org"]

    def test_with_nobody_to_write_to_it_says_so_and_tries_again(self, lunel):
        assert tell(lunel.authority) is False
        assert CheckedLink.objects.get().told_at is None

    def test_a_mail_that_cannot_leave_is_tried_again(self, lunel, monkeypatch, caplog):
        lunel.webmestre.email = "webmestre@lunel.example"
        lunel.webmestre.save()

        def refuse(self):
            raise ConnectionRefusedError

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

        assert tell(lunel.authority) is False
        assert CheckedLink.objects.get().told_at is None

    def test_a_title_cannot_add_headers_or_lines(self, lunel):
        lunel.authority.name = "Lunel\nBcc: tous@example.org"
        lunel.webmestre.email = "webmestre@lunel.example"
        lunel.webmestre.save()

        tell(lunel.authority)

        assert "\n" not in mail.outbox[0].subject
