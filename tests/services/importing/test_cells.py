"""A cell says what people mean by it, or is refused; it never stops a file."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.markup import canonical_html
from wagtail_villes_internet.registry.text import is_canonical_text
from wagtail_villes_internet.services.importing import cells
from wagtail_villes_internet.services.importing.errors import CellError
from wagtail_villes_internet.services.importing.parsing import VALUES
from wagtail_villes_internet.services.models import Audience, DigitalService, Interaction

FIRST = date(2021, 3, 1)


class TestADate:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("2021", date(2021, 1, 1)),
            ("depuis 2021", date(2021, 1, 1)),
            ("03/2021", FIRST),
            ("3-2021", FIRST),
            ("2021-03", FIRST),
            ("mars 2021", FIRST),
            ("Mars 2021", FIRST),
            ("1er mars 2021", FIRST),
            ("le 1 mars 2021", FIRST),
            ("déc. 2021", date(2021, 12, 1)),
            ("15/03/2021", date(2021, 3, 15)),
            ("15.03.2021", date(2021, 3, 15)),
            ("15/03/21", date(2021, 3, 15)),
            ("15/3/98", date(1998, 3, 15)),
            ("2021-03-15", date(2021, 3, 15)),
            ("2021/3/15", date(2021, 3, 15)),
            ("2021-03-15 00:00:00", date(2021, 3, 15)),
            ("2021-03-15T00:00:00Z", date(2021, 3, 15)),
            ("44270", date(2021, 3, 15)),
            ("15 March 2021", date(2021, 3, 15)),
        ],
    )
    def test_is_read_as_people_write_it(self, typed, meant):
        assert cells.day(typed) == meant

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("2021", date(2021, 12, 31)),
            ("02/2024", date(2024, 2, 29)),
            ("jusqu’au 15/03/2021", date(2021, 3, 15)),
        ],
    )
    def test_that_is_an_end_is_the_last_day_meant(self, typed, meant):
        assert cells.day(typed, last=True) == meant

    @pytest.mark.parametrize(
        "typed",
        ["bientôt", "31/02/2021", "2020-2021", "13/2021", "12", "1850", "15/03/2021 à 14 h", "²"],
    )
    def test_that_is_none_is_refused(self, typed):
        with pytest.raises(CellError):
            cells.day(typed)


class TestAChoice:
    @pytest.mark.parametrize(
        ("typed", "codes"),
        [
            ("familles", ["families"]),
            ("Les familles ; JEUNES", ["families", "youth"]),
            ("tous les habitants, les aînés", ["elders", "residents"]),
            ("families|agents", ["agents", "families"]),
            ("tout public", ["residents"]),
            ("élus\nagents", ["agents", "elected"]),
        ],
    )
    def test_of_an_audience_is_by_code_or_by_label(self, typed, codes):
        assert cells.choice_set(typed, Audience) == codes

    def test_of_what_can_be_done_takes_the_words_of_the_form(self):
        for member in Interaction:
            assert cells.choice(str(member.label), Interaction) == member.value
            assert cells.choice(member.value, Interaction) == member.value

    @pytest.mark.parametrize(
        ("typed", "code"),
        [("En service", "active"), ("en projet", "planned"), ("Terminé", "ended")],
    )
    def test_of_the_progress(self, typed, code):
        assert cells.choice(typed, DigitalService.Status) == code

    def test_that_is_none_names_those_there_are(self):
        with pytest.raises(CellError, match="planned|en projet"):
            cells.choice("peut-être", DigitalService.Status)

    @pytest.mark.parametrize("typed", ["oui", "Oui", "x", "1", "VRAI", "✓", "yes"])
    def test_yes(self, typed):
        assert cells.yes_no(typed) is True

    @pytest.mark.parametrize("typed", ["non", "Non", "0", "FAUX", "no"])
    def test_no(self, typed):
        assert cells.yes_no(typed) is False


class TestAnAddress:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("https://www.lunel.com/famille", "https://www.lunel.com/famille"),
            (" www.lunel.com/famille ", "https://www.lunel.com/famille"),
            ("lunel.com", "https://lunel.com"),
            ("http://a.example/?q=é", "http://a.example/?q=é"),
        ],
    )
    def test_is_completed(self, typed, meant):
        assert cells.address(typed) == meant

    @pytest.mark.parametrize(
        "typed",
        ["javascript:alert(1)", "mailto:a@b.fr", "voir le site", "https://", "ftp://a.example/"],
    )
    def test_that_is_none_is_refused(self, typed):
        with pytest.raises(CellError):
            cells.address(typed)


class TestADescription:
    def test_of_plain_text_becomes_paragraphs(self):
        assert cells.description("Un <b\n& deux\n\nTrois") == (
            "<p>Un &lt;b<br/>&amp; deux</p><p>Trois</p>"
        )

    def test_of_html_keeps_what_is_allowed(self):
        typed = '<p onclick="x()">Un<br>deux <b>fort</b></p><script>x()</script><img src=x>'

        assert cells.description(typed) == "<p>Un<br/>deux <strong>fort</strong></p>"

    def test_that_is_too_long_is_refused(self):
        with pytest.raises(CellError):
            cells.description("a" * 30_000)


def test_a_place_is_in_degrees():
    assert cells.coordinate("43,675", 90) == Decimal("43.675000")
    for typed in ("91", "nord", "NaN", "1e999999"):
        with pytest.raises(CellError):
            cells.coordinate(typed, 90)


def test_the_apostrophe_of_an_export_is_not_part_of_the_text():
    assert cells.text("'+33 4 67 00 00 00", 500) == "+33 4 67 00 00 00"
    assert cells.text("l'été", 500) == "l'été"


@given(st.text(max_size=300))
def test_a_text_comes_out_as_the_contract_takes_it(typed):
    assert is_canonical_text(cells.plain(typed))
    assert is_canonical_text(html := cells.description(typed))
    assert cells.description(html) == html or not html
    assert canonical_html(html) == canonical_html(canonical_html(html))


@given(st.sampled_from(sorted(VALUES)), st.text(max_size=60))
def test_no_cell_stops_a_file(name, typed):
    said = ""
    try:
        VALUES[name](typed)
    except CellError as error:
        said = str(error)

    # Any other error fails the test; this one has something to say.
    assert "%(" not in said
