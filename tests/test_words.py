"""Words are compared as people compare them: whatever their accents, plurals and endings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.words import LIKENESS, kinship, telling_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("La réservation des salles", ("reservation", "salle")),
        ("Le Wi‑Fi de l’école", ("wi", "fi", "ecole")),
        ("Paiement en ligne, paiement", ("paiement",)),
        ("de la", ()),
        ("Œuvres", ("oeuvre",)),
        ("xxxx", ("xxxx",)),
    ],
)
def test_the_words_that_tell_something(text, words):
    assert telling_words(text) == words


@pytest.mark.parametrize(
    ("word", "other", "near"),
    [
        ("ecole", "ecole", 1),
        ("reserver", "reservation", LIKENESS),
        ("securite", "cybersecurite", LIKENESS),
        ("association", "associatif", LIKENESS),
        ("electoral", "electronique", 0),
        ("commune", "communication", 0),
        ("rue", "rues", 0),
        ("eau", "bureau", 0),
    ],
)
def test_words_of_one_family_are_near(word, other, near):
    assert kinship(word, other) == near


@given(st.text(max_size=60), st.text(max_size=60))
def test_kinship_goes_both_ways(text, other):
    for word in telling_words(text):
        for second in telling_words(other):
            assert kinship(word, second) == kinship(second, word)
