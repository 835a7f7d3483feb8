"""What a check says, and when an address is held to be broken."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.services.links.network import MOST_OCTETS
from wagtail_villes_internet.services.links.verdict import (
    BROKEN_AFTER,
    WORKS,
    Health,
    Outcome,
    Verdict,
    after,
    of_status,
    says_not_found,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILS = Verdict(Outcome.FAILS, "404")
REFUSED = Verdict(Outcome.UNKNOWN, "403")


def story(*days: Verdict, health: Health | None = None) -> Health:
    """The health after one check a day."""
    health = health or Health()
    for number, verdict in enumerate(days):
        health = after(health, verdict, NOON + timedelta(days=number))
    return health


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.WORKS), (204, Outcome.WORKS),
        (401, Outcome.UNKNOWN), (403, Outcome.UNKNOWN), (429, Outcome.UNKNOWN),
        (404, Outcome.FAILS), (410, Outcome.FAILS), (500, Outcome.FAILS), (503, Outcome.FAILS),
    ],
)  # fmt: skip
def test_a_page_that_refuses_machines_is_not_held_to_fail(status, outcome):
    assert of_status(status).outcome is outcome


@pytest.mark.parametrize(
    "markup",
    [
        "<title>Page introuvable – Ville de Lunel</title>",
        "<html><h1 class='t'>\n Page&nbsp;non <b>trouvée</b></h1>",
        "<TITLE>404 Not Found</TITLE>",
        "<title>Erreur 404</title>",
        "<h1>404</h1>",
        "<h1>Cette page n’existe plus</h1>",
    ],
)
def test_a_page_that_says_it_was_not_found_is_known(markup):
    assert says_not_found(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<title>Portail famille</title><h1>Bienvenue</h1>",
        "<title>Objets trouvés</title>",
        "<title>Route départementale 404</title>",
        "<title>Accueil</title><p>Page introuvable ? Écrivez-nous.</p>",
        "",
        "<title>",
    ],
)
def test_a_page_that_speaks_of_something_else_is_left_alone(markup):
    assert not says_not_found(markup)


@pytest.mark.parametrize("piece", ["<h1>", "<h1 ", "<title></title ", "<h1><<<<</h1>", "<"])
def test_a_page_made_to_be_searched_for_ever_is_searched_in_no_time(piece):
    page = (piece * MOST_OCTETS)[:MOST_OCTETS]
    started = time.process_time()

    assert not says_not_found(page)
    assert not says_not_found(f"<h1>{page[:-9]}</h1>")

    # Linear, it takes hundredths of a second; it took several seconds, of every thread.
    assert time.process_time() - started < 1


def test_one_bad_day_breaks_no_link():
    assert story(FAILS).state == "failing"
    assert story(FAILS, FAILS).state == "failing"


def test_the_third_day_in_a_row_does_and_says_since_when():
    health = story(FAILS, FAILS, FAILS)

    assert health.state == "broken"
    assert health.failing_since == NOON.date()


def test_many_failures_of_one_day_are_one():
    health = Health()
    for hour in range(10):
        health = after(health, FAILS, NOON + timedelta(hours=hour))

    assert (health.state, health.failures) == ("failing", 1)


def test_one_good_day_starts_again():
    health = story(FAILS, FAILS, FAILS, WORKS)

    assert health == Health(worked_at=NOON + timedelta(days=3))


def test_a_refusal_neither_mends_nor_breaks():
    assert story(FAILS, FAILS, REFUSED).failures == 2
    assert story(FAILS, FAILS, FAILS, REFUSED).state == "broken"
    assert story(REFUSED, REFUSED, REFUSED, REFUSED).state == "unchecked"


@given(st.lists(st.sampled_from([WORKS, FAILS, REFUSED]), max_size=20))
def test_only_failures_on_several_days_since_it_worked_break_a_link(days):
    health = story(*days)

    since_it_worked = days[len(days) - days[::-1].index(WORKS) :] if WORKS in days else days
    failed = since_it_worked.count(FAILS)
    assert health.failures == failed
    assert (health.state == "broken") == (failed >= BROKEN_AFTER)
    assert (health.failing_since is None) == (failed == 0)
