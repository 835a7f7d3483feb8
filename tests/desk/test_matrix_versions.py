"""Versions of the matrix: towns read them, the operator says which one is in use."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.services.remapping.taking_into_use import take_into_use

from .matrices import stored
from .pages import text

pytestmark = pytest.mark.django_db

LIST = "/admin/villes-internet/matrices/"
DIFFERENCES = f"{LIST}differences/"


def take(matrix) -> str:
    return f"{LIST}{matrix.pk}/prendre/"


def in_use() -> Matrix:
    return Matrix.objects.get(is_current=True)


def ends(page: str) -> list[str]:
    """The keys chosen in the two lists of the page."""
    return re.findall(r'<option value="(\d+)" selected', page)


@pytest.fixture
def operator(client, admin_user):
    client.force_login(admin_user)
    return client


class TestTheList:
    def test_has_every_version_with_its_counts(self, webmestre):
        stored("2027")

        page = text(webmestre.get(LIST))

        assert "2027" in page
        assert "<td>1, 2, 4</td>" in page
        assert page.count("En usage") == 1

    def test_lets_a_town_read_only(self, webmestre):
        matrix = stored("2027")

        assert take(matrix) not in text(webmestre.get(LIST))

    def test_offers_the_others_to_the_operator(self, operator):
        matrix = stored("2027")

        page = text(operator.get(LIST))

        assert take(matrix) in page
        assert take(in_use()) not in page

    def test_says_where_none_is_loaded(self, webmestre):
        Matrix.objects.all().delete()

        for url in (LIST, DIFFERENCES):
            assert "Aucune matrice n’est encore chargée." in text(webmestre.get(url))

    def test_asks_as_many_queries_for_many_as_for_few(self, webmestre):
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                webmestre.get(LIST)
            return len(queries)

        stored("2027")
        count()
        few = count()
        for year in range(2028, 2034):
            stored(str(year))

        assert count() == few


class TestTheDifference:
    def test_is_told_between_the_one_in_use_and_the_latest(self, webmestre):
        stored("2027")

        page = text(webmestre.get(DIFFERENCES))

        assert "Services de référence remplacés (2)" in page
        assert "→ Papiers d’identité <code>n-papiers</code>, Guichet" in page
        assert "Restauration scolaire <code>n-cantine</code>, Ecole" in page

    def test_goes_from_the_former_to_the_one_in_use_once_another_was_taken(self, webmestre):
        former, taken = in_use(), stored("2027")
        take_into_use(taken)

        for query in ("", f"?new={taken.pk}", f"?old={former.pk}"):
            page = text(webmestre.get(f"{DIFFERENCES}{query}"))

            assert "Services de référence remplacés (2)" in page
            assert ends(page) == [str(former.pk), str(taken.pk)]

    def test_goes_from_the_one_in_use_to_the_one_that_is_chosen(self, webmestre):
        current, chosen = in_use(), stored("2027")
        stored("2028")

        page = text(webmestre.get(f"{DIFFERENCES}?new={chosen.pk}"))

        assert ends(page) == [str(current.pk), str(chosen.pk)]

    def test_is_told_between_any_two(self, webmestre):
        old, new = stored("2027"), stored("2028", {"ecole": {"n-cantine": ("Restauration",)}})

        page = text(webmestre.get(f"{DIFFERENCES}?old={old.pk}&new={new.pk}"))
        back = text(webmestre.get(f"{DIFFERENCES}?old={new.pk}&new={old.pk}"))

        assert "<h3>Retirés (3)</h3>" in page
        assert "<h3>Ajoutés (3)</h3>" in back

    def test_is_nothing_from_one_to_itself(self, webmestre):
        pk = in_use().pk

        page = text(webmestre.get(f"{DIFFERENCES}?old={pk}&new={pk}"))
        assert "Rien ne diffère." in page

    @pytest.mark.parametrize("key", ["0", "x", ""])
    def test_with_what_is_no_version_is_not_found(self, webmestre, key):
        assert webmestre.get(f"{DIFFERENCES}?old={key}").status_code == 404


class TestTakingIntoUse:
    def test_says_before_what_it_would_do(self, operator, lunel):
        lunel.service(references=["p-formulaires"])
        lunel.service(references=["p-rdv-titres"])
        lunel.service(references=["p-rdv-titres"])
        before = in_use()
        matrix = stored("2027")

        page = text(operator.get(take(matrix)))

        assert "1 service suit de lui-même." in page
        assert "2 services ne suivent pas d’eux-mêmes" in page
        assert in_use() == before

    def test_says_that_nobody_has_to_be_asked(self, operator):
        assert "personne n’aura à choisir." in text(operator.get(take(stored("2027"))))

    def test_takes_it_and_says_what_it_did(self, operator, lunel, admin_user):
        followed = lunel.service(references=["p-formulaires"])
        lunel.service(references=["p-rdv-titres"])
        matrix = stored("2027")

        page = text(operator.post(take(matrix), {"instead_of": in_use().pk}, follow=True))

        assert in_use() == matrix
        assert [row.code for row in followed.reference_services.all()] == ["n-demarches"]
        assert "La matrice « 2027 » est en usage." in page
        assert "1 service a suivi de lui-même." in page
        assert "1 service attend" in page
        [entry] = ModelLogEntry.objects.filter(action="villes_internet.matrix_taken")
        assert (entry.user, entry.label) == (admin_user, "2027")

    def test_waits_where_another_was_taken_meanwhile(self, operator):
        shown, matrix = in_use(), stored("2027")
        other = stored("2028")
        operator.post(take(other), {"instead_of": shown.pk})

        page = text(operator.post(take(matrix), {"instead_of": shown.pk}, follow=True))

        assert in_use() == other
        assert "Une autre version a été prise en usage entre-temps" in page

    def test_warns_of_a_version_that_is_not_official(self, operator):
        official = stored("2027")
        operator.post(take(official), {"instead_of": in_use().pk})

        page = text(operator.get(take(stored("2028", official=False))))

        assert "La matrice en usage est officielle, et celle-ci ne l’est pas." in page

    def test_has_nothing_to_do_for_the_one_in_use(self, operator):
        assert "est déjà en usage" in text(operator.get(take(in_use())))

    def test_is_refused_to_a_town(self, webmestre):
        before, matrix = in_use(), stored("2027")

        for response in (
            webmestre.get(take(matrix)),
            webmestre.post(take(matrix), {"instead_of": before.pk}),
        ):
            assert response["Location"] == "/admin/"
        assert in_use() == before

    def test_of_what_does_not_exist_is_not_found(self, operator):
        assert operator.get(f"{LIST}0/prendre/").status_code == 404
