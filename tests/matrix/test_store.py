"""Versions live side by side; reference services are kept by code and never deleted."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import DigitalServiceFactory
from tests.matrix.test_data import GOOD
from wagtail_villes_internet.matrix.data import MatrixError
from wagtail_villes_internet.matrix.diff import difference
from wagtail_villes_internet.matrix.models import Matrix, ReferenceService, Theme
from wagtail_villes_internet.matrix.store import (
    as_data,
    current_matrix,
    known_codes,
    load_bundled,
    receive_matrix,
    take_into_use,
)

pytestmark = pytest.mark.django_db


def matrix_of(codes, *, version="v", label="Libellé"):
    services = [{"code": code, "label": f"{label} {code}"} for code in codes]
    theme = {"code": "t", "label": "Thème", "services": services}
    axes = [{"code": "a", "label": "Axe", "themes": [theme]}]
    return {"version": version, "official": False, "axes": axes}


def test_the_bundled_matrix_is_there_after_migrate_and_says_that_it_is_provisional():
    matrix = current_matrix()

    assert matrix.version == "provisoire-1"
    assert not matrix.official
    assert matrix.axes.count() == 4
    assert Theme.objects.filter(axis__matrix=matrix).count() == 15


def test_the_bundled_matrix_is_loaded_once_only():
    assert load_bundled() is None


def test_a_new_version_stands_beside_the_old_one_and_becomes_the_one_in_use():
    receive_matrix(GOOD)

    assert current_matrix().version == "2027"
    assert set(Matrix.objects.values_list("version", flat=True)) == {"provisoire-1", "2027"}


def test_the_same_version_twice_changes_nothing():
    receive_matrix(GOOD)
    receive_matrix(GOOD)

    assert Theme.objects.filter(axis__matrix__version="2027").count() == 1
    assert ReferenceService.objects.filter(code="s1").count() == 1


def test_a_correction_of_a_label_is_taken():
    receive_matrix(matrix_of(["s1"], label="Ancien"))
    receive_matrix(matrix_of(["s1"], label="Nouveau"))

    assert ReferenceService.objects.get(code="s1").label == "Nouveau s1"


def test_a_code_that_a_version_drops_is_kept_with_the_services_attached_to_it():
    receive_matrix(matrix_of(["s1"], version="1"))
    service = DigitalServiceFactory(references=["s1"])

    receive_matrix(matrix_of(["s2"], version="2"))

    service.refresh_from_db()
    assert [row.code for row in service.reference_services.all()] == ["s1"]


def test_replacements_are_remembered():
    receive_matrix(matrix_of(["old"], version="2026"))

    receive_matrix(GOOD)

    assert [row.code for row in ReferenceService.objects.get(code="old").replaced_by.all()] == [
        "s1"
    ]


def test_a_bad_matrix_changes_nothing():
    before = json.dumps(list(ReferenceService.objects.values_list("code", flat=True)))

    with pytest.raises(MatrixError):
        receive_matrix(matrix_of(["s1", "s1"]))

    assert json.dumps(list(ReferenceService.objects.values_list("code", flat=True))) == before
    assert current_matrix().version == "provisoire-1"


def test_queries_do_not_grow_with_the_matrix():
    def queries(size):
        with CaptureQueriesContext(
            connection,
        ) as context:
            receive_matrix(matrix_of([f"c{n}" for n in range(size)], version=str(size)))
        return len(context)

    # Of what one INSERT takes on SQLite: 999 values.
    assert queries(10) == queries(240)


class TestWhatAVersionCallsItsServices:
    """A version that stands beside the one in use renames nothing that residents see."""

    @pytest.fixture(autouse=True)
    def _two_versions(self):
        receive_matrix(matrix_of(["s1"], version="1", label="Ancien"))
        receive_matrix(matrix_of(["s1"], version="2", label="Nouveau"), make_current=False)

    def label(self) -> str:
        return ReferenceService.objects.get(code="s1").label

    def labels_of(self, version: str) -> list[str]:
        data = as_data(Matrix.objects.get(version=version))
        return [service.label for service in data.services()]

    def test_stays_with_each_of_them(self):
        assert self.label() == "Ancien s1"
        assert self.labels_of("1") == ["Ancien s1"]
        assert self.labels_of("2") == ["Nouveau s1"]

    def test_is_shown_once_it_is_taken_into_use_and_no_more_once_it_is_left(self):
        take_into_use(Matrix.objects.get(version="2"))
        assert self.label() == "Nouveau s1"

        take_into_use(Matrix.objects.get(version="1"))
        assert self.label() == "Ancien s1"
        assert self.labels_of("2") == ["Nouveau s1"]

    def test_is_compared_as_each_says_it(self):
        old, new = (as_data(Matrix.objects.get(version=version)) for version in "12")

        [renamed] = difference(old, new).services.renamed

        assert (renamed.old, renamed.new) == ("Ancien s1", "Nouveau s1")


def test_the_version_in_use_says_first_what_code_a_label_has():
    in_use = matrix_of(["s"], version="1")
    receive_matrix(in_use)
    other = matrix_of(["s"], version="2")
    other["axes"][0]["code"] = "b"
    other["axes"][0]["themes"][0] |= {"code": "u", "label": "Autre thème"}
    receive_matrix(other, make_current=False)

    known = known_codes()

    assert known.code("axis", "AXE") == "a"
    assert (known.code("theme", "Thème"), known.code("theme", "autre theme")) == ("t", "u")
