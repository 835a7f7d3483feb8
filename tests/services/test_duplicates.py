"""Services typed twice are noticed by their title or their address, and nothing else is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import AuthorityFactory, DigitalServiceFactory
from wagtail_villes_internet.services import duplicates
from wagtail_villes_internet.services.duplicates import (
    ALIKE,
    Known,
    likeness,
    likes,
    others_of,
    same_address,
)

SALLES = Known("a", 1, "Réservation en ligne des salles municipales", "https://lunel.example/s")


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Portail familles", "Le portail des familles"),
        ("Réservation de salles", "Réserver une salle"),
        ("Paiement de la cantine", "Paiement en ligne de la cantine"),
        ("PARAPHEUR ELECTRONIQUE", "Parapheur électronique"),
    ],
)
def test_titles_that_say_the_same_are_alike(title, other):
    assert likeness(title, other) >= ALIKE


def test_a_title_of_many_words_is_compared_in_no_more_time_than_another(monkeypatch):
    compared = []
    monkeypatch.setattr(duplicates, "kinship", lambda *words: compared.append(words) or 0.0)
    title = " ".join(f"mot{number}" for number in range(60))

    likeness(title, title)

    assert len(compared) == 2 * duplicates.MOST_WORDS**2


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Wi-Fi dans les écoles", "Fibre optique dans les écoles"),
        ("Inscription à la cantine", "Inscription à la crèche"),
        ("Demande d'acte de naissance", "Demande d'acte de mariage"),
        ("Ateliers numériques 2025", "Ateliers numériques 2026"),
        ("", ""),
        ("De la", "De la"),
    ],
)
def test_titles_that_say_something_else_are_not(title, other):
    assert likeness(title, other) < ALIKE


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_goes_both_ways(title, other):
    assert likeness(title, other) == pytest.approx(likeness(other, title))
    assert 0 <= likeness(title, other) <= 1


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://lunel.example/s", "http://www.LUNEL.example/s/", True),
        ("https://lunel.example/s#bas", "https://lunel.example/s", True),
        ("https://lunel.example/s?a=1", "https://lunel.example/s?a=2", False),
        ("https://lunel.example/s", "https://lunel.example/t", False),
        ("", "", False),
        ("https://[", "https://[", False),
    ],
)
def test_addresses_that_lead_to_one_place_are_one(url, other, same):
    assert same_address(url, other) is same


def test_the_same_title_or_the_same_address_is_a_like():
    [by_title] = likes("Réserver une salle municipale", "", [SALLES])
    [by_address] = likes("Tout autre chose", "https://www.lunel.example/s", [SALLES])

    assert (by_title.same_title, by_title.same_address) == (True, False)
    assert (by_address.same_title, by_address.same_address) == (False, True)
    assert likes("Tout autre chose", "https://lunel.example/", [SALLES]) == []


def test_the_translations_of_a_service_are_no_duplicates_of_it():
    assert likes(SALLES.title, SALLES.url, [SALLES], remote_id="a") == []


def test_the_translations_of_another_count_once():
    other = Known("a", 2, "Réserver une salle municipale")

    [found] = likes("Réserver une salle municipale", "", [SALLES, other])

    assert found.known == other


def test_no_more_than_asked_for_the_likest_first():
    many = [Known(str(n), n, "Réserver une salle") for n in range(9)]
    same = Known("z", 99, "Réservation de salle")

    found = likes("Réservation de salle", "", [*many, same], limit=3)

    assert [like.known.pk for like in found][0] == 99
    assert len(found) == 3


@pytest.mark.django_db
def test_the_others_are_those_of_the_authority_drafts_included_in_one_query():
    lunel = AuthorityFactory()
    draft = DigitalServiceFactory(authority=lunel, live=False, title="Brouillon")
    live = DigitalServiceFactory(authority=lunel, url="https://lunel.example/")
    DigitalServiceFactory(title="D'une autre ville")

    with CaptureQueriesContext(connection) as queries:
        found = others_of(lunel)

    assert found == [
        Known(draft.remote_id, draft.pk, "Brouillon"),
        Known(live.remote_id, live.pk, live.title, "https://lunel.example/"),
    ]
    assert len(queries) == 1
