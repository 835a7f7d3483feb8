"""Spellings of one name are found to be the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.authorities.names import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("LUNEL", "lunel"),
        ("L'Isle-Adam", "isle adam"),
        ("L’Isle–Adam", "isle adam"),
        ("isle adam", "isle adam"),
        ("St Étienne", "saint etienne"),
        ("Ste-Colombe", "sainte colombe"),
        ("Saint-Étienne", "saint etienne"),
        ("L'Haÿ-les-Roses", "hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Le Havre", "havre"),
        ("Les", "les"),
        ("Stains", "stains"),
        ("  ", ""),
    ],
)
def test_fold(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_any_text_gives_plain_words_and_what_surrounds_them_is_nothing(text):
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert fold(f" {text}-") == fold(text)
