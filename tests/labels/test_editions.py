"""Editions are known by the year on the sign; what a registry leaves null erases nothing."""

import pytest

from wagtail_villes_internet.labels.editions import load_bundled, receive_editions
from wagtail_villes_internet.labels.models import Edition

pytestmark = pytest.mark.django_db


def item(year, **stated):
    return {
        "year": year,
        "ordinal": None,
        "opens_at": None,
        "closes_at": None,
        "ceremony_on": None,
        "place": None,
        "labelled_count": None,
        "state": "published",
    } | stated


def test_the_known_editions_are_there_after_migrate_and_2009_is_not():
    years = set(Edition.objects.values_list("year", flat=True))

    assert {2006, 2022, 2023, 2024} <= years
    assert 2009 not in years
    assert load_bundled() == 0


def test_an_ordinal_is_stored_only_where_a_source_states_it():
    assert Edition.objects.get(year=2024).ordinal == 25
    assert Edition.objects.get(year=2018).ordinal is None


def test_a_new_edition_arrives_with_its_dates():
    changed = receive_editions([item(2030, state="open", closes_at="2029-11-12T23:59:59+01:00")])

    edition = Edition.objects.get(year=2030)
    assert changed == 1
    assert edition.state == "open"
    assert edition.closes_at.isoformat() == "2029-11-12T22:59:59+00:00"


def test_what_is_null_there_stays_as_known_here():
    receive_editions([item(2024)])

    assert str(Edition.objects.get(year=2024).ceremony_on) == "2024-02-08"


def test_the_same_again_changes_nothing():
    receive_editions([item(2030, place="Albi")])

    assert receive_editions([item(2030, place="Albi")]) == 0
