"""The PDF: tagged, in French, in the order it is read in, and drawn without a network."""

import socket
import sys
from collections import Counter
from dataclasses import replace

import pytest
from django.utils import translation

from tests.dossiers.contents import content, matrix, service
from wagtail_villes_internet.dossiers.exports import as_pdf, printed
from wagtail_villes_internet.dossiers.exports.errors import PangoMissing, PdfUnavailable
from wagtail_villes_internet.dossiers.exports.facts import unofficial
from wagtail_villes_internet.dossiers.exports.formats import FORMATS
from wagtail_villes_internet.dossiers.sealing import Flaw

from .reading import html_text, pdf, pdf_text, squeezed, tags
from .towns import LUNEL, draft, version, written


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


@pytest.fixture(scope="module")
def filed():
    return pdf(written(version(), "pdf"))


@pytest.fixture(scope="module")
def catalogue(filed):
    return filed.trailer["/Root"]


class TestForWhoeverDoesNotSeeIt:
    """PDF/UA-1 (ISO 14289-1), as far as a program can tell."""

    def test_it_says_that_it_is_tagged_and_which_standard_it_follows(self, filed, catalogue):
        assert catalogue["/MarkInfo"]["/Marked"]
        assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
        assert b'pdfuaid:part="1"' in catalogue["/Metadata"].get_data()

    def test_its_language_and_its_title(self, filed, catalogue):
        assert catalogue["/Lang"] == "fr"
        assert "2027" in filed.metadata.title
        assert "Lunel" in filed.metadata.title
        assert filed.metadata.author == "Lunel"

    def test_headings_go_down_one_level_at_a_time(self, filed):
        levels = [int(name[2:]) for name, _element in tags(filed) if name[:2] == "/H" and name[2:]]

        assert levels[0] == 1
        assert levels.count(1) == 1
        assert max(levels) == 5
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))

    def test_tables_have_headers_that_each_cell_names(self, filed):
        cells = [element for name, element in tags(filed) if name == "/TD"]
        headers = {element["/ID"] for name, element in tags(filed) if name == "/TH"}

        assert cells
        assert all(set(cell["/A"]["/Headers"]) <= headers for cell in cells)
        assert all(len(cell["/A"]["/Headers"]) >= 1 for cell in cells)

    def test_each_header_says_which_way_it_looks(self, filed):
        """ISO 14289-1, 7.5: those of the columns stand in a row without data."""
        rows = [element["/K"] for name, element in tags(filed) if name == "/TR"]
        for row in ([cell.get_object() for cell in cells] for cells in rows):
            headers = [cell["/A"]["/Scope"] for cell in row if cell["/S"] == "/TH"]
            assert set(headers) == {"/Column" if len(headers) == len(row) else "/Row"}

    def test_a_list_holds_items_and_lists_alone(self, filed):
        held = {
            str(kid.get_object()["/S"])
            for name, element in tags(filed)
            if name == "/L"
            for kid in element["/K"]
        }

        assert {"/LI"} <= held <= {"/LI", "/L"}

    def test_lists_and_links_are_told_as_such_and_drawings_are_not_read(self, filed):
        found = Counter(name for name, _element in tags(filed))

        assert found["/L"]
        assert found["/Link"]
        assert found["/LI"] == found["/LBody"]
        assert not found["/Figure"]

    def test_bookmarks_lead_to_every_part(self, filed):
        def titles(outline):
            for one in outline:
                yield from titles(one) if isinstance(one, list) else [one.title]

        said = list(titles(filed.outline))

        assert said[0] == "Lunel"
        assert "Vivre ensemble" in said
        assert {"Portail famille", "Bornes wifi"} <= set(said)

    def test_it_is_read_in_the_order_of_the_page(self):
        said = pdf_text(written(version(), "pdf"))
        parts = ["Lunel", "Une année de travail.", "1. Oui", "Portail famille", "Ancien portail"]
        places = [said.index(squeezed(part)) for part in parts]
        # The contents name the parts before they come.
        assert places == sorted(places)


