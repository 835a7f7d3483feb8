"""The plain table that Excel in French opens, and what programs read."""

import hashlib
import json

import pytest

from tests.dossiers.contents import content, service
from wagtail_villes_internet.dossiers.exports.errors import NotSent

from .reading import csv_rows
from .towns import LUNEL, draft, version, written


class TestThePlainTable:
    def test_is_what_a_double_click_opens_in_columns(self):
        octets = written(version(), "csv")

        assert octets.startswith(b"\xef\xbb\xbf")
        assert octets.count(b"\xef\xbb\xbf") == 1
        assert octets.endswith(b"\r\n")
        first, second = octets.split(b"\r\n")[:2]
        assert first.count(b";") == second.count(b";") == 20

    def test_a_text_of_the_whole_stands_under_its_own_label(self):
        header, *rows = csv_rows(written(version(), "csv"))

        said = next(row for row in rows if LUNEL.statement in row)
        assert header[said.index(LUNEL.statement)] == "Texte"
        assert "Présentation" in said

    def test_names_the_matrix_the_date_and_the_hash_in_its_first_lines(self):
        rows = csv_rows(written(version(), "csv"))

        said = [cell for row in rows[:16] for cell in row if cell]
        assert version().marks.sha256 in said
        assert any("1" in cell and "(" in cell for cell in said)
        assert any("2027" in cell for cell in said)

    @pytest.mark.parametrize("title", ["=1+1", "+33", "-1", "@SUM(A1)", "'=1"])
    def test_runs_nothing(self, title):
        octets = written(version(content(service("1", title), statement=title)), "csv")

        assert f";{title};".encode() not in octets
        assert f";'{title};".encode() in octets


class TestWhatProgramsRead:
    def test_the_octets_are_those_that_were_sent(self):
        octets = written(version(), "octets")

        assert octets == LUNEL.octets
        assert hashlib.sha256(octets).hexdigest() == version().marks.sha256

    def test_a_draft_has_none(self):
        with pytest.raises(NotSent):
            written(draft(), "octets")

    def test_the_envelope_holds_them_as_they_are(self):
        octets = written(version(), "json")

        assert b'"dossier":' + LUNEL.octets + b',"annex":' in octets
        assert LUNEL.annex_octets in octets

    def test_and_says_of_them_what_every_format_does(self):
        document = json.loads(written(version(), "json"))

        del document["dossier"], document["annex"]
        assert document == {
            "authority": "Lunel",
            "edition": 2027,
            "version": 2,
            "draft": False,
            "state": "filed",
            "dated": "2027-05-04T22:30:00+00:00",
            "matrix_version": "1",
            "matrix_official": False,
            "notice": document["notice"],
            "sha256": version().marks.sha256,
            "digest": None,
            "receipt": {
                "number": "2027-042",
                "received_at": "2027-05-05T08:00:00+00:00",
                "typed": False,
            },
            "warnings": [],
        }
        assert "Villes Internet" in document["notice"]

    def test_a_draft_says_what_an_agreement_to_it_is_over(self):
        document = json.loads(written(draft(), "json"))

        assert (document["draft"], document["version"], document["sha256"]) == (True, None, None)
        assert document["digest"] == LUNEL.digest
