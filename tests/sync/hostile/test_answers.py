"""Whatever becomes of an answer on its way, over real sockets and a real database.

The run ends in time, nothing is held for acknowledged that was not, what was sent is kept and sent
again as it was, the token goes nowhere else, and no page of the site changes. What the client alone
does with such answers is told in `tests/registry/test_hostile*`.
"""

import time
import tracemalloc

import pytest

from tests.registry.hostile import answer
from wagtail_villes_internet.sync.models import Declaration, SyncRun

from .conftest import ENOUGH, MOST_OCTETS
from .gateway import Behaviour
from .misbehaviours import (
    a_word_for_another,
    deep,
    half_open,
    longer_than_it_is,
    not_found,
    nothing,
    of_another_type,
    one_octet_at_a_time,
    reset_in_mid_body,
    shorter_than_it_is,
    wait_a_century,
    without_an_end,
)

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

State = Declaration.State
# What a slow exchange is given.
DEADLINE = 1.5
# A run asks the registry a handful of things: none of them may take longer than its deadline.
EXCHANGES = 8
SLOW = [half_open, one_octet_at_a_time]
LOST = [
    nothing,
    reset_in_mid_body,
    *SLOW,
    longer_than_it_is,
    shorter_than_it_is,
    without_an_end,
    deep,
    of_another_type,
    a_word_for_another,
    not_found,
    wait_a_century,
]


def deadline_of(behaviour: Behaviour) -> float:
    return DEADLINE if behaviour in SLOW else ENOUGH


@pytest.mark.parametrize("behaviour", LOST)
@pytest.mark.parametrize("step", ["summary", "feed"])
def test_what_cannot_be_read_stops_the_run_before_anything_is_sent(site, step, behaviour):
    service = site.town.service()
    # Something to be read in the feed, which the summary would otherwise say is not worth it.
    site.run()
    service.title = "Modifié"
    service.save()
    site.gateway.asked.clear()
    before, sequence = site.seen(), site.link.sequence
    attempts = site.attempts()
    site.gateway.behaviours[step] = behaviour
    started = time.monotonic()

    result = site.run(deadline=deadline_of(behaviour))

    assert time.monotonic() - started < EXCHANGES * ENOUGH
    assert result.error
    assert not result.is_done
    assert "write" not in site.gateway.steps()
    assert site.attempts() == attempts
    assert site.link.sequence == sequence
    assert site.seen() == before
    assert site.journal.first().outcome == SyncRun.Outcome.FAILED
    site.assert_no_token_is_anywhere()

    site.gateway.honest()
    assert site.run().is_done
    assert site.there() == ["Modifié"]


@pytest.mark.parametrize("behaviour", LOST)
def test_a_write_whose_answer_is_lost_is_sent_again_as_it_was(site, behaviour):
    services = [site.town.service(title=f"Service {n}") for n in range(3)]
    before = site.seen()
    site.gateway.behaviours["write"] = behaviour
    started = time.monotonic()

    result = site.run(deadline=deadline_of(behaviour))

    assert time.monotonic() - started < EXCHANGES * ENOUGH
    assert not result.is_done
    frozen = site.attempts()
    assert frozen
    assert {answered for *_rest, answered in frozen} == {None}, "taken for answered"
    for service in services:
        row = site.declaration(service)
        assert (row.state, row.acknowledged, row.acknowledged_hash) == (State.TO_SEND, None, "")
    assert site.seen() == before
    assert site.journal.first().outcome != SyncRun.Outcome.DONE
    assert site.journal.first().left == 3
    site.assert_no_token_is_anywhere()

    site.gateway.honest()
    assert site.run().is_done
    assert [each[:4] for each in site.attempts()[: len(frozen)]] == [each[:4] for each in frozen]
    assert len(site.attempts()) == 3
    assert site.there() == ["Service 0", "Service 1", "Service 2"]
    assert {site.declaration(service).state for service in services} == {State.SENT}


@pytest.mark.parametrize("step", ["summary", "write"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_followed_nowhere(site, step, status):
    service = site.town.service()
    before = site.seen()

    def send_away(exchange, honest):
        exchange.send(answer(status, b"", Location=site.elsewhere.url))

    site.gateway.behaviours[step] = send_away

    result = site.run()

    assert result.error
    assert site.declaration(service).acknowledged is None if step == "write" else True
    assert site.seen() == before
    site.assert_no_token_is_anywhere()
    site.gateway.honest()
    assert site.run().is_done


def test_a_delay_of_a_century_is_a_day(site):
    site.town.service()
    site.gateway.behaviours["write"] = wait_a_century

    site.run()

    link = site.link
    assert (link.retry_at - link.last_run_at).total_seconds() <= 24 * 3600 + 60


@pytest.mark.parametrize("behaviour", [without_an_end, deep])
def test_a_run_takes_no_more_memory_than_an_answer_may_have(site, behaviour):
    site.town.service()
    site.gateway.behaviours["summary"] = behaviour
    tracemalloc.start()
    try:
        site.run()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * MOST_OCTETS