class TestWhatItSays:
    def test_every_page_after_the_cover_bears_its_number(self, filed):
        count = len(filed.pages)

        for number, page in enumerate(filed.pages[1:], start=2):
            assert f"{number} / {count}" in page.extract_text()

    def test_a_draft_says_so_on_every_page(self):
        reader = pdf(written(draft(), "pdf"))

        assert len(reader.pages) > 2
        for page in reader.pages:
            assert squeezed(page_mention()).casefold() in squeezed(page.extract_text()).casefold()

    @pytest.mark.parametrize("state", ["to_send", "to_copy"])
    def test_a_version_on_its_way_says_on_every_page_that_it_is_not_received(self, state):
        reader = pdf(written(version(state=state, receipt=None), "pdf"))

        for page in reader.pages:
            assert squeezed("version 2, pas encore reçue") in squeezed(page.extract_text())

    def test_the_hash_and_how_to_check_it_stand_at_the_end(self, filed):
        digest = version().marks.sha256
        cover, *_others, last = [squeezed(page.extract_text()) for page in filed.pages]

        assert digest not in cover
        assert digest in last
        assert squeezed("Vérifier ce document") in last

    def test_codes_of_this_module_are_not_read_to_a_council(self):
        offered = content(service("1", codes=["p-cantine"]), matrix=matrix(aide=["p-cantine"]))

        text = html_text(as_pdf.markup(printed.printed(version(offered))))

        assert squeezed("Label p-cantine") in text
        assert squeezed("p-cantine – ") not in text

    @pytest.mark.parametrize(("shown", "said"), [(True, False), (False, True)])
    def test_only_what_residents_are_not_shown_is_told(self, shown, said):
        page = printed.printed(version(content(service("1", public=shown))))
        facts = page.axes[0].themes[0].services[0].facts

        assert ("public" in [fact.name for fact in facts]) is said

    def test_a_version_that_was_refused_says_so(self):
        refused = version(state="rejected", receipt=None)

        page = printed.printed(refused)

        assert page.mention
        assert squeezed(page.mention) in pdf_text(written(refused, "pdf"))

    def test_a_seal_that_cannot_be_verified_is_told_on_the_cover(self):
        page = pdf(written(version(flaws=(Flaw.SEAL,)), "pdf")).pages[0]

        assert squeezed(Flaw.SEAL.message) in squeezed(page.extract_text())

    def test_no_share_is_drawn_from_a_matrix_that_is_not_official(self):
        page = printed.printed(version())

        assert not page.has_shares
        assert {tile.share for tile in page.tiles} == {""}
        assert squeezed(unofficial()) in pdf_text(written(version(), "pdf"))

    def test_an_official_one_gives_shares(self):
        official = replace(LUNEL, matrix=matrix(official=True, aide=["a1", "a2"], culture=["c1"]))

        page = printed.printed(version(official))

        assert [(tile.theme, tile.services, tile.share) for tile in page.tiles] == [
            ("Aide", 2, "1 / 2"),
            ("Culture", 1, "1 / 1"),
        ]
        assert not page.notice

    def test_a_service_of_two_themes_is_told_once_and_named_again(self):
        text = html_text(as_pdf.markup(printed.printed(version())))

        assert text.count(squeezed("Inscrire ses enfants.")) == 1
        assert text.count(squeezed("Portail famille")) == 2

    def test_more_services_than_anybody_carries_are_listed_with_their_summary(self, monkeypatch):
        monkeypatch.setattr(printed, "MOST_IN_FULL", 1)

        text = html_text(as_pdf.markup(printed.printed(version())))

        assert squeezed("Portail famille – Inscrire ses enfants.") in text
        assert "lunel.example/aide" not in text

    def test_an_empty_draft_can_be_printed(self):
        nothing = content(statement="", answers="", matrix={**matrix(), "axes": []})

        assert len(pdf(written(draft(nothing), "pdf")).pages) >= 3


class TestNothingIsFetched:
    def test_no_connection_is_opened(self, monkeypatch):
        def refuse(*args, **kwargs):
            raise AssertionError("a connection")

        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "create_connection", refuse)

        assert written(version(), "pdf").startswith(b"%PDF-1.7")

    @pytest.mark.parametrize(
        "address", ["http://mal.example/a.png", "file:///etc/passwd", "data:text/plain,a", "vi:x"]
    )
    def test_what_is_not_ours_is_refused(self, address):
        weasyprint, _fonts = as_pdf._libraries()

        with pytest.raises(ValueError, match="refused"):
            as_pdf._only({"vi:cover": b"<svg/>"}, weasyprint).fetch(address)

    def test_a_description_adds_neither_picture_nor_style(self):
        hostile = '<img src="file:///etc/passwd"><style>p{color:red}</style><p>Texte</p>'
        one = service("1", description=hostile)

        page = as_pdf.markup(printed.printed(version(content(one))))

        assert "<img" not in page
        assert page.count("<style") == 1


class TestWithoutTheExtra:
    def test_what_the_provider_has_to_install_is_said(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        with pytest.raises(PdfUnavailable) as refused:
            written(version(), "pdf")

        assert "[pdf]" in str(refused.value.for_provider)
        assert "apt-get install libpango" in str(refused.value.for_provider)
        assert not FORMATS["pdf"].is_installed

    def test_a_library_that_is_missing_is_named(self, monkeypatch):
        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name == "weasyprint":
                    raise OSError("cannot load library 'libpango-1.0-0'")

        monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
        monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

        with pytest.raises(PangoMissing) as refused:
            written(version(), "pdf")

        assert "apt-get install libpango" in str(refused.value.for_provider)

    def test_the_other_formats_do_without(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        for name in ("xlsx", "csv", "json", "octets"):
            assert written(version(), name)


def page_mention() -> str:
    return printed.printed(draft()).mention
