"""The texts of the dossier: kept as they were typed, and never lost to somebody else's."""

import pytest

from wagtail_villes_internet.authorities.models import VillesInternetSettings

from .dossiers import URL, begin, posted
from .pages import text

pytestmark = pytest.mark.django_db

TEXTS = "textes/"


@pytest.fixture
def dossier(lunel):
    return begin(lunel)


def stored(dossier) -> tuple[str, str]:
    dossier.refresh_from_db()
    return dossier.statement, dossier.answers


def write(town, user=None, **fields):
    fields = {"statement": "", "answers": "", **fields}
    return posted(town, user or town.webmestre, TEXTS, **fields)


def test_both_are_kept(lunel, dossier):
    response = write(lunel, statement="Premier\r\nDeuxième ligne", answers="Oui.")

    assert "Les textes sont enregistrés." in text(response)
    assert stored(dossier) == ("Premier\nDeuxième ligne", "Oui.")


def test_kept_they_lead_on_to_what_comes_next(lunel, dossier):
    page = text(write(lunel, statement="Oui"))
    assert "Étape suivante : déposer" in page
    assert f'href="{URL}deposer/"' in page.split("Étape suivante")[0].rsplit("Les textes", 1)[1]

    VillesInternetSettings.objects.update(agreement_required=True)
    page = text(write(lunel, statement="Oui !", **{"seen-statement": "Oui"}))
    assert "Étape suivante : l’accord de l’élu" in page
    assert "Étape suivante : déposer" not in page


def test_the_title_has_its_space_before_the_colon(webmestre, dossier):
    page = webmestre.get(URL + TEXTS).content.decode()

    assert "Dossier annuel 2027\xa0: Textes" in page
    assert "Dossier annuel 2027: Textes" not in page


def test_the_law_on_elections_is_called_to_mind(webmestre, dossier):
    said = text(webmestre.get(URL + TEXTS))

    assert "L. 52-1 du code électoral" in said
    assert "20 000 caractères au plus" in " ".join(said.split())


def test_a_line_end_counts_for_one_character_as_in_the_browser(lunel, dossier):
    exactly = "a\r\n" * 9_999 + "bc"

    write(lunel, statement=exactly)

    assert len(stored(dossier)[0]) == 20_000


def test_a_text_too_long_is_said_and_not_lost(lunel, dossier):
    response = write(lunel, statement="x" * 20_001, answers="Gardé")

    assert "ce texte en a 20 001" in " ".join(text(response).split())
    assert "x" * 20_001 in text(response)
    assert "Gardé" in text(response)
    assert 'data-w-unsaved-force-value="true"' in text(response)
    assert stored(dossier) == ("", "")


class TestTwoPeople:
    def test_both_texts_are_shown_and_none_is_lost(self, lunel, dossier):
        write(lunel, statement="Celui du webmestre")

        response = write(lunel, lunel.referent, statement="Celui du référent")

        said = text(response)
        assert "Celui du webmestre" in said
        assert "Celui du référent" in said
        assert stored(dossier) == ("Celui du webmestre", "")

    def test_who_has_seen_the_other_may_keep_theirs(self, lunel, dossier):
        write(lunel, statement="Celui du webmestre")
        shown = write(lunel, lunel.referent, statement="Celui du référent")
        assert 'name="seen-statement" value="Celui du webmestre"' in text(shown)

        write(
            lunel,
            lunel.referent,
            statement="Les deux",
            **{"seen-statement": "Celui du webmestre"},
        )

        assert stored(dossier) == ("Les deux", "")

    def test_each_may_write_another_text(self, lunel, dossier):
        write(lunel, statement="Présentation")

        write(lunel, lunel.referent, answers="Réponses", **{"statement": "Présentation"})

        assert stored(dossier) == ("Présentation", "Réponses")
