"""SIREN and INSEE codes are told from what is not one, without any network."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siren as stdnum_siren

from wagtail_villes_internet.authorities import cog
from wagtail_villes_internet.authorities.siren import (
    is_insee,
    is_siren,
    validate_insee,
    validate_siren,
)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_nine_digits_are_judged_as_python_stdnum_judges_them(digits):
    assert is_siren(digits) == stdnum_siren.is_valid(digits)


@given(st.sampled_from(cog.table().entries).filter(lambda entry: entry.siren), st.data())
def test_one_wrong_digit_is_always_seen(entry, data):
    place = data.draw(st.integers(0, 8))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda new: new != entry.siren[place]))

    assert not is_siren(entry.siren[:place] + digit + entry.siren[place + 1 :])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "21340145",
        "2134014580",
        "213 401 458",
        " 213401458",
        "213401458\n",
        "21340145A",
        "٢١٣٤٠١٤٥٨",
    ],
)
def test_anything_but_nine_ascii_digits_is_refused(value):
    assert not is_siren(value)
    with pytest.raises(ValidationError, match="neuf chiffres|nine digits"):
        validate_siren(value)


def test_a_mistyped_siren_is_named_in_the_message():
    with pytest.raises(ValidationError) as refused:
        validate_siren("213401459")

    assert refused.value.code == "siren"
    assert "213401459" in refused.value.messages[0]


def test_the_siren_of_lunel_is_accepted():
    assert is_siren("213401458")
    assert validate_siren("213401458") is None


@pytest.mark.parametrize("code", ["34145", "01004", "2A004", "2B033", "97105", "98818"])
def test_insee_codes_keep_their_zeros_and_letters(code):
    assert is_insee(code)
    assert validate_insee(code) is None


@pytest.mark.parametrize(
    "code", ["", "1004", "34145 ", "2a004", "2C004", "20004", "3414A", "341450"]
)
def test_other_codes_are_refused(code):
    assert not is_insee(code)
    with pytest.raises(ValidationError) as refused:
        validate_insee(code)
    assert refused.value.code == "insee"
