"""A cell runs nothing in a spreadsheet, and is read back as it was written."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.opendata.files import lines
from wagtail_villes_internet.opendata.cells import SEPARATOR, cell
from wagtail_villes_internet.tables.cells import text_of

# What a database gives back; lone surrogates cannot be stored.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
# OWASP, « CSV injection »; the last four are full-width.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def written_and_read(cells: list[str]) -> list[str]:
    file = io.StringIO(newline="")
    csv.writer(file).writerow(cells)
    file.seek(0)
    [row] = csv.reader(file)
    return row


@given(st.lists(TEXTS, min_size=2))
def test_texts_come_back_as_they_were(texts):
    assert [text_of(each) for each in written_and_read([*map(cell, texts)])] == texts


@given(st.one_of(TEXTS, st.sampled_from(DANGEROUS).flatmap(lambda s: TEXTS.map(s.__add__))))
def test_no_text_begins_as_a_formula_does(text):
    assert not cell(text).startswith(DANGEROUS)


@given(st.lists(TEXTS))
def test_neither_does_a_list_of_texts(texts):
    assert not cell(texts).startswith(DANGEROUS)


@given(st.lists(TEXTS.filter(lambda text: SEPARATOR not in text and text), min_size=1))
def test_a_list_is_parted_again_where_it_was_joined(texts):
    assert text_of(cell(texts)).split(SEPARATOR) == texts


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (date(2024, 2, 8), "2024-02-08"),
        (Decimal("-4.135000"), "-4.135000"),
        (5, "5"),
        ((), ""),
        (("a", "b"), "a|b"),
        (("a|b", "c"), "a/b|c"),
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("l’école", "l’école"),
    ],
)
def test_what_each_kind_of_value_is_written_as(value, written):
    assert cell(value) == written


@pytest.mark.parametrize("start", DANGEROUS[:4])
def test_a_title_that_would_be_a_formula_is_inert_in_the_file(lunel, start):
    title = f'{start}HYPERLINK("https://mechant.example/";"Cliquez")'
    lunel.service(title=title)

    [line] = lines(lunel, "services.csv")

    assert line["TITRE"] == f"'{title}"
    assert text_of(line["TITRE"]) == title
