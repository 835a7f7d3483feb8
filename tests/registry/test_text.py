"""Plain texts and addresses in canonical form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.text import (
    canonical_link,
    canonical_text,
    canonical_url,
    is_canonical_text,
    is_link,
    is_web_address,
)

from .values import calm

any_text = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        (None, ""),
        ("", ""),
        ("  Mairie  ", "Mairie"),
        ("e\u0301te\u0301", "été"),
        ("a\tb", "a b"),
        ("a\x00b\x1fc\x7fd\x9fe", "abcde"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("un\r\ndeux\rtrois\u2028quatre", "un deux trois quatre"),
        ("e\x00\u0301", "é"),
        ("prix\u00a0: 3\u202f€", "prix\u00a0: 3\u202f€"),
    ],
)
def test_a_text_of_one_line(given_text, expected):
    assert canonical_text(given_text) == expected


def test_line_ends_are_kept_where_a_text_may_have_several_lines():
    assert canonical_text("un\r\ndeux\rtrois\x85quatre\n", multiline=True) == (
        "un\ndeux\ntrois\nquatre"
    )


@calm
@given(any_text, st.booleans())
def test_a_canonical_text_is_what_the_contract_takes_and_stays_so(text, multiline):
    once = canonical_text(text, multiline=multiline)

    assert is_canonical_text(once)
    assert canonical_text(once, multiline=multiline) == once
    assert multiline or "\n" not in once


@calm
@given(any_text)
def test_the_form_of_a_text_is_judged_character_by_character(text):
    forbidden = any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c != "\n")

    assert is_canonical_text(text) == (not forbidden and unicodedata.normalize("NFC", text) == text)


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("https://ville.example", "https://ville.example"),
        (" HTTPS://Ville.Example/A ", "https://Ville.Example/A"),
        ("https://ville.example/démarches", "https://ville.example/d%C3%A9marches"),
        ("https://ville.example/a b", "https://ville.example/a%20b"),
        ("https://ville.example/%C3%A9?q=a&b=%2F#c", "https://ville.example/%C3%A9?q=a&b=%2F#c"),
        ("https://villé.example/", "https://villé.example/"),
        ('https://ville.example/"<>', "https://ville.example/%22%3C%3E"),
        ("mailto:mairie@ville.example", "mailto:mairie@ville.example"),
        ("TEL:04 67 87 83 00", "tel:0467878300"),
        ("ville.example", "ville.example"),
        (None, ""),
    ],
)
def test_an_address_in_canonical_form(given_url, expected):
    assert canonical_url(given_url) == expected


@calm
@given(st.sampled_from(["https://", "http://ville.example/", "mailto:", "tel:", ""]), any_text)
def test_an_address_is_made_canonical_once(start, rest):
    once = canonical_url(start + rest)

    assert is_canonical_text(once)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://ville.example", True),
        ("HTTP://ville.example:8080/a?b#c", True),
        ("https://[2001:db8::1]/", True),
        ("https://ville.example/démarches", True),
        ("https://user@ville.example/", True),
        ("https://", False),
        ("https:///path", False),
        ("https:ville.example", False),
        ("//ville.example", False),
        ("/path", False),
        ("", False),
        ("javascript:alert(1)", False),
        ("javascript://ville.example/%0aalert(1)", False),
        ("https://ville.example/a b", False),
        ("https://ville.example/\n", False),
        ("https://ville.example/\u0085", False),
        ("https://ville.example\\@evil.example", False),
        ("https://ville.example:99999/", False),
        ("https://ville.example:port/", False),
        ("https://[2001:db8::1/", False),
        ("https://ville℀.example/", False),
        ("mailto:mairie@ville.example", False),
    ],
)
def test_a_web_address_is_absolute_and_has_a_host(value, expected):
    assert is_web_address(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://ville.example", True),
        ("mailto:mairie@ville.example", True),
        ("tel:+33467878300", True),
        ("mailto:", False),
        ("tel:04 67", False),
        ("tel:04\x85", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("ftp://ville.example/", False),
    ],
)
def test_a_link_leads_to_the_web_a_mailbox_or_a_telephone(value, expected):
    assert is_link(value) is expected


@pytest.mark.parametrize(
    ("href", "base_url", "expected"),
    [
        ("/services/", "https://ville.example/fr/", "https://ville.example/services/"),
        ("services/", "https://ville.example/fr/", "https://ville.example/fr/services/"),
        ("//autre.example/x", "https://ville.example/", "https://autre.example/x"),
        ("https://autre.example/", "https://ville.example/", "https://autre.example/"),
        ("/services/", "", None),
        ("#haut", "https://ville.example/", None),
        ("", "https://ville.example/", None),
        (None, "https://ville.example/", None),
        ("javascript:alert(1)", "https://ville.example/", None),
        ("//[", "https://ville.example/", None),
    ],
)
def test_a_relative_link_is_completed_only_where_one_says_with_what(href, base_url, expected):
    assert canonical_link(href, base_url) == expected
