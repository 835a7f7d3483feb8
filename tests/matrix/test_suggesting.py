"""A title calls reference services to mind: by rare words first, whatever their endings."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.matrix.models import Placement, ReferenceService, Theme
from wagtail_villes_internet.matrix.suggesting import (
    FLOOR,
    Entry,
    Proposer,
    also_called,
    entries_in_use,
    suggest,
)

PACKAGE = Path(__file__).parents[2] / "wagtail_villes_internet"
LUNEL = Path(__file__).parents[2] / "example_project/town/data/lunel.json"

ENTRIES = [
    Entry("salles", "Réservation en ligne des salles municipales", "asso", "Vie associative", "A"),
    Entry("paiement", "Paiement en ligne", "sp", "Services publics", "A"),
    Entry("ecoles", "Wi-Fi dans les écoles", "edu", "Éducation", "B"),
    Entry("elections", "Inscription en ligne sur les listes électorales", "dl", "Démocratie", "A"),
    Entry("parapheur", "Parapheur électronique", "sp", "Services publics", "A"),
    Entry("securite", "Sécurité du système d'information", "sp", "Services publics", "A"),
]


def codes(title: str, **options) -> list[str]:
    return [found.code for found in suggest(title, ENTRIES, **options)]


class TestWords:
    @pytest.mark.parametrize(
        ("title", "first"),
        [
            ("Réserver une salle", "salles"),
            ("RESERVATION DE SALLE MUNICIPALE", "salles"),
            ("Le Wi‑Fi de l’école", "ecoles"),
            ("Audit de cybersécurité", "securite"),
            ("Payer en ligne : le paiement", "paiement"),
        ],
    )
    def test_are_known_whatever_their_endings_accents_and_plurals(self, title, first):
        assert codes(title)[0] == first

    def test_rare_ones_weigh_more(self):
        """« Électronique » is in two labels, « parapheur » in one."""
        more = [*ENTRIES, Entry("vote", "Vote électronique", "dl", "Démocratie", "A")]

        assert suggest("Un parapheur électronique", more)[0].code == "parapheur"
        assert suggest("Le vote électronique", more)[0].code == "vote"

    def test_that_only_begin_alike_are_no_family(self):
        assert "parapheur" not in codes("Affichage électoral")

    @pytest.mark.parametrize("title", ["", "   ", "de la", "…", "Zanzibar", "en ligne"])
    def test_that_tell_nothing_call_nothing_to_mind(self, title):
        assert codes(title) == []

    def test_the_label_itself_comes_first_and_counts_full(self):
        for entry in ENTRIES:
            found = suggest(entry.label, ENTRIES)[0]
            assert (found.code, found.score) == (entry.code, pytest.approx(1))


def test_no_more_than_asked_for():
    assert len(codes("Inscription, réservation, paiement des salles en ligne", limit=2)) == 2


def test_one_of_two_themes_is_proposed_once():
    twice = [*ENTRIES, Entry("salles", ENTRIES[0].label, "vq", "Vie quotidienne", "A")]

    found = suggest("Réservation de salles municipales", twice)

    assert [one.code for one in found].count("salles") == 1


@given(st.text(max_size=80), st.randoms(use_true_random=False))
def test_whatever_is_typed_the_order_is_the_same_and_nothing_is_under_the_floor(title, random):
    found = suggest(title, ENTRIES, limit=99)
    shuffled = list(ENTRIES)
    random.shuffle(shuffled)

    assert all(FLOOR <= one.score <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.code: one.score for one in suggest(title, shuffled, limit=99)} == pytest.approx(
        {one.code: one.score for one in found}
    )
    assert suggest(title, ENTRIES, limit=99) == found


def bundled() -> list[Entry]:
    matrix = json.loads((PACKAGE / "data/matrix.json").read_text("utf-8"))
    return [
        Entry(service["code"], service["label"], theme["code"], theme["label"], axis["label"])
        for axis in matrix["axes"]
        for theme in axis["themes"]
        for service in theme["services"]
    ]


def measured(cases: list[tuple[str, list[str]]]) -> tuple[int, int]:
    """How many of the titles have a right one among the first five, and the right theme first."""
    entries = bundled()
    themes = {entry.code: entry.theme_code for entry in entries}
    proposer = Proposer(entries)
    among, theme_first = 0, 0
    for title, right in cases:
        found = [entry for _score, entry in proposer.ranked(title)[:5]]
        among += any(entry.code in right for entry in found)
        theme_first += found[:1] != [] and found[0].theme_code in {themes[code] for code in right}
    return among, theme_first


def test_most_of_lunels_services_find_their_place():
    services = json.loads(LUNEL.read_text("utf-8"))["services"]
    cases = [(service["title"], service["reference_services"]) for service in services]

    among, theme_first = measured(cases)

    assert len(cases) == 38
    assert among >= 33
    assert theme_first >= 32


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Payer la cantine", "p-portail-familles"),
        ("Bibliothèque numérique", "p-mediatheque"),
        ("Inscrire son enfant à l'école", "p-inscription-scolaire"),
        ("Acte de naissance", "p-etat-civil"),
        ("Déposer un permis de construire", "p-urbanisme"),
        ("Sondage auprès des habitants", "p-consultations"),
    ],
)
def test_other_names_of_the_same_thing_are_known(title, code):
    assert code in [found.code for found in suggest(title, bundled())]


@pytest.mark.django_db
class TestEntriesInUse:
    def test_are_those_of_the_matrix_in_its_order(self):
        assert entries_in_use() == bundled()

    def test_one_of_two_themes_is_there_twice(self):
        other = Theme.objects.exclude(placements__service__code="p-rdv-titres").first()
        service = ReferenceService.objects.get(code="p-rdv-titres")
        Placement.objects.create(theme=other, service=service)

        found = [entry for entry in entries_in_use() if entry.code == "p-rdv-titres"]

        assert {entry.theme_code for entry in found} == {"services-publics", other.code}

    def test_are_read_in_one_query(self):
        with CaptureQueriesContext(connection) as queries:
            entries_in_use()

        assert len(queries) == 1


def test_a_label_is_also_called_by_the_words_of_its_meaning():
    assert "cantine" in also_called("Restauration scolaire")
    assert also_called("Parapheur électronique") == []
